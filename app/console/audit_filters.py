"""What a page of the audit log is asked for in its URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.audit import Filters
from app.wording import find_fault

_LONGEST = 200
_LAST = 2**62
"""No line has a higher number."""


class InvalidFilter(ValueError):  # noqa: N818 - the field says invalid
    """A filter cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters, as they were read and as they stand in the URL."""

    filters: Filters = field(default_factory=Filters)
    before: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    """The parameters of the filters, but not of the page."""


def read_asked(parameters: Mapping[str, str]) -> Asked:
    """Return what is asked for; empty parameters ask for nothing.

    :raises InvalidFilter: a parameter cannot be read
    """
    given = {
        name: _checked(name, parameters[name].strip())
        for name in ("actor", "action", "object", "app", "since", "until")
        if parameters.get(name, "").strip()
    }
    filters = Filters(
        app_id=given.get("app"),
        actor=given.get("actor"),
        action=given.get("action"),
        object_id=given.get("object"),
        since=_moment(given, "since"),
        until=_moment(given, "until"),
    )
    return Asked(filters, _number(parameters.get("before", "")), given)


def _checked(name: str, text: str) -> str:
    fault = find_fault(f"The filter {name}", text, _LONGEST)
    if fault:
        raise InvalidFilter(fault)
    return text


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidFilter(
            f"{text} is no moment. Write one such as 2026-11-24T12:00, in UTC."
        ) from error


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < len(str(_LAST))):
        raise InvalidFilter("This is no page of the audit log.")
    return int(text)
