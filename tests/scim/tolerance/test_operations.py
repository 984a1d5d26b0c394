"""Operations of a PATCH, and the message they come in."""

from typing import Any

import pytest
from scim2_models import PayloadTooLargeException

from scim.changes.reading import read_patch
from scim.limits import Limits
from scim.provider import GROUP, USER
from tests.scim.tolerance.readings import (
    CORE,
    ENTERPRISE,
    OLD_ENTERPRISE,
    PATCH,
    message_as_read,
    operation_as_read,
    tolerant,
)

NOTHING = {"op": "replace", "value": {}}
DISABLE = {"op": "replace", "path": "active", "value": False}


def replace(path: str, value: Any, op: str = "replace") -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


OPERATIONS = [
    (
        "foreign-member-of-an-operation",
        replace("title", "T") | {"name": "x"},
        [replace("title", "T")],
    ),
    (
        "keys-that-are-paths",
        {
            "op": "replace",
            "value": {"title": "T", "name.givenName": "M", f"{ENTERPRISE}:division": "D"},
        },
        [
            {"op": "replace", "value": {"title": "T"}},
            replace("name.givenName", "M"),
            replace(f"{ENTERPRISE}:division", "D"),
        ],
    ),
    (
        "keys-that-are-paths",
        {"op": "add", "value": {'emails[type eq "work"].value': "a"}},
        [replace('emails[type eq "work"].value', "a", "add")],
    ),
    (
        "keys-that-are-paths",
        {"op": "add", "value": {f"{CORE}:title": "T"}},
        [replace(f"{CORE}:title", "T", "add")],
    ),
    (
        "read-only-attribute",
        {"op": "replace", "value": {"id": "5", "meta": {}, "groups": [], "title": "T"}},
        [{"op": "replace", "value": {"title": "T"}}],
    ),
    ("unknown-target", replace("shoeSize", 44), [NOTHING]),
    ("unknown-target", replace("name.middle", "x", "add"), [{"op": "add", "value": {}}]),
    ("unknown-target", {"op": "remove", "path": "shoeSize"}, [NOTHING]),
    (
        "stale-value-in-a-removal",
        replace('emails[type eq "work"].value', "old", "remove"),
        [{"op": "remove", "path": 'emails[type eq "work"].value'}],
    ),
    (
        "stale-value-in-a-removal",
        replace("nickName", "old", "remove"),
        [{"op": "remove", "path": "nickName"}],
    ),
    ("nothing-to-add", replace("nickName", None, "add"), [{"op": "remove", "path": "nickName"}]),
    ("nothing-to-add", replace("emails", None, "Add"), [NOTHING]),
    (
        "nothing-for-a-selection",
        replace('emails[type eq "work"].value', None),
        [{"op": "remove", "path": 'emails[type eq "work"].value'}],
    ),
    (
        "extension-attribute-without-urn",
        replace("manager", {"value": "m"}),
        [replace(f"{ENTERPRISE}:manager", {"value": "m"})],
    ),
    (
        "extension-attribute-without-urn",
        replace("manager.value", "m"),
        [replace(f"{ENTERPRISE}:manager.value", "m")],
    ),
    (
        "dot-after-a-urn",
        replace(f"{ENTERPRISE}.manager.value", "m"),
        [replace(f"{ENTERPRISE}:manager.value", "m")],
    ),
    ("dot-after-a-urn", replace(f"{CORE}.title", "T"), [replace(f"{CORE}:title", "T")]),
    (
        "outdated-urn",
        replace(f"{OLD_ENTERPRISE}:division", "D"),
        [replace(f"{ENTERPRISE}:division", "D")],
    ),
    (
        "outdated-urn",
        replace(f"{OLD_ENTERPRISE}.division", "D"),
        [replace(f"{ENTERPRISE}:division", "D")],
    ),
    (
        "outdated-urn",
        replace("urn:ietf:params:scim:schemas:extension:enterprise:2.0User:division", "D"),
        [replace(f"{ENTERPRISE}:division", "D")],
    ),
    (
        "outdated-urn",
        replace("urn:scim:schemas:core:1.0:title", "T"),
        [replace(f"{CORE}:title", "T")],
    ),
    (
        "boolean-compared-with-text",
        replace('roles[primary eq "True"].value', "x"),
        [replace("roles[primary eq true].value", "x")],
    ),
    (
        "bare-value",
        replace("emails[type eq work].value", "x"),
        [replace('emails[type eq "work"].value', "x")],
    ),
    (
        "boolean-as-text",
        replace("active", "False"),
        [DISABLE],
    ),
    ("list-for-a-single-value", replace("active", [False]), [DISABLE]),
    (
        "text-for-a-reference",
        replace(f"{ENTERPRISE}:manager", "m"),
        [replace(f"{ENTERPRISE}:manager", {"value": "m"})],
    ),
    (
        "empty-value",
        replace(f"{ENTERPRISE}:manager", ""),
        [replace(f"{ENTERPRISE}:manager", None)],
    ),
    (
        "reference-to-nobody",
        replace(f"{ENTERPRISE}:manager", {"value": ""}),
        [replace(f"{ENTERPRISE}:manager", None)],
    ),
    (
        "text-for-a-reference",
        replace(ENTERPRISE, {"manager": "m"}),
        [replace(ENTERPRISE, {"manager": {"value": "m"}})],
    ),
    (
        "unknown-attribute",
        replace('roles[type eq "x"]', {"value": "a", "size": 1}),
        [replace('roles[type eq "x"]', {"value": "a"})],
    ),
]


