"""Operations of a PATCH, as providers write them."""

from typing import Any

from scim2_models import InvalidValueException
from scim2_models.path import ValuePath

from scim.schema.shapes import ResourceShape, Shape
from scim.tolerance.filters import read_path
from scim.tolerance.paths import meant_by, parsed
from scim.tolerance.quirks import Reader, quirk
from scim.tolerance.removals import named_in, selection_of
from scim.tolerance.resources import read_extensions
from scim.tolerance.values import read_entry, read_parts, read_value

_MEMBERS = {"op", "path", "value"}

Operation = dict[str, Any]

NOTHING: Operation = {"op": "replace", "value": {}}
"""An operation that changes nothing."""


def read_operation(reader: Reader, given: Operation, resource: ResourceShape) -> list[Operation]:
    """Return the operations that one operation means."""
    given = foreign_member_of_an_operation(reader, given)
    operation = {name.lower(): value for name, value in given.items()}
    if not operation.get("path"):
        read: list[Operation] = keys_that_are_paths(reader, [operation], resource)
        return [_read_one(reader, each, resource) for each in read]
    return [_read_one(reader, operation, resource)]


def _read_one(reader: Reader, operation: Operation, resource: ResourceShape) -> Operation:
    path = operation.get("path")
    if not path:
        return _read_root(reader, operation, resource)
    if not isinstance(path, str):
        return operation
    operation["path"] = path = read_path(reader, path, resource)
    if path.lower() == resource.urn.lower():
        return _read_root(reader, operation, resource)
    shape = _target(path, resource)
    if shape is None:
        return unknown_target(reader, operation)
    if str(operation.get("op")).lower() == "remove":
        operation = values_named_in_a_removal(reader, operation, shape)
        return stale_value_in_a_removal(reader, operation, shape)
    return _read_write(reader, operation, shape)


def _read_root(reader: Reader, operation: Operation, resource: ResourceShape) -> Operation:
    """Return an operation on the resource itself, its value as that of a body."""
    value = operation.get("value")
    if not isinstance(value, dict):
        return operation
    value = read_extensions(reader, value, resource)
    value = read_only_attribute(reader, value, resource)
    operation["value"] = read_parts(reader, value, resource.parts)
    return operation


def _read_write(reader: Reader, operation: Operation, shape: Shape) -> Operation:
    if "value" not in operation:
        return operation
    value, path = operation["value"], operation["path"]
    if path.endswith("]") or (shape.multivalued and isinstance(value, dict)):
        # one value of an attribute that may have several: RFC 7644 §3.5.2.1 lets it stand alone
        operation["value"] = read_entry(reader, value, shape)
    else:
        operation["value"] = read_value(reader, value, shape)
    operation = nothing_to_add(reader, operation, shape)
    return nothing_for_a_selection(reader, operation)


@quirk("Q28", sent_by="Microsoft's test suite", strict="invalidSyntax")
def foreign_member_of_an_operation(operation: Operation) -> Operation:
    """Leave out whatever an operation has beside `op`, `path` and `value`, as a `name`."""
    if all(name.lower() in _MEMBERS for name in operation):
        return operation
    return {name: value for name, value in operation.items() if name.lower() in _MEMBERS}


@quirk(
    "Q20",
    sent_by="Entra ID (flag aadOptscim062020)",
    strict=InvalidValueException,
    because="Without a path, the value has attributes by their names; a path is no name.",
)
def keys_that_are_paths(operations: list[Operation], resource: ResourceShape) -> list[Operation]:
    """Read a key that is a path, where an operation has none, as an operation of its own."""
    (operation,) = operations
    value = operation.get("value")
    if not isinstance(value, dict):
        return operations
    paths = [name for name in value if _is_path_key(name, resource)]
    if not paths:
        return operations
    others = {name: part for name, part in value.items() if name not in paths}
    return [
        *([operation | {"value": others}] if others else []),
        *({"op": operation.get("op"), "path": name, "value": value[name]} for name in paths),
    ]


@quirk("Q14", "Q26", sent_by="Okta, authentik", strict="mutability")
def read_only_attribute(value: dict[str, Any], resource: ResourceShape) -> dict[str, Any]:
    """Leave out `id` and whatever else is read-only of the value of an operation without a path."""
    written = {
        name: part
        for name, part in value.items()
        if not ((shape := resource.parts.get(name.lower())) and shape.read_only)
    }
    return value if len(written) == len(value) else written


@quirk("Q13", sent_by="Entra ID", strict="invalidPath")
def unknown_target(operation: Operation) -> Operation:
    """Change nothing where a path names an attribute that no schema knows."""
    if parsed(operation["path"]) is None:
        return operation
    return (
        NOTHING
        if str(operation.get("op")).lower() == "remove"
        else {"op": operation.get("op"), "value": {}}
    )


@quirk("Q24", sent_by="Entra ID, JumpCloud, authentik", strict=InvalidValueException)
def values_named_in_a_removal(operation: Operation, shape: Shape) -> Operation:
    """Remove only the values that a removal names, as in `"value": [{"value": "<id>"}]`.

    Where it names none, none is removed; a selection in the path narrows it further.
    """
    value = operation.get("value")
    if value is None or not shape.multivalued:
        return operation
    named = named_in(value, shape)
    node = parsed(operation["path"]) if "[" in operation["path"] else None
    if not isinstance(node, ValuePath):
        return operation | {"value": named} if named else NOTHING
    path = selection_of(node, named, shape)
    return {"op": operation["op"], "path": path} if path else NOTHING


@quirk("Q25", sent_by="Entra ID", strict=InvalidValueException)
def stale_value_in_a_removal(operation: Operation, shape: Shape) -> Operation:
    """Ignore what a removal says the value was: the path alone says what to remove."""
    if operation.get("value") is None or "path" not in operation or shape.multivalued:
        return operation
    return {"op": operation["op"], "path": operation["path"]}


@quirk("Q12", sent_by="Entra ID", strict=InvalidValueException)
def nothing_to_add(operation: Operation, shape: Shape) -> Operation:
    """Read `add` of no value as its removal; to a list it adds nothing."""
    if str(operation.get("op")).lower() != "add" or operation["value"] is not None:
        return operation
    return NOTHING if shape.multivalued else {"op": "remove", "path": operation["path"]}


@quirk("Q22", sent_by="Entra ID", strict="noTarget")
def nothing_for_a_selection(operation: Operation) -> Operation:
    """Read `replace` of a selection with no value as its removal, whether or not it is there."""
    if operation.get("value", "") is not None or "[" not in operation.get("path", ""):
        return operation
    return {"op": "remove", "path": operation["path"]}


def _target(path: str, resource: ResourceShape) -> Shape | None:
    """Return the shape of what a path names, be it below a selection."""
    head, bracket, rest = path.partition("[")
    return resource.find(head + rest.rpartition("]")[2] if bracket else path)


def _is_path_key(name: str, resource: ResourceShape) -> bool:
    """Whether a key is no name of an attribute or a schema, but a path that leads to one."""
    if name.lower() in resource.parts or name.lower() == resource.urn.lower():
        return False
    meant = meant_by(name.partition("[")[0], resource)
    if meant.lower() in resource.extensions or meant == resource.urn:
        return False
    _, bracket, rest = name.partition("[")
    return _target(meant + bracket + rest, resource) is not None
