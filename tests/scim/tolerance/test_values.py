"""Values that have not quite the shape their attribute has."""

from typing import Any

import pytest

from tests.scim.tolerance.readings import (
    ENTERPRISE,
    body_as_read,
    operation_as_read,
    user,
)

VALUES = [
    ("boolean-as-text", {"active": "True"}, {"active": True}),
    ("boolean-as-text", {"active": "FALSE"}, {"active": False}),
    ("boolean-as-text", {"active": 1}, {"active": True}),
    (
        "boolean-as-text",
        {"roles": [{"value": "x", "primary": "true"}]},
        {"roles": [{"value": "x", "primary": True}]},
    ),
    ("empty-value", {"active": ""}, {"active": None}),
    ("empty-value", {"name": ""}, {"name": None}),
    ("empty-value", {"name": []}, {"name": None}),
    ("empty-value", {"emails": ""}, {"emails": None}),
    ("empty-value", {"nickName": []}, {"nickName": None}),
    ("empty-value", {ENTERPRISE: ""}, {ENTERPRISE: None}),
    ("empty-value", {ENTERPRISE: {"manager": ""}}, {ENTERPRISE: {"manager": None}}),
    ("empty-entries", {"emails": [None]}, {"emails": []}),
    ("empty-entries", {"emails": ["", {"value": "a"}]}, {"emails": [{"value": "a"}]}),
    ("list-for-a-single-value", {"active": [False]}, {"active": False}),
    ("list-for-a-single-value", {"nickName": ["Bab"]}, {"nickName": "Bab"}),
    (
        "list-for-a-single-value",
        {ENTERPRISE: {"manager": [{"$ref": None, "value": "m"}]}},
        {ENTERPRISE: {"manager": {"$ref": None, "value": "m"}}},
    ),
    ("object-for-a-simple-value", {"nickName": {"value": "Bab"}}, {"nickName": "Bab"}),
    (
        "single-value-for-a-list",
        {"emails": {"value": "a", "type": "work"}},
        {"emails": [{"value": "a", "type": "work"}]},
    ),
    ("text-for-an-entry", {"emails": ["a"]}, {"emails": [{"value": "a"}]}),
    (
        "list-as-json-text",
        {"roles": '[{"value": "a", "primary": true}]'},
        {"roles": [{"value": "a", "primary": True}]},
    ),
    (
        "text-for-a-reference",
        {ENTERPRISE: {"manager": "m"}},
        {ENTERPRISE: {"manager": {"value": "m"}}},
    ),
    (
        "reference-to-nobody",
        {ENTERPRISE: {"manager": {"value": "", "displayName": " "}}},
        {ENTERPRISE: {"manager": None}},
    ),
    (
        "display-name-for-display",
        {"roles": [{"value": "a", "displayName": "A"}]},
        {"roles": [{"display": "A", "value": "a"}]},
    ),
    ("unknown-attribute", {"shoeSize": 44, "adreses": []}, {}),
    ("unknown-attribute", {"addresses": [{"city": "B"}]}, {"addresses": [{}]}),
    ("unknown-attribute", {ENTERPRISE: {"x": 1, "division": "D"}}, {ENTERPRISE: {"division": "D"}}),
]


@pytest.mark.parametrize(("quirk", "given", "meant"), VALUES)
def test_a_value_is_read_as_it_is_meant(
    quirk: str, given: dict[str, Any], meant: dict[str, Any]
) -> None:
    body = user(**given)

    read = body_as_read(body)

    assert ({"schemas": body["schemas"], "userName": "mira", **meant}, {quirk: 1}) == read


@pytest.mark.parametrize(("quirk", "given", "meant"), VALUES)
def test_a_value_without_a_path_is_read_as_one_of_a_body(
    quirk: str, given: dict[str, Any], meant: dict[str, Any]
) -> None:
    operation = {"op": "replace", "value": given}

    read = operation_as_read(operation)

    assert ([{"op": "replace", "value": meant}], {quirk: 1}) == read


def test_an_attribute_of_an_extension_at_the_top_of_a_body_is_left_out() -> None:
    """Entra ID sends some there, beside the extension that has them again."""
    body = user(department=None, manager=None, division="D")

    assert (user(), {"unknown-attribute": 1}) == body_as_read(body)


@pytest.mark.parametrize(
    "value",
    [
        [[{"value": "a"}]],
        [5],
        5,
        [["a"]],
    ],
)
def test_a_list_that_means_nothing_is_left_to_be_refused(value: Any) -> None:
    read, _ = body_as_read(user(emails=value))

    assert (value if isinstance(value, list) else [value]) == read["emails"]


@pytest.mark.parametrize(
    "text",
    ["[", "[" * 100_000, '["a"]', "[1]", '[{"value": {}}]', '[{"value": NaN}]', "[]x", '["a", {}]'],
)
def test_a_text_that_holds_no_list_of_objects_is_a_value(text: str) -> None:
    """What an entitlement is called is its own affair (RFC 7643 §4.1.2)."""
    read, _ = body_as_read(user(roles=text))

    assert [{"value": text}] == read["roles"]


@pytest.mark.parametrize("value", ["maybe", 2, {"value": []}, [True, False], "null"])
def test_what_is_no_boolean_is_left_to_be_refused(value: Any) -> None:
    assert (user(active=value), {}) == body_as_read(user(active=value))


@pytest.mark.parametrize("value", ["no URI", "", " ", "+31 6 000", '{"id": "06b0"}'])
def test_a_text_is_kept_verbatim(value: str) -> None:
    body = user(profileUrl=value, timezone=value, phoneNumbers=[{"value": value}])

    assert (body, {}) == body_as_read(body)
