"""Editions: what a form was filled from, so that nobody overwrites what they never saw."""

import json
from hashlib import sha256

_LENGTH = 16


class Outdated(Exception):  # noqa: N818 - what the form is
    """Somebody else changed something after the form about it was filled; nothing was stored."""


def edition_of(*values: str) -> str:
    """Return a short text that stands for some values, and differs where they do."""
    return sha256(json.dumps(values).encode()).hexdigest()[:_LENGTH]


def check_edition(seen: str | None, *present: str) -> None:
    """Let a change pass that was made in view of the present values.

    :param seen: the edition that somebody saw, or None where nobody looked first
    :raises Outdated: they are others by now
    """
    if seen is not None and seen != edition_of(*present):
        raise Outdated
