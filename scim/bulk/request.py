"""A Bulk request as it was read, before any of its operations runs (RFC 7644 §3.7).

What each makes gets its id here already: references need only be replaced, in any order.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from scim2_models import (
    Error,
    InvalidSyntaxException,
    InvalidValueException,
    NotFoundException,
    PayloadTooLargeException,
    SCIMException,
)

from scim.bulk.references import References, steps
from scim.changes import reading
from scim.errors import without_trace
from scim.limits import Limits
from scim.preconditions import Preconditions, Target
from scim.provider import Kind, Provider
from scim.tolerance import Profile, Reader, endpoint_in_another_case

if TYPE_CHECKING:
    from scim.changes.reading import Creation, Modification, Replacement

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_METHODS = ("POST", "PUT", "PATCH", "DELETE")

_REQUEST_FIELDS = frozenset({"schemas", "failonerrors", "operations"})
_OPERATION_FIELDS = frozenset(
    {"method", "bulkid", "version", "path", "data", "location", "response", "status"}
)

_OTHER_ENDPOINTS: Mapping[str, Sequence[str]] = {
    "Me": _METHODS,
    "Bulk": ("POST",),
    ".search": ("POST",),
    "ServiceProviderConfig": (),
    "ResourceTypes": (),
    "Schemas": (),
}
"""The endpoints that are no resource type's (RFC 7644 §3.2), and the methods they have."""

Fields = Mapping[str, Any]
"""An object of the request, its names in lower case."""

Change: TypeAlias = "Creation | Replacement | Modification | None"
"""What becomes of a resource; None removes it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operation is to do."""

    target: Target
    change: Change


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready to run or known to fail."""

    number: int
    """Where it stands in the request."""

    method: str | None
    bulk_id: str | None

    path: str
    """Where it was sent, without slashes around."""

    place: str
    """The same with ids in it; they are none before what they name is made."""

    asked: Asked | SCIMException
    references: tuple[str, ...]
    """The bulkIds it names."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a Bulk request asks for."""

    steps: tuple[tuple[Operation, ...], ...]
    """The operations in an order in which to run them; a step stands or falls as one."""

    fail_on_errors: int | None


def read_job(body: Mapping[str, Any], provider: Provider, reader: Reader) -> Job:
    """Return what the body of a Bulk request asks for; what is wrong with one operation stays its.

    :raises PayloadTooLargeException: it has more operations than this server takes
    :raises SCIMException: it is no Bulk request
    """
    fields = _fields_of(body)
    _check_request(fields, reader.profile)
    fail_on_errors = _fail_on_errors(fields)
    operations = _Operations(_operations(fields, provider.limits), provider, reader)
    return Job(operations.steps(), fail_on_errors)


