"""What an operator can set: one frozen value, which :mod:`app.environment` reads once."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from scim import Limits

_BOUNDS = Limits()


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence that says what to change."""


def _about(variable: str, meaning: str) -> dict[str, str]:
    return {"variable": variable, "meaning": meaning}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with its default; :func:`app.environment.read_settings` fills it."""

    instance: Path = field(
        default=Path("instance"),
        metadata=_about("PROVISOR_INSTANCE", "Folder for the database and the keys."),
    )
    database_url: str = field(
        default="",
        metadata=_about(
            "PROVISOR_DATABASE_URL",
            "`postgresql://…` of the database; empty keeps everything in SQLite inside the"
            " instance folder.",
        ),
    )
    base_url: str = field(
        default="",
        metadata=_about(
            "PROVISOR_BASE_URL",
            "Public URL that clients use, without a path; tokens name it as their issuer. Empty"
            " means `http://` and the host and port served on.",
        ),
    )
    host: str = field(
        default="127.0.0.1", metadata=_about("PROVISOR_HOST", "Address to listen on.")
    )
    port: int = field(default=5000, metadata=_about("PROVISOR_PORT", "Port to listen on."))
    trusted_proxies: int = field(
        default=0,
        metadata=_about(
            "PROVISOR_TRUSTED_PROXIES",
            "How many proxies a request passes that each add the address before them to"
            " `X-Forwarded-For`; 0 ignores that header. Higher than true, clients choose the"
            " address that logs show.",
        ),
    )
    shutdown_delay: int = field(
        default=0,
        metadata=_about(
            "PROVISOR_SHUTDOWN_DELAY",
            "Seconds that `provisor serve` goes on serving after SIGTERM, while `/readyz` answers"
            " 503, so that a load balancer stops sending requests first.",
        ),
    )
    threads: int = field(
        default=8,
        metadata=_about(
            "PROVISOR_THREADS",
            "Requests that one worker of `provisor serve` works on at a time; at most 64.",
        ),
    )
    rate_limit: int = field(
        default=500,
        metadata=_about(
            "PROVISOR_RATE_LIMIT",
            "Requests a second that each token gets from one server, and failures a second that"
            " each address gets; 0 switches every request limit off.",
        ),
    )
    kek_file: str = field(
        default="",
        metadata=_about(
            "PROVISOR_KEK_FILE",
            "File of base64 key-encryption keys, 32 bytes each, one a line; the first encrypts, all"
            " decrypt. Empty keeps one in the instance folder.",
        ),
    )
    token_max_days: int = field(
        default=3650,
        metadata=_about(
            "PROVISOR_TOKEN_MAX_DAYS",
            "How old a token gets, in days, however often it is used; at most 3650. It holds for"
            " tokens issued from then on.",
        ),
    )
    rotation_grace: int = field(
        default=24,
        metadata=_about(
            "PROVISOR_ROTATION_GRACE",
            "Hours that a token works on after the first use of its successor.",
        ),
    )
    rotation_deadline: int = field(
        default=7,
        metadata=_about(
            "PROVISOR_ROTATION_DEADLINE",
            "Days that a token works on beside a successor that is not used.",
        ),
    )
    schemas: str = field(
        default="",
        metadata=_about(
            "PROVISOR_SCHEMAS",
            "Files of SCIM schemas to add, separated by `:`; see"
            " [Add your own attributes](../howto/add-a-schema.md).",
        ),
    )
    max_url: int = field(
        default=_BOUNDS.url,
        metadata=_about(
            "PROVISOR_MAX_URL", "Longest path and query of a request, in bytes; at most 65534."
        ),
    )
    max_body: int = field(
        default=_BOUNDS.body,
        metadata=_about(
            "PROVISOR_MAX_BODY",
            "Largest request body, of a Bulk request too, in bytes. A group of 100,000 that is put"
            " back whole needs about 8 MiB.",
        ),
    )
    max_json_depth: int = field(
        default=_BOUNDS.json_depth,
        metadata=_about(
            "PROVISOR_MAX_JSON_DEPTH",
            "How deep objects and arrays of a body may stand in each other; at most 200.",
        ),
    )
    max_filter: int = field(
        default=_BOUNDS.filter_length,
        metadata=_about(
            "PROVISOR_MAX_FILTER",
            "Longest filter, sort key, path of a PATCH or list of `attributes`, in bytes.",
        ),
    )
    max_filter_depth: int = field(
        default=_BOUNDS.filter_depth,
        metadata=_about(
            "PROVISOR_MAX_FILTER_DEPTH",
            "How deep parentheses and brackets of a filter may stand in each other; at most 32.",
        ),
    )
    max_filter_terms: int = field(
        default=_BOUNDS.filter_terms,
        metadata=_about(
            "PROVISOR_MAX_FILTER_TERMS", "Most comparisons in one filter; at most 300."
        ),
    )
    max_patch_operations: int = field(
        default=_BOUNDS.patch_operations,
        metadata=_about("PROVISOR_MAX_PATCH_OPERATIONS", "Most operations in one PATCH."),
    )
    max_bulk_operations: int = field(
        default=_BOUNDS.bulk_operations,
        metadata=_about("PROVISOR_MAX_BULK_OPERATIONS", "Most operations in one Bulk request."),
    )
    max_page: int = field(
        default=_BOUNDS.page,
        metadata=_about(
            "PROVISOR_MAX_PAGE", "Most resources on one page of a list, whatever `count` asks for."
        ),
    )
    cursor_timeout: int = field(
        default=_BOUNDS.cursor_timeout,
        metadata=_about("PROVISOR_CURSOR_TIMEOUT", "How long a cursor is good for, in seconds."),
    )

    @property
    def public_url(self) -> str:
        """The URL clients use, without a slash at its end."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def scim_url(self) -> str:
        """The SCIM base URL (RFC 7644 §1.3): what tokens are made for."""
        return f"{self.public_url}/scim/v2"

    @property
    def schema_files(self) -> tuple[Path, ...]:
        """The files of schemas to add."""
        return tuple(Path(name) for name in self.schemas.split(os.pathsep) if name)

    @property
    def limits(self) -> Limits:
        """The bounds of one request."""
        return Limits(
            url=self.max_url,
            body=self.max_body,
            json_depth=self.max_json_depth,
            filter_length=self.max_filter,
            filter_depth=self.max_filter_depth,
            filter_terms=self.max_filter_terms,
            patch_operations=self.max_patch_operations,
            bulk_operations=self.max_bulk_operations,
            page=self.max_page,
            cursor_timeout=self.cursor_timeout,
        )

    @property
    def database(self) -> str | Path:
        """Where the database is: a URL, or a file in the instance folder."""
        return self.database_url or self.instance / "provisor.db"
