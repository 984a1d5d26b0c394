"""Bodies of PATCH, as providers write them."""

import re
from typing import Any

from scim.provider import Kind
from scim.shapes import Shape, shape_of
from scim.tolerance.values import tolerate_value

_SELECTION = re.compile(r"\[.*\]", re.DOTALL)


_NOTHING = {"op": "replace", "value": {}}
"""An operation that changes nothing."""


def tolerate_patch(body: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """Return a PatchOp body with operations as the RFC writes them."""
    operations = next((body[name] for name in body if name.lower() == "operations"), None)
    if not isinstance(operations, list):
        return body
    return {"Operations": [_tolerate_operation(each, shape_of(kind.model)) for each in operations]}


def _tolerate_operation(operation: Any, root: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Return an operation as the RFC writes it."""
    if not isinstance(operation, dict):
        return operation
    given = {str(name).lower(): value for name, value in operation.items()}
    kept: dict[str, Any] = {name: given[name] for name in ("op", "path", "value") if name in given}
    if not kept.get("path"):
        kept.pop("path", None)
        kept["value"] = _tolerate_root(kept.get("value"), root)
        return kept
    if not isinstance(kept["path"], str):
        return kept
    kept["path"] = _tolerate_path(kept["path"], root)
    if str(kept.get("op")).lower() == "remove":
        return _tolerate_removal(kept, root)
    return _tolerate_write(kept, root)


def _tolerate_root(value: Any, root: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of an operation without a path, less what clients may not write.

    Okta renames a group with ``{"id": …, "displayName": …}``; authentik sends the whole resource.
    """
    if not isinstance(value, dict):
        return value
    tolerated = {}
    for name, part in value.items():
        path = _tolerate_path(name, root)
        shape = _target(path, root)
        if name.lower() == "schemas" or (shape is not None and shape.read_only):
            continue
        tolerated[path] = part if shape is None else tolerate_value(part, shape)
    return tolerated


def _tolerate_removal(operation: dict[str, Any], root: Shape) -> dict[str, Any]:
    """Read the value of a removal as the values to remove; elsewhere it is stale, so it goes."""
    shape = _target(operation["path"], root)
    value = operation.pop("value", None)
    if value is None or shape is None or not shape.multivalued or "[" in operation["path"]:
        return operation
    entries = tolerate_value(value, shape)
    if not entries:
        return _NOTHING  # nobody is named, so nobody goes: never the whole attribute
    return operation | {"value": [_identifying(entry) for entry in entries]}


def _identifying(entry: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return what tells an entry from others: its value where it has one."""
    if not isinstance(entry, dict):
        return entry
    if entry.get("value") is not None:
        return {"value": entry["value"]}
    return {name: part for name, part in entry.items() if part is not None}


def _tolerate_write(operation: dict[str, Any], root: Shape) -> dict[str, Any]:
    shape = _target(operation["path"], root)
    if shape is None or "value" not in operation:
        return operation
    value = tolerate_value(operation["value"], shape)
    if value is None:
        return {"op": "remove", "path": operation["path"]}
    return operation | {"value": value}


def _tolerate_path(path: str, root: Shape) -> str:
    """Return a path that names an extension's attribute with its URN and a colon."""
    for name, shape in root.parts.items():
        if not name.startswith("urn:"):
            continue
        if path.lower().startswith(f"{name}."):
            return f"{shape.name}:{path[len(name) + 1 :]}"
        if _head(path) in shape.parts and _head(path) not in root.parts:
            return f"{shape.name}:{path}"
    return path


def _head(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0].lower()


def _target(path: str, root: Shape) -> Shape | None:
    """Return the shape of what a path writes to, or None where the schema has no such attribute.

    With a selection in brackets, that is one value of the attribute or a part of it.
    """
    selecting = "[" in path
    shape: Shape | None = root
    for name in _names(_SELECTION.sub("", path), root):
        shape = shape.part(name) if shape is not None else None
    if shape is None or not (selecting and shape.multivalued):
        return shape
    return Shape(shape.name, boolean=shape.boolean, parts=shape.parts)


def _names(path: str, root: Shape) -> list[str]:
    for name in root.parts:
        if path.lower() == name:
            return [name]
        if name.startswith("urn:") and path.lower().startswith(f"{name}:"):
            return [name, *path[len(name) + 1 :].split(".")]
    return path.rpartition(":")[2].split(".")
