"""Protocol messages (RFC 7644 §3) as JSON Schemas."""

from collections.abc import Iterable, Iterator

from scim2_models import (
    BulkOperation,
    PatchOperation,
    SCIMException,
    SearchRequest,
)

from scim.openapi.attributes import JsonSchema

_Op = PatchOperation.Op

_MESSAGES = "urn:ietf:params:scim:api:messages:2.0"

_METHOD: JsonSchema = {"enum": [each.value for each in BulkOperation.Method]}

_NAMES: JsonSchema = {"type": "array", "items": {"type": "string"}}


def reference(name: str) -> JsonSchema:
    """Return the schema that stands for a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def error() -> JsonSchema:
    """Return the schema of an Error (RFC 7644 §3.12)."""
    known = sorted({each.scim_type for each in _kinds_of(SCIMException) if each.scim_type})
    return _message(
        "Error",
        {
            "status": {"type": "string", "pattern": "^[45][0-9]{2}$"},
            "scimType": {"enum": known},
            "detail": {"type": "string"},
        },
        required=("status", "detail"),
    ) | {"additionalProperties": False}


def list_response(resources: Iterable[str], *, cursors: bool) -> JsonSchema:
    """Return the schema of a ListResponse that holds any of some components (§3.4.2)."""
    number = {"type": "integer", "minimum": 0}
    properties: JsonSchema = {
        "totalResults": number,
        "startIndex": {"type": "integer", "minimum": 1},
        "itemsPerPage": number,
        "Resources": {"type": "array", "items": any_of(resources)},
    }
    if cursors:
        properties |= {"nextCursor": {"type": "string"}, "previousCursor": {"type": "string"}}
    required = ("totalResults", "itemsPerPage", "Resources")
    return _message("ListResponse", properties, required) | {"additionalProperties": False}


def search_request(*, cursors: bool) -> JsonSchema:
    """Return the schema of a SearchRequest (§3.4.3)."""
    properties: JsonSchema = {
        "attributes": _NAMES,
        "excludedAttributes": _NAMES,
        "filter": {"type": "string"},
        "sortBy": {"type": "string"},
        "sortOrder": {"enum": [each.value for each in SearchRequest.SortOrder]},
        "startIndex": {"type": "integer"},
        "count": {"type": "integer"},
    }
    if cursors:
        properties["cursor"] = {"type": "string"}
    return _message("SearchRequest", properties)


def patch_request(part: str, paths: Iterable[str]) -> JsonSchema:
    """Return the schema of a PatchOp (§3.5.2) on a resource type.

    :param part: the component that describes some of its attributes
    :param paths: its attributes
    """
    # a path may also lead into an attribute, as in emails[type eq "work"].value
    path = {"anyOf": [{"enum": list(paths)}, {"type": "string", "minLength": 1}]}
    writes = [_Op.add.value, _Op.replace_.value]
    operation = {
        "anyOf": [
            _operation({"op": {"enum": writes}, "path": path, "value": {}}),
            _operation({"op": {"enum": writes}, "value": reference(part)}),
            _operation({"op": {"const": _Op.remove.value}, "path": path}),
        ]
    }
    operations = {"type": "array", "items": operation, "minItems": 1}
    return _message("PatchOp", {"Operations": operations}, ("Operations",))


def bulk_request(max_operations: int | None) -> JsonSchema:
    """Return the schema of a BulkRequest (§3.7)."""
    operation = {
        "type": "object",
        "properties": {
            "method": _METHOD,
            "path": {"type": "string"},
            "bulkId": {"type": "string"},
            "version": {"type": "string"},
            "data": {"type": "object", "description": "The body of the same request alone."},
        },
        "required": ["method", "path"],
    }
    operations: JsonSchema = {"type": "array", "items": operation}
    if max_operations is not None:
        operations["maxItems"] = max_operations
    fails = {"type": "integer", "minimum": 1}
    return _message(
        "BulkRequest", {"Operations": operations, "failOnErrors": fails}, ("Operations",)
    )


def bulk_response(reason: str) -> JsonSchema:
    """Return the schema of a BulkResponse (§3.7.3).

    :param reason: the component that describes why an operation failed
    """
    operation = {
        "type": "object",
        "properties": {
            "method": _METHOD,
            "bulkId": {"type": "string"},
            "version": {"type": "string"},
            # of an operation that failed it ends in the path as it was sent
            "location": {"type": "string"},
            "status": {"type": "string", "pattern": "^[2-5][0-9]{2}$"},
            "response": reference(reason),
        },
        # not the method: an operation that came without one is shown without one
        "required": ["status"],
        "additionalProperties": False,
    }
    operations = {"type": "array", "items": operation}
    return _message("BulkResponse", {"Operations": operations}, ("Operations",))


def any_of(names: Iterable[str]) -> JsonSchema:
    """Return the schema of what is any of some components."""
    listed = [reference(name) for name in names]
    return listed[0] if len(listed) == 1 else {"anyOf": listed}


def _operation(properties: JsonSchema) -> JsonSchema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _kinds_of(exception: type[SCIMException]) -> Iterator[type[SCIMException]]:
    for kind in exception.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


def _message(name: str, properties: JsonSchema, required: Iterable[str] = ()) -> JsonSchema:
    urn = f"{_MESSAGES}:{name}"
    schemas = {"type": "array", "items": {"const": urn}, "minItems": 1, "maxItems": 1}
    return {
        "type": "object",
        "properties": {"schemas": schemas, **properties},
        "required": ["schemas", *required],
    }
