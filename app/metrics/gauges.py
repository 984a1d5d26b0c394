"""What is told of tokens: names, labels and meanings; docs/reference/metrics.md has the same."""

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

GAUGES = (TOKENS, DAYS_LEFT, LAST_USED, WARNINGS, NOTICES, DELIVERIES)