class _Operations:
    """Reads operations that may refer to each other."""

    def __init__(self, operations: Sequence[object], provider: Provider, reader: Reader) -> None:
        self._provider = provider
        self._reader = reader
        self._operations = [_fields_of(each) for each in operations]
        self._makers: dict[str, int] = {}
        for number, fields in enumerate(self._operations):
            if fields.get("method") == "POST" and isinstance(fields.get("bulkid"), str):
                self._makers.setdefault(fields["bulkid"], number)
        self._ids = {bulk_id: str(uuid.uuid4()) for bulk_id in self._makers}

    def steps(self) -> tuple[tuple[Operation, ...], ...]:
        """Return the operations, each after those that make what it names."""
        operations = [self._read(number) for number in range(len(self._operations))]
        needs = [
            [self._makers[name] for name in each.references if name in self._makers]
            for each in operations
        ]
        return tuple(tuple(operations[number] for number in step) for step in steps(needs))

    def _read(self, number: int) -> Operation:
        fields = self._operations[number]
        references = References(self._ids)
        method, bulk_id, path = (fields.get(name) for name in ("method", "bulkid", "path"))
        place = path = path.strip("/") if isinstance(path, str) else ""
        asked: Asked | SCIMException
        try:
            target = self._target(number, references)
            place = f"{target.kind.endpoint}/{target.id}"
            asked = Asked(target, self._change(fields, target.kind, references))
        except SCIMException as error:
            asked = without_trace(error)
        return Operation(
            number=number,
            method=method if method in _METHODS else None,
            bulk_id=bulk_id if isinstance(bulk_id, str) else None,
            path=path,
            place=place,
            asked=asked,
            references=tuple(references.named),
        )

    def _target(self, number: int, references: References) -> Target:
        fields = self._operations[number]
        method, path = fields.get("method"), fields.get("path")
        if method not in _METHODS:
            raise InvalidValueException(detail="method must be POST, PUT, PATCH or DELETE.")
        if not isinstance(path, str):
            raise InvalidValueException(detail="path must be one below the base URL: /Users.")
        kind, id_ = _route(self._provider, self._reader, method, path)
        bulk_id, version = _text(fields, "bulkId"), _text(fields, "version")
        if method == "POST":
            id_ = self._new_id(number, bulk_id)
        return Target(kind, references.in_id(id_), Preconditions(version or None))

    def _new_id(self, number: int, bulk_id: str | None) -> str:
        if bulk_id is None:
            raise InvalidValueException(detail="A POST needs a bulkId.")
        if self._makers[bulk_id] != number:
            raise InvalidValueException(detail=f"Another POST has the bulkId {bulk_id!r}.")
        return self._ids[bulk_id]

    def _change(self, fields: Fields, kind: Kind, references: References) -> Change:
        _refuse_unknown(fields, _OPERATION_FIELDS, self._reader.profile)
        method, data = fields["method"], fields.get("data")
        if method == "DELETE":
            return None
        if not isinstance(data, dict):
            raise InvalidValueException(detail=f"data must be the body of a {method}: an object.")
        in_data = References(self._ids)
        change = self._read_data(method, kind, in_data.in_data(data))
        references.named += in_data.named
        return change

    def _read_data(self, method: str, kind: Kind, body: dict[str, Any]) -> Change:
        if method == "POST":
            return reading.read_creation(kind, body, self._reader)
        if method == "PUT":
            return reading.read_replacement(kind, body, self._reader)
        return reading.read_patch(kind, body, self._reader, self._provider.limits)


def _route(provider: Provider, reader: Reader, method: str, path: str) -> tuple[Kind, str]:
    """Return the kind a path leads to and the id in it, or fail as a single request would."""
    path = path.strip("/")
    endpoint, _, id_ = path.partition("/")
    kind = provider.endpoints.get(endpoint_in_another_case(reader, endpoint, provider.endpoints))
    searches = kind is not None and method == "POST" and id_ == ".search"
    if searches or method in _OTHER_ENDPOINTS.get(path, ()):
        raise InvalidValueException(
            detail="The path of an operation must be a resource type's or a resource's."
        )
    if "/" in id_ or (kind is None and endpoint not in _OTHER_ENDPOINTS):
        raise NotFoundException(detail="There is no resource type at this path.")
    if kind is None or (method == "POST") == bool(id_):
        refusal = Error(status=405, detail=f"This path does not take {method}.")
        raise SCIMException.from_error(refusal)
    return kind, id_


def _check_request(fields: Fields, profile: Profile) -> None:
    if profile.tolerant:
        return
    _refuse_unknown(fields, _REQUEST_FIELDS, profile)
    schemas = fields.get("schemas") or [_SCHEMA]
    if not isinstance(schemas, list) or not all(isinstance(urn, str) for urn in schemas):
        raise InvalidValueException(detail="schemas must be an array of strings.")
    if _SCHEMA.lower() not in {urn.lower() for urn in schemas}:
        raise InvalidSyntaxException(detail=f"schemas must contain {_SCHEMA}.")


def _operations(fields: Fields, limits: Limits) -> list[object]:
    operations = fields.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidValueException(detail="Operations must be an array of operations.")
    if len(operations) > limits.bulk_operations:
        raise PayloadTooLargeException(
            detail=f"The number of operations exceeds maxOperations ({limits.bulk_operations})."
        )
    return operations


def _fail_on_errors(fields: Fields) -> int | None:
    given = fields.get("failonerrors")
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise InvalidValueException(detail="failOnErrors must be a whole number, 1 or more.")
    return given


def _refuse_unknown(fields: Fields, known: frozenset[str], profile: Profile) -> None:
    unknown = set(fields) - known
    if unknown and not profile.tolerant:
        raise InvalidSyntaxException(detail=f"{min(unknown)!r} is no part of a Bulk request.")


def _fields_of(value: object) -> Fields:
    return {name.lower(): part for name, part in value.items()} if isinstance(value, dict) else {}


def _text(fields: Fields, name: str) -> str | None:
    value = fields.get(name.lower())
    if value is not None and not isinstance(value, str):
        raise InvalidValueException(detail=f"{name} must be a string.")
    return value