@pytest.mark.parametrize(("quirk", "given", "meant"), OPERATIONS)
def test_an_operation_is_read_as_it_is_meant(
    quirk: str, given: dict[str, Any], meant: list[dict[str, Any]]
) -> None:
    assert (meant, {quirk: 1}) == operation_as_read(given)


REMOVALS = [
    ([{"$ref": None, "value": "u"}], ["u"]),
    ([{"value": "u"}, {"value": "v", "display": "V"}], ["u", "v"]),
    ({"value": "u"}, ["u"]),
    (["u", "v"], ["u", "v"]),
    ("u", ["u"]),
    ('[{"value": "u"}]', ["u"]),
    ([], None),
    ("", None),
    ({}, None),
    ([{}], None),
    ([None], None),
    ([{"value": ""}], None),
    ([{"value": None, "$ref": None}], None),
]


@pytest.mark.parametrize(("value", "ids"), REMOVALS)
def test_only_the_members_a_removal_names_are_removed(value: Any, ids: list[str] | None) -> None:
    """Where it names none nothing is removed: the group is never emptied."""
    read, noticed = operation_as_read(replace("members", value, "Remove"), GROUP)

    named = [{"value": each} for each in ids or ()]
    assert [replace("members", named, "Remove") if ids else NOTHING] == read
    assert {"values-named-in-a-removal": 1} == noticed


SELECTIONS = [
    ([{"value": "u"}], 'members[type eq "User" and value eq "u"]'),
    ("u", 'members[type eq "User" and value eq "u"]'),
    ('[{"value": "u"}]', 'members[type eq "User" and value eq "u"]'),
    (
        [{"value": "u"}, {"value": 'v"', "display": "V"}],
        'members[type eq "User" and (value eq "u" or value eq "v\\"")]',
    ),
    (
        [{"display": "U", "type": "User", "x": 1, "$ref": ["r"]}],
        'members[type eq "User" and display eq "U" and type eq "User"]',
    ),
    ([], None),
    ("", None),
    ([{"value": ""}], None),
    ([{"x": 1}], None),
]


@pytest.mark.parametrize(("value", "path"), SELECTIONS)
def test_a_removal_of_a_selection_takes_only_what_it_names(value: Any, path: str | None) -> None:
    read, noticed = operation_as_read(replace('members[type eq "User"]', value, "remove"), GROUP)

    assert [{"op": "remove", "path": path} if path else NOTHING] == read
    assert {"values-named-in-a-removal": 1} == noticed


