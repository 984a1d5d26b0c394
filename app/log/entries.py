"""What a row of the log says, worked out from what a request left behind."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from app.log.changed import Difference, difference_of
from app.log.outcomes import Outcome, operation_of, outcome_of
from app.log.redaction import is_id, redacted, shape_of_filter
from app.tokens.jwt_format import SCIM_PATH
from scim.instant import to_text
from scim.provider import Provider

LONGEST_AGENT = 200

_ERROR = 400

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

_NOTHING = Difference()


class Heard(NamedTuple):
    """What a request left behind: nothing in it was worked out yet.

    In the queue it is a plain tuple of texts and numbers: those cost Python's garbage collector
    nothing, however many wait.
    """

    at: datetime
    tenant_id: str
    app_id: str
    token_id: str
    method: str
    path: str
    agent: str
    address: str
    request_id: str
    status: int
    micros: int
    error: bytes
    """The body of the answer, if it is an error."""

    is_test: bool = False
    """Whether the server sent the request itself, to test a connection."""

    keeps_values: bool = False
    quirks: str = ""
    filter: str = ""
    failed: int = 0
    """How many operations of a Bulk request failed."""

    changes: int = 0
    """How many resources changed."""

    type: str = ""
    """Of the one resource that changed, if it is one; so is what follows."""

    id: str = ""
    before: str = ""
    after: str = ""
    members: bool = False


class Entry(NamedTuple):
    """A row of the log, in the order of its columns."""

    at: str
    tenant_id: str
    app_id: str
    token_id: str
    request_id: str
    method: str
    operation: str
    resource_type: str
    """As ``meta.resourceType`` names it; empty where a request is about none, or about several."""

    resource_id: str
    """Empty where a request is about none, or names what is surely no id."""

    filter: str
    """The shape of the filter of a list, such as ``userName eq ?``."""

    outcome: str
    status: int
    scim_type: str
    detail: str
    micros: int
    """How long the answer took, in millionths of a second."""

    changed: str
    """Names of the attributes that changed, separated by spaces."""

    values_json: str
    """Their old and new values as JSON, where the app chose so."""

    quirks: str
    """Names of the quirks that the request was forgiven, separated by spaces."""

    address: str
    agent: str
    is_test: int = 0
    """1 where the server sent the request itself, to test a connection."""

    @property
    def is_success(self) -> bool:
        """Whether the request got what it asked for."""
        return Outcome(self.outcome).is_success

    @property
    def milliseconds(self) -> float:
        """How long the answer took."""
        return self.micros / 1000


COLUMNS = Entry._fields
"""The columns of the table, but for the number that the database counts up."""


class Entries:
    """Makes rows of what requests left behind."""

    def __init__(self, provider: Provider, vocabulary: frozenset[str]) -> None:
        self._names = {kind.endpoint.lower(): kind.name for kind in provider.kinds.values()}
        self._vocabulary = vocabulary
        self._said = lru_cache(maxsize=128)(self._said_by)  # a flood is of the same errors

    def of(self, heard: Heard) -> Entry:
        """Return the row of a request."""
        segments = [each for each in heard.path[len(SCIM_PATH) :].split("/") if each]
        operation = operation_of(heard.method, segments, filtered=bool(heard.filter))
        made = _NOTHING
        if heard.after:
            values = heard.keeps_values
            made = difference_of(heard.before, heard.after, with_values=values)
        names = (*made.names, "members") if heard.members else made.names
        type_, id_ = heard.type, heard.id
        if not id_:
            type_, id_ = self._object_of(segments, heard.status)
        scim_type, detail = self._error_of(heard)
        return Entry(
            to_text(heard.at),
            heard.tenant_id,
            heard.app_id,
            heard.token_id,
            heard.request_id,
            heard.method if heard.method in _METHODS else "",
            operation,
            type_,
            id_,
            shape_of_filter(heard.filter, self._vocabulary) if heard.filter else "",
            str(_outcome(heard, operation, deactivated=made.deactivated)),
            heard.status,
            scim_type,
            detail,
            heard.micros,
            " ".join(names),
            made.values,
            heard.quirks,
            _printable(heard.address),
            _printable(heard.agent),
            int(heard.is_test),
        )

    def _object_of(self, segments: Sequence[str], status: int) -> tuple[str, str]:
        type_ = self._names.get(segments[0].lower(), "") if segments else ""
        given = segments[1] if type_ and len(segments) > 1 else ""
        if not given or given == ".search":
            return type_, ""
        # what was answered with success is the id of a resource, whatever it looks like
        return type_, given if status < _ERROR or is_id(given) else ""

    def _error_of(self, heard: Heard) -> tuple[str, str]:
        if heard.failed:
            return "", f"{heard.changes} resources were changed; {heard.failed} operations failed."
        return self._said(heard.error) if heard.error else ("", "")

    def _said_by(self, body: bytes) -> tuple[str, str]:
        try:
            error = json.loads(body)
        except ValueError:
            return "", ""
        detail = redacted(str(error.get("detail", "")), self._vocabulary)
        return str(error.get("scimType", "")), detail


def _outcome(heard: Heard, operation: str, *, deactivated: bool) -> Outcome:
    changed = heard.changes > 0
    return outcome_of(
        heard.status, operation, changed=changed, deactivated=deactivated, failed=heard.failed > 0
    )


@lru_cache(maxsize=1024)  # the same ones come again and again
def _printable(text: str) -> str:
    return "".join(each for each in text if each.isprintable())[:LONGEST_AGENT]
