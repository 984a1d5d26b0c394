"""Stored moments in words."""

from datetime import datetime, timedelta

from scim.instant import from_text

_UNITS = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def in_utc(text: str) -> str:
    """Return a moment as people write it, such as ``24 Nov 2026, 03:45 UTC``."""
    moment = from_text(text)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def in_utc_exactly(text: str) -> str:
    """Return a moment to the second, such as ``24 Nov 2026, 03:45:16 UTC``.

    Whatever was put in place of a moment is returned as it is.
    """
    try:
        moment = from_text(text)
    except ValueError:
        return text
    return f"{moment.day} {moment:%b %Y, %H:%M:%S} UTC"


def distance(text: str, now: datetime) -> str:
    """Return how far away a moment is, such as ``2 minutes ago`` or ``in 90 days``."""
    span = from_text(text) - now
    for unit, name in _UNITS:
        count = abs(span) // unit
        if count:
            words = counted(count, name)
            return f"in {words}" if span > timedelta() else f"{words} ago"
    return "just now"


def counted(count: int, name: str) -> str:
    """Return a number of things, such as ``1 day`` or ``90 days``."""
    return f"{count} {name}" if count == 1 else f"{count:,} {name}s"
