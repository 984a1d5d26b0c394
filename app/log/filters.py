"""What a reader of the log asks for, and where a page of it begins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from app.log.outcomes import OPERATIONS, Outcome
from scim.instant import from_text, to_text

LONGEST_TEXT = 200

_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"

_POSITION = re.compile(rf"({_MOMENT})_(\d{{1,18}})")

_AGO = re.compile(r"(\d{1,4})([mhd])")

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

_REQUEST_ID = re.compile(r"[0-9a-f]{32}")


class InvalidFilter(ValueError):  # noqa: N818 - the field says invalid, not invalid error
    """A filter cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log, newest first: what comes after it is older."""

    at: str
    seq: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the place a text stands for, or None where it stands for none."""
        found = _POSITION.fullmatch(text)
        return cls(found[1], int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.at}_{self.seq}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What rows have to be like; empty asks for nothing."""

    outcome: str = ""
    operation: str = ""
    type: str = ""
    object: str = ""
    token: str = ""
    request: str = ""
    since: str = ""
    """A moment as it is stored: nothing older."""

    until: str = ""
    """Likewise: nothing from then on."""

    @classmethod
    def read(cls, given: Mapping[str, str], now: datetime) -> Self:
        """Return the filters that parameters describe.

        ``id`` is the id of a resource or of a request; ``since`` and ``until`` are moments, or as
        long ago as ``30m``, ``2h`` or ``7d``.

        :raises InvalidFilter: one cannot be read
        """
        texts = {name: value.strip() for name, value in given.items()}
        for name, value in texts.items():
            if len(value) > LONGEST_TEXT or "\0" in value:
                raise InvalidFilter(f"{name} can have at most {LONGEST_TEXT} characters.")
        outcome, operation = texts.get("result", ""), texts.get("operation", "")
        if outcome and outcome not in set(Outcome):
            raise InvalidFilter(f"There is no such result. There are: {', '.join(Outcome)}.")
        if operation and operation not in OPERATIONS:
            raise InvalidFilter(f"There is no such operation. There are: {', '.join(OPERATIONS)}.")
        id_ = texts.get("id", "")
        is_request = bool(_REQUEST_ID.fullmatch(id_.lower()))
        return cls(
            outcome=outcome,
            operation=operation,
            type=texts.get("type", ""),
            object="" if is_request else id_,
            token=texts.get("token", ""),
            request=id_.lower() if is_request else "",
            since=read_moment("since", texts.get("since", ""), now),
            until=read_moment("until", texts.get("until", ""), now),
        )


def read_moment(name: str, text: str, now: datetime) -> str:
    """Return the stored form of a moment, or of how long ago it was; nothing of nothing.

    :raises InvalidFilter: it cannot be read
    """
    if not text:
        return ""
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return to_text(now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}))
        moment = from_text(text)
        return to_text(moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo))
    except (ValueError, OverflowError) as error:
        raise InvalidFilter(
            f"{name} is a moment, such as 2026-01-31T12:00Z, or as long ago as 30m, 2h or 7d."
        ) from error