def test_a_removal_that_names_what_it_selects_stays_a_change_of_rows() -> None:
    path = 'members[value eq "u"]'

    read, _ = operation_as_read(replace(path, [{"value": "u"}], "remove"), GROUP)

    assert [{"op": "remove", "path": path}] == read


def test_a_removal_without_a_value_removes_all() -> None:
    """RFC 7644 §3.5.2.2."""
    removal = {"op": "remove", "path": "members"}

    assert ([removal], {}) == operation_as_read(removal, GROUP)


MESSAGES = [
    ("message-without-schemas", {"Operations": []}),
    ("message-without-schemas", {"schemas": None, "Operations": []}),
    ("message-without-schemas", {"schemas": PATCH, "Operations": []}),
    ("foreign-message-schema", {"schemas": ["urn:scim:schemas:core:1.0"], "Operations": []}),
    ("foreign-message-schema", {"schemas": [PATCH, CORE], "Operations": []}),
    ("foreign-member-of-the-message", {"schemas": [PATCH], "id": "5", "Operations": []}),
]


@pytest.mark.parametrize(("quirk", "given"), MESSAGES)
def test_a_message_is_read_as_it_is_meant(quirk: str, given: dict[str, Any]) -> None:
    assert ({"schemas": [PATCH], "Operations": []}, {quirk: 1}) == message_as_read(given)


@pytest.mark.parametrize("path", ["/title", "emails[type eq", "a.b.c", "[", "not (title pr)"])
def test_what_is_no_path_is_left_to_be_refused(path: str) -> None:
    assert ([replace(path, "x")], {}) == operation_as_read(replace(path, "x"))


def test_an_operation_that_is_none_is_left_to_be_refused() -> None:
    given = {"schemas": [PATCH], "Operations": ["x", None, 5, replace("shoeSize", 1, "set")]}

    read, _ = message_as_read(given)

    assert ["x", None, 5, {"op": "set", "value": {}}] == read["Operations"]


def test_several_quirks_of_one_operation_are_each_counted() -> None:
    operation = {"op": "Add", "path": "manager", "value": [{"$ref": None, "value": "m"}]}

    read = operation_as_read(operation)

    meant = replace(f"{ENTERPRISE}:manager", {"$ref": None, "value": "m"}, "Add")
    noticed = {"extension-attribute-without-urn": 1, "list-for-a-single-value": 1}
    assert ([meant], noticed) == read


def test_a_key_that_is_a_path_counts_as_an_operation() -> None:
    value = {"name.givenName": "M", f"{ENTERPRISE}:division": "D", 'emails[type eq "x"].value': "X"}
    mixed = value | {"title": "T", ENTERPRISE: {"department": "P"}}
    body = {"schemas": [PATCH], "Operations": [{"op": "add", "value": value}]}
    more = {"schemas": [PATCH], "Operations": [{"op": "add", "value": mixed}]}

    three = read_patch(USER, body, tolerant(), Limits(patch_operations=3)).message()
    four = read_patch(USER, more, tolerant(), Limits(patch_operations=4)).message()

    assert [3, 4] == [len(each.operations or ()) for each in (three, four)]
    for sent, bound in ((body, 2), (more, 3)):
        with pytest.raises(PayloadTooLargeException):
            read_patch(USER, sent, tolerant(), Limits(patch_operations=bound))


def test_keys_that_are_paths_are_counted_before_they_are_read() -> None:
    """Reading them takes far longer."""
    reader = tolerant()
    value = {f'emails[type eq "{number}"].value': "x" for number in range(1001)}
    body = {"schemas": [PATCH], "Operations": [{"op": "add", "value": value}]}

    with pytest.raises(PayloadTooLargeException):
        read_patch(USER, body, reader, Limits(patch_operations=1000))
    assert {} == reader.quirks.noticed
