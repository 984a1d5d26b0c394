"""Hypothesis writes bodies from the shapes of schemas: right ones, and some with faults in them."""

from typing import Any

from hypothesis import strategies as st

from scim.provider import Kind
from scim.schema.shapes import Parts, Shape, shape_of

TEXTS = (
    "a",
    "A",
    "Ab",
    "work",
    "Work",
    "É",
    "E\u0301",
    "true",
    "10",
    " ",
    "b25l",
    "/Users/1",
    "urn:x:y",
)

_RIGHT: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(TEXTS),
    "boolean": st.booleans(),
    "integer": st.sampled_from((0, 7, -1, 2**70)),
    "decimal": st.sampled_from((0, 2.5, -1e300, 7, 2**70)),
    "dateTime": st.sampled_from(
        (
            "2026-01-31T12:00:00Z",
            "2026-01-31T12:00:00.120+02:00",
            "2026-01-31t12:00z",
            "2026-01-31",
            "0001-01-01T00:00:00+14:00",
        )
    ),
}

_ODD: st.SearchStrategy[Any] = st.sampled_from(
    (
        None, "", [], {}, [[]], [{}], [None], ["a"], {"value": "a"}, {"value": ""}, {"nope": 1},
        {"primary": True}, [{"primary": True}, {"primary": True}], 0, 1, 1.0, 1.5, True, "True",
        "2026", "x" * 513, {"value": {"value": 1}}, [{"value": "a", "type": None}], ["a", "a"],
    )
)  # fmt: skip


def values(shape: Shape, faults: int) -> st.SearchStrategy[Any]:
    """Return values of an attribute, so many in a hundred of them odd."""
    right = objects(shape.parts, faults) if shape.parts else _RIGHT[shape.type]
    if shape.multivalued:
        right = st.lists(right, max_size=3)
    return _faulty(right, _ODD, faults)


def objects(parts: Parts, faults: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with some attributes, so many in a hundred misnamed."""
    named = {shape.name: values(shape, faults) for shape in parts.values()}
    names = st.lists(st.sampled_from(sorted(named)), min_size=1, max_size=5, unique=True)
    right = names.flatmap(lambda chosen: st.fixed_dictionaries({n: named[n] for n in chosen}))
    return _faulty(right, right.map(_misnamed), faults)


def bodies(kind: Kind, faults: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies that describe a resource, so many in a hundred of their values odd."""
    shape = shape_of(kind.model)
    named = {
        part.name: values(part, faults)
        for part in shape.parts.values()
        if part.name not in {"schemas", "id", "meta", kind.unique} or faults
    }
    urns = [each.name for each in shape.extensions.values()]
    schemas = st.permutations([shape.urn, *urns])
    odd_schemas = st.sampled_from(([], None, [shape.urn.upper()], urns, ["urn:x"], [1], shape.urn))
    always = {
        "schemas": _faulty(schemas, odd_schemas, faults),
        str(kind.unique): _faulty(_RIGHT["string"], _ODD, faults),
    }
    names = st.lists(st.sampled_from(sorted(named)), max_size=6, unique=True)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({n: named[n] for n in chosen} | always)
    )


def _misnamed(value: dict[str, Any]) -> dict[str, Any]:
    first = next(iter(value))
    return {first.swapcase(): value[first], "nope": 1} | value


def _faulty(
    right: st.SearchStrategy[Any], odd: st.SearchStrategy[Any], faults: int
) -> st.SearchStrategy[Any]:
    if not faults:
        return right
    return st.integers(0, 99).flatmap(lambda drawn: odd if drawn < faults else right)
