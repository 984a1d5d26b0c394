"""Hypothesis writes operations of PATCH from the shapes of schemas, common ones and others."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from scim.provider import Kind
from scim.schema.shapes import ResourceShape, Shape, shape_of
from tests.scim.bodies import TEXTS, objects, values

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_OPS = st.sampled_from(("replace", "replace", "add", "Replace", "Add", "remove"))
_TEXTS = st.sampled_from(TEXTS)


def patches(kind: Kind, faults: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies of PATCH, so many in a hundred of their values odd."""
    shape = shape_of(kind.model)
    forms = [_at_a_path(shape, faults), _at_no_path(shape, faults)]
    if selections := list(_selections(shape)):
        forms.append(_at_a_selection(selections, faults))
    if kind.has_members:
        forms.append(_members())
    operations = st.lists(st.one_of(forms), min_size=1, max_size=3)
    return operations.map(lambda each: {"schemas": [SCHEMA], "Operations": each})


@st.composite
def _at_a_path(draw: st.DrawFn, resource: ResourceShape, faults: int) -> dict[str, Any]:
    path, shape = draw(st.sampled_from(list(_paths(resource))))
    path = draw(st.sampled_from((path, path, path, path.swapcase())))
    op = draw(_OPS)
    return {"op": op, "path": path} | (
        {} if op == "remove" else {"value": draw(values(shape, faults))}
    )


@st.composite
def _at_no_path(draw: st.DrawFn, resource: ResourceShape, faults: int) -> dict[str, Any]:
    return {"op": draw(_OPS), "value": draw(objects(resource.parts, faults))}


@st.composite
def _at_a_selection(
    draw: st.DrawFn, selections: list[tuple[str, Shape]], faults: int
) -> dict[str, Any]:
    path, shape = draw(st.sampled_from(selections))
    by = draw(st.sampled_from(sorted(part.name for part in shape.parts.values())))
    operand = draw(_TEXTS.map('"{}"'.format) | st.sampled_from(("true", "false", "7")))
    within = draw(st.sampled_from((None, *shape.parts.values())))
    below = f".{within.name}" if within else ""
    value = draw(values(within, faults) if within else objects(shape.parts, faults))
    return {"op": draw(_OPS), "path": f"{path}[{by} eq {operand}]{below}", "value": value}


@st.composite
def _members(draw: st.DrawFn) -> dict[str, Any]:
    ids = st.sampled_from(("1", "2", "é", ""))
    entry = st.fixed_dictionaries(
        {"value": ids}, optional={"display": _TEXTS, "type": _TEXTS, "nope": _TEXTS}
    )
    path = draw(st.just("members") | ids.map('members[value eq "{}"]'.format))
    value = draw(st.lists(entry, max_size=3) | entry | st.none())
    operation = {"op": draw(_OPS), "path": path, "value": value}
    return operation if draw(st.booleans()) else {"op": operation["op"], "path": path}


def _paths(resource: ResourceShape) -> Iterator[tuple[str, Shape]]:
    """Return the paths to the attributes of a resource, those within others too."""
    for part in resource.parts.values():
        yield part.name, part
        joint = ":" if part.name.lower() in resource.extensions else "."
        for inner in part.parts.values():
            yield f"{part.name}{joint}{inner.name}", inner
            for innermost in inner.parts.values():
                yield f"{part.name}{joint}{inner.name}.{innermost.name}", innermost


def _selections(resource: ResourceShape) -> Iterator[tuple[str, Shape]]:
    for path, shape in _paths(resource):
        if shape.multivalued and shape.parts:
            yield path, shape
