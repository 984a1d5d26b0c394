"""Stored moments in words: template filters."""

from datetime import timedelta
from functools import partial

from flask import Blueprint

from scim.instant import Clock, from_text

_UNITS = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def add_to(blueprint: Blueprint, clock: Clock) -> None:
    """Give templates the filters ``in_utc`` and ``from_now``."""
    blueprint.add_app_template_filter(in_utc)
    blueprint.add_app_template_filter(partial(from_now, clock), "from_now")


def in_utc(text: str) -> str:
    """Return a moment as people write it, such as ``24 Nov 2026, 03:45 UTC``."""
    moment = from_text(text)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def from_now(clock: Clock, text: str) -> str:
    """Return how far away a moment is, such as ``2 minutes ago`` or ``in 90 days``."""
    distance = from_text(text) - clock()
    for unit, name in _UNITS:
        count = abs(distance) // unit
        if count:
            words = f"{count} {name}" if count == 1 else f"{count:,} {name}s"
            return f"in {words}" if distance > timedelta() else f"{words} ago"
    return "just now"
