"""What an operator can set: one frozen value, read once from ``PROVISOR_*`` variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from app.settings_checks import SettingsError, check_number, is_origin
from scim import Limits

__all__ = ["Settings", "SettingsError", "read_settings"]

_BOUNDS = Limits()


def _about(variable: str, meaning: str) -> dict[str, str]:
    return {"variable": variable, "meaning": meaning}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with its default; :func:`read_settings` fills it from the environment."""

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
    kek_file: str = field(
        default="",
        metadata=_about(
            "PROVISOR_KEK_FILE",
            "File of base64 key-encryption keys, 32 bytes each, one a line; the first encrypts, all"
            " decrypt. Empty keeps one in the instance folder.",
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

    smtp_url: str = field(
        default="",
        repr=False,
        metadata=_about(
            "PROVISOR_SMTP_URL",
            "Where [warnings about tokens](../howto/watch-tokens.md) are handed in as e-mail:"
            " `smtps://user:password@host:465`, or `smtp://…` for STARTTLS. Empty sends none.",
        ),
    )
    mail_from: str = field(
        default="",
        metadata=_about("PROVISOR_MAIL_FROM", "E-mail address that the warnings come from."),
    )
    mail_to: str = field(
        default="",
        metadata=_about(
            "PROVISOR_MAIL_TO", "E-mail addresses that the warnings go to, separated by commas."
        ),
    )
    webhook_url: str = field(
        default="",
        metadata=_about(
            "PROVISOR_WEBHOOK_URL",
            "`http://` or `https://` URL that the warnings are posted to. Empty posts none.",
        ),
    )
    webhook_secret: str = field(
        default="",
        repr=False,
        metadata=_about(
            "PROVISOR_WEBHOOK_SECRET",
            "What those posts are signed with: `whsec_` and at least 24 bytes in base64.",
        ),
    )
    metrics_token: str = field(
        default="",
        repr=False,
        metadata=_about(
            "PROVISOR_METRICS_TOKEN",
            "Secret that opens `/metrics` as a bearer token, from any address. Empty opens it to"
            " requests from the machine itself.",
        ),
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


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings an environment describes.

    :raises SettingsError: a value cannot be used
    """
    given: dict[str, Any] = {}
    for setting in fields(Settings):
        text = environment.get(setting.metadata["variable"], "")
        if text:
            given[setting.name] = _parse(setting.metadata["variable"], setting.type, text)
    settings = Settings(**given)
    _check(settings)
    return settings


def _parse(variable: str, kind: object, text: str) -> str | int | Path:
    if kind is Path:
        return Path(text)
    if kind is int:
        if not re.fullmatch(r"\d{1,12}", text):
            raise SettingsError(f"{variable} must be a whole number, not {text!r}.")
        return int(text)
    return text


def _check(settings: Settings) -> None:
    for setting in fields(settings):
        check_number(setting.metadata["variable"], setting.name, getattr(settings, setting.name))
    if settings.database_url and not settings.database_url.startswith(
        ("postgresql://", "postgres://")
    ):
        raise SettingsError(
            "PROVISOR_DATABASE_URL must start with postgresql://; leave it out to use SQLite."
        )
    if settings.base_url and not is_origin(settings.base_url):
        raise SettingsError(
            "PROVISOR_BASE_URL must be http:// or https:// with a host and no path, such as "
            "https://scim.example.com."
        )
