"""Moments, as they are stored, compared and shown.

A moment is text in UTC with six decimals, ``2026-11-24T03:45:16.000000Z``.
Every moment then has the same length, so text order is time order on both engines,
and the stored text is what a client reads (RFC 7643 §2.3.5).
"""

from collections.abc import Callable
from datetime import UTC, datetime

_OFFSET = "+00:00"

Clock = Callable[[], datetime]
"""Answers what time it is, with a time zone; every function that needs the time is given one."""


def now() -> datetime:
    """Return the system's time: the clock of every server."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Return the stored form of a moment that has a time zone."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    # isoformat, not strftime: years before 1000 keep their four digits
    return utc.isoformat(timespec="microseconds").removesuffix(_OFFSET) + "Z"


def from_text(text: str) -> datetime:
    """Return the moment a stored text stands for."""
    return datetime.fromisoformat(text)
