"""Values of another type than the schema gives their attribute."""

from collections.abc import Iterable

import pytest

from scim.provider import KINDS, Kind
from scim.schema.shapes import Shape, shape_of
from tests.conformance.bad_input.site import GROUP, Case, Site, create, patch, user


def test_a_value_of_another_type_is_refused_in_every_attribute(site: Site) -> None:
    cases = [
        *(create(user(**attribute), None) for attribute in _mistyped(KINDS["User"])),
        *(
            Case("POST", "/Groups", {"schemas": [GROUP], "displayName": "x", **attribute})
            for attribute in _mistyped(KINDS["Group"])
        ),
    ]

    site.refuses(cases, "strict")


def test_a_value_of_another_type_is_refused_in_every_patch(site: Site) -> None:
    cases = [
        patch("/Users/@user", {"op": "replace", "value": attribute}, None)
        for attribute in _mistyped(KINDS["User"])
    ]

    site.refuses(cases, "strict")


def _mistyped(kind: Kind) -> Iterable[dict[str, object]]:
    """Return every attribute a client may write, with values that it cannot have."""
    for shape in shape_of(kind.model).parts.values():
        if not shape.read_only and shape.name != "schemas":
            yield from ({shape.name: value} for value in _bad_values(shape))


def _bad_values(shape: Shape) -> Iterable[object]:
    if shape.multivalued:
        yield from ("text", 1, True, {"value": "x"} if not shape.parts else "x", ["x"], [1])
        for part in shape.parts.values():
            if not part.read_only:
                yield from ([{part.name: value}] for value in _bad_values(part))
    elif shape.parts:
        yield from ("text", 1, True, ["x"])
        for part in shape.parts.values():
            if not part.read_only:
                yield from ({part.name: value} for value in _bad_values(part))
    elif shape.type == "boolean":
        yield from ("perhaps", 2, 1.5, [True], {"value": True})
    else:
        yield from (1, 1.5, True, ["x"], {"value": "x"})


@pytest.mark.parametrize("profile", ["strict", "tolerant"])
def test_types_that_no_profile_can_read_are_refused(site: Site, profile: str) -> None:
    bad: tuple[dict[str, object], ...] = (
        {"userName": None},
        {"userName": 1},
        {"userName": True},
        {"userName": ["a", "b"]},
        {"userName": {"a": "b"}},
        {"userName": ""},
        {"userName": "x" * 10_000},
        {"active": "perhaps"},
        {"active": 2},
        {"active": [True, False]},
        {"name": 1},
        {"name": "text"},
        {"name": {"givenName": {"a": 1}}},
        {"emails": 1},
        {"emails": [1]},
        {"emails": [{"value": 1}]},
        {"emails": [{"value": "x", "primary": "perhaps"}]},
        {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
        {"x509Certificates": [{"value": "?"}]},
        {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "text"},
        {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": 1}},
    )

    site.refuses((create(user(**each), "invalidValue") for each in bad), profile)
