"""What became of a request, in a word, and what it asked for, in another."""

from collections.abc import Sequence
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a request."""

    CREATED = "Created"
    UPDATED = "Updated"
    NO_CHANGE = "No change"
    DEACTIVATED = "Deactivated"
    DELETED = "Deleted"
    FOUND = "Found"
    CONFLICT = "Conflict"
    INVALID = "Invalid"
    NOT_FOUND = "Not found"
    UNAUTHORISED = "Unauthorised"
    FORBIDDEN = "Forbidden"
    TOO_MANY = "Too many"
    FAILED = "Failed"

    @property
    def is_success(self) -> bool:
        """Whether the request got what it asked for."""
        return self in _SUCCESSES


_SUCCESSES = frozenset(
    {
        Outcome.CREATED,
        Outcome.UPDATED,
        Outcome.NO_CHANGE,
        Outcome.DEACTIVATED,
        Outcome.DELETED,
        Outcome.FOUND,
    }
)

_REFUSALS = {
    401: Outcome.UNAUTHORISED,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    409: Outcome.CONFLICT,
    412: Outcome.CONFLICT,
    429: Outcome.TOO_MANY,
}

_READING = frozenset({"get", "list", "search", "discovery"})

_DISCOVERY = frozenset({"ServiceProviderConfig", "ResourceTypes", "Schemas"})

_SERVER_ERROR = 500

_ERROR = 400

_VERBS = {"POST": "create", "PUT": "replace", "PATCH": "patch", "DELETE": "delete"}

OPERATIONS = (
    *_VERBS.values(),
    *("get", "list", "search", "bulk", "discovery"),
)
"""Every word for what a request asks for."""


def operation_of(method: str, segments: Sequence[str], *, filtered: bool) -> str:
    """Return the word for what a request asks for.

    :param segments: its path below ``/scim/v2``
    :param filtered: whether it asks for a list by a filter
    """
    first = segments[0] if segments else ""
    if first in _DISCOVERY:
        return "discovery"
    if method == "POST" and segments and segments[-1] == ".search":
        return "search"
    if first == "Bulk":
        return "bulk"
    if method in _VERBS:
        return _VERBS[method]
    if len(segments) > 1 or first == "Me":
        return "get"
    return "search" if filtered else "list"


def outcome_of(
    status: int, operation: str, *, changed: bool, deactivated: bool, failed: bool
) -> Outcome:
    """Return what became of a request.

    :param changed: whether a resource was made, changed or removed
    :param deactivated: whether that set ``active`` to false
    :param failed: whether operations of a Bulk request failed
    """
    if status >= _ERROR:
        other = Outcome.FAILED if status >= _SERVER_ERROR else Outcome.INVALID
        return _REFUSALS.get(status, other)
    if operation in _READING:
        return Outcome.FOUND
    if not changed:
        return Outcome.FAILED if failed else Outcome.NO_CHANGE
    if deactivated:
        return Outcome.DEACTIVATED
    if operation == "create":
        return Outcome.CREATED
    return Outcome.DELETED if operation == "delete" else Outcome.UPDATED
