"""What is told: names, labels and meanings; docs/reference/metrics.md has the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric. Labels hold ids and fixed words, never a name or an address."""

    name: str
    labels: tuple[str, ...]
    meaning: str


TOKENS = Gauge(
    "provisor_tokens",
    ("state",),
    "Long-lived tokens by state: active, expired, revoked or superseded.",
)
DAYS_LEFT = Gauge(
    "provisor_token_days_left",
    ("app", "token"),
    "Days until a live token ends if it is not used.",
)
LAST_USED = Gauge(
    "provisor_token_last_used_timestamp_seconds",
    ("app", "token"),
    "When a live token was last used, to the hour; missing where it never was.",
)
WARNINGS = Gauge(
    "provisor_token_warning",
    ("app", "token", "kind"),
    "1 while there is something to warn of at a token, by kind of warning.",
)
NOTICES = Gauge(
    "provisor_notices",
    ("kind",),
    "Warnings that were given, of the apps there are.",
)
DELIVERIES = Gauge(
    "provisor_deliveries",
    ("channel", "state"),
    "Messages by channel and state: waiting, sent, failed or obsolete.",
)

REQUESTS = Gauge(
    "provisor_requests_total",
    ("operation", "outcome"),
    "Requests by what they asked for and how they ended.",
)
SECONDS = Gauge(
    "provisor_request_seconds",
    ("operation",),
    "How long answers took, as a histogram: `_bucket` by `le`, `_sum` and `_count`.",
)
WORKERS = Gauge("provisor_workers", (), "Workers of the server that have counted a request.")
WAITING = Gauge(
    "provisor_log_rows_waiting", (), "Rows of the provisioning log that are not written yet."
)
DROPPED = Gauge(
    "provisor_log_rows_dropped_total",
    (),
    "Rows of the provisioning log that were dropped, because they could not be written.",
)
INFO = Gauge("provisor_info", ("version", "engine"), "1, for the versions that run.")
SIZE = Gauge("provisor_database_bytes", (), "How large the database is on disk.")
CONNECTIONS = Gauge(
    "provisor_database_connections",
    ("state",),
    "Connections to a PostgreSQL database by state, as it sees them.",
)
BACKUP = Gauge(
    "provisor_last_backup_timestamp_seconds",
    (),
    "When `provisor backup` last made a backup; missing where it never did.",
)

OF_TOKENS = (TOKENS, DAYS_LEFT, LAST_USED, WARNINGS, NOTICES, DELIVERIES)
OF_DATABASE = (INFO, SIZE, CONNECTIONS, BACKUP)
OF_SERVER = (REQUESTS, SECONDS, WORKERS, WAITING, DROPPED)

GAUGES = (*OF_TOKENS, *OF_DATABASE, *OF_SERVER)
