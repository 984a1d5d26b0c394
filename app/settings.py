"""What an operator can set: one frozen value, which :mod:`app.environment` reads once."""

import os
from dataclasses import dataclass
from pathlib import Path

from app.setting import setting as _setting
from scim import Limits

_BOUNDS = Limits()


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence that says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with its default; :func:`app.environment.read_settings` fills it."""

    instance: Path = _setting(  # noqa: RUF009 - a field, as of dataclasses.field
        "PROVISOR_INSTANCE", Path("instance"), "Folder for the database and the keys."
    )
    database_url: str = _setting(
        "PROVISOR_DATABASE_URL",
        "",
        "`postgresql://…` of the database; empty keeps all in SQLite in the instance folder.",
        secret=True,
    )
    row_security: str = _setting(
        "PROVISOR_ROW_SECURITY",
        "on",
        "`on` lets PostgreSQL [keep tenants apart](../explanation/tenants.md) too; SQLite cannot.",
    )
    base_url: str = _setting(
        "PROVISOR_BASE_URL",
        "",
        "Public URL of clients, without a path; tokens name it. Empty: `http://`, host and port.",
    )
    host: str = _setting(
        "PROVISOR_HOST", "127.0.0.1", "Address to listen on; beyond loopback only behind TLS."
    )
    port: int = _setting("PROVISOR_PORT", 5000, "Port to listen on.", highest=65535)
    trusted_proxies: int = _setting(
        "PROVISOR_TRUSTED_PROXIES",
        0,
        "How many proxies a request passes that each add the address before them to"
        " `X-Forwarded-For`; 0 ignores that header. The networks of tokens and the limits of"
        " addresses go by what it says: higher than true, clients choose their address.",
        lowest=0,
        highest=10,
    )
    shutdown_delay: int = _setting(
        "PROVISOR_SHUTDOWN_DELAY",
        0,
        "Seconds that serving goes on after SIGTERM, while `/readyz` tells load balancers by 503.",
        lowest=0,
        highest=3600,
    )
    threads: int = _setting(
        "PROVISOR_THREADS",
        8,
        "Requests that one worker of `provisor serve` works on at a time; at most 64.",
        highest=64,
    )
    slow_bodies: int = _setting(
        "PROVISOR_SLOW_BODIES",
        64,
        "Requests of a worker whose bodies may be on their way beside, at most half of one app.",
        lowest=4,
        highest=1024,
    )
    rate_limit: int = _setting(
        "PROVISOR_RATE_LIMIT",
        500,
        "Requests a second of each token, and failures of each address; 0 switches all limits off.",
        lowest=0,
        highest=1000000,
    )
    kek_file: str = _setting(
        "PROVISOR_KEK_FILE",
        "",
        "File of key-encryption keys: base64 of 32 bytes a line, newest first; empty keeps one.",
    )
    token_max_days: int = _setting(
        "PROVISOR_TOKEN_MAX_DAYS",
        3650,
        "Days a token lives at most, however used; at most 3650, for tokens issued from then on.",
        highest=3650,
    )
    rotation_grace: int = _setting(
        "PROVISOR_ROTATION_GRACE",
        24,
        "Hours that a token works on after the first use of its successor.",
        lowest=0,
        highest=720,
    )
    rotation_deadline: int = _setting(
        "PROVISOR_ROTATION_DEADLINE",
        7,
        "Days that a token works on beside a successor that is not used.",
        highest=90,
    )
    signing_algorithm: str = _setting(
        "PROVISOR_SIGNING_ALGORITHM",
        "ES256",
        "What keys made from now on sign tokens with: `ES256` or `RS256`.",
    )
    key_rotation_days: int = _setting(
        "PROVISOR_KEY_ROTATION_DAYS",
        90,
        "Days after which another key signs tokens; at most 3650, and 0 means never.",
        lowest=0,
        highest=3650,
    )
    schemas: str = _setting(
        "PROVISOR_SCHEMAS",
        "",
        "Files of SCIM schemas to add, by `:`: [Add attributes](../howto/add-a-schema.md).",
    )
    # longer ones are answered by the HTTP server itself, in a form of its own
    max_url: int = _setting(
        "PROVISOR_MAX_URL",
        _BOUNDS.url,
        "Longest path and query of a request, in bytes; at most 65534.",
        highest=65534,
    )
    max_body: int = _setting(
        "PROVISOR_MAX_BODY",
        _BOUNDS.body,
        "Largest body, in bytes; a group of 100,000 that is put back whole needs about 8 MiB.",
    )
    # deeper ones would meet the recursion limits of Python and of SQLite's expressions
    max_json_depth: int = _setting(
        "PROVISOR_MAX_JSON_DEPTH",
        _BOUNDS.json_depth,
        "How deep objects and arrays of a body may stand in each other; at most 200.",
        highest=200,
    )
    max_filter: int = _setting(
        "PROVISOR_MAX_FILTER",
        _BOUNDS.filter_length,
        "Longest filter, sort key, path of a PATCH or list of `attributes`, in bytes.",
    )
    max_filter_depth: int = _setting(
        "PROVISOR_MAX_FILTER_DEPTH",
        _BOUNDS.filter_depth,
        "How deep parentheses and brackets of a filter may stand in each other; at most 32.",
        highest=32,
    )
    max_filter_terms: int = _setting(
        "PROVISOR_MAX_FILTER_TERMS",
        _BOUNDS.filter_terms,
        "Most comparisons in one filter; at most 300.",
        highest=300,
    )
    max_patch_operations: int = _setting(
        "PROVISOR_MAX_PATCH_OPERATIONS", _BOUNDS.patch_operations, "Most operations in one PATCH."
    )
    max_bulk_operations: int = _setting(
        "PROVISOR_MAX_BULK_OPERATIONS",
        _BOUNDS.bulk_operations,
        "Most operations in one Bulk request.",
    )
    max_values: int = _setting(
        "PROVISOR_MAX_VALUES",
        _BOUNDS.values,
        "Most values of an attribute, such as `emails`; a group has any number of members.",
    )
    max_page: int = _setting(
        "PROVISOR_MAX_PAGE",
        _BOUNDS.page,
        "Most resources on one page of a list, whatever `count` asks for.",
    )
    cursor_timeout: int = _setting(
        "PROVISOR_CURSOR_TIMEOUT",
        _BOUNDS.cursor_timeout,
        "How long a cursor is good for, in seconds.",
    )
    log: str = _setting(
        "PROVISOR_LOG",
        "on",
        "`on` keeps requests in the [provisioning log](../explanation/provisioning-log.md).",
    )
    log_days: int = _setting(
        "PROVISOR_LOG_DAYS",
        30,
        "Days that the provisioning log is kept; at most 3650.",
        highest=3650,
    )
    failing_percent: int = _setting(
        "PROVISOR_FAILING_PERCENT",
        20,
        "An app fails where more of 100 requests of the last 15 minutes failed; at most 99.",
        lowest=0,
        highest=99,
    )
    failing_requests: int = _setting(
        "PROVISOR_FAILING_REQUESTS",
        5,
        "Requests of the last 15 minutes below which no app is shown as failing.",
    )
    quiet_hours: int = _setting(
        "PROVISOR_QUIET_HOURS",
        24,
        "Hours without a request after which an app that had some is shown as quiet; at most 8760.",
        highest=8760,
    )
    expiring_days: int = _setting(
        "PROVISOR_EXPIRING_DAYS",
        14,
        "Days before its token ends from which an app is shown as expiring; at most 89.",
        highest=89,
    )
    log_format: str = _setting(
        "PROVISOR_LOG_FORMAT",
        "text",
        "How `provisor serve` writes [what it tells](../howto/operate.md): `text` or `json`.",
    )
    access_log: str = _setting(
        "PROVISOR_ACCESS_LOG",
        "off",
        "`on` makes each request an event of that, by ids, without its path; `off` makes none.",
    )
    smtp_url: str = _setting(
        "PROVISOR_SMTP_URL",
        "",
        "Where [warnings about tokens](../howto/watch-tokens.md) are handed in as e-mail:"
        " `smtps://user:password@host:465`, or `smtp://…` for STARTTLS. Empty sends none.",
        secret=True,
    )
    mail_from: str = _setting(
        "PROVISOR_MAIL_FROM", "", "E-mail address that the warnings come from."
    )
    mail_to: str = _setting(
        "PROVISOR_MAIL_TO", "", "E-mail addresses that the warnings go to, separated by commas."
    )
    webhook_url: str = _setting(
        "PROVISOR_WEBHOOK_URL",
        "",
        "`http://` or `https://` URL that the warnings are posted to. Empty posts none.",
        secret=True,
    )
    webhook_secret: str = _setting(
        "PROVISOR_WEBHOOK_SECRET",
        "",
        "What those posts are signed with: `whsec_` and at least 24 bytes in base64.",
        secret=True,
    )
    metrics_token: str = _setting(
        "PROVISOR_METRICS_TOKEN",
        "",
        "Bearer token that opens `/metrics` from anywhere; empty opens it to the machine itself.",
        secret=True,
    )
    require_second_factor: int = _setting(
        "PROVISOR_REQUIRE_SECOND_FACTOR",
        0,
        "1 lets admins see nothing but their account until they have turned on a second factor.",
        lowest=0,
        highest=1,
    )

    @property
    def public_url(self) -> str:
        """The URL clients use, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host  # RFC 3986 §3.2.2
        return self.base_url or f"http://{host}:{self.port}"

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
            values=self.max_values,
            page=self.max_page,
            cursor_timeout=self.cursor_timeout,
        )

    @property
    def database(self) -> str | Path:
        """Where the database is: a URL, or a file in the instance folder."""
        return self.database_url or self.instance / "provisor.db"
