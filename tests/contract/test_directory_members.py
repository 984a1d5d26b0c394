"""The members of groups and the groups of users, on every engine."""

import json
from typing import Any

import pytest
from scim2_models import (
    InvalidValueException,
)

from scim import Directory
from scim.provider import GROUP, USER
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    UNKNOWN_ID,
    Caller,
    body_of,
    caller_of,
    members_of,
    new_group,
    new_user,
    version_of,
)


@pytest.fixture
def people(caller: Caller) -> dict[str, str]:
    """Ids of users and of an empty group, by their names."""
    users = {name: new_user(caller, name)["id"] for name in ("ada", "bob", "cyd", "dan")}
    return users | {"sub": new_group(caller, "sub")["id"]}


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([{"op": "add", "path": "members", "value": [{"value": "@cyd"}]}], "ada bob sub cyd"),
        ([{"op": "add", "value": {"members": [{"value": "@cyd"}]}}], "ada bob sub cyd"),
        (
            [{"op": "Add", "path": "members", "value": [{"value": "@cyd"}, {"value": "@ada"}]}],
            "ada bob sub cyd",
        ),
        ([{"op": "remove", "path": 'members[value eq "@ada"]'}], "bob sub"),
        (
            [{"op": "remove", "path": 'members[value eq "@ada" or value eq "@sub"]'}],
            "bob",
        ),
        ([{"op": "remove", "path": "members"}], ""),
        ([{"op": "replace", "path": "members", "value": []}], ""),
        ([{"op": "replace", "path": "members", "value": [{"value": "@dan"}]}], "dan"),
        ([{"op": "replace", "value": {"members": [{"value": "@bob"}]}}], "bob"),
        ([{"op": "remove", "path": 'members[type eq "User"]'}], "sub"),
        ([{"op": "remove", "path": 'MEMBERS[not (type eq "group")]'}], "sub"),
        (
            [
                {"op": "remove", "path": 'members[value eq "@ada"]'},
                {"op": "add", "path": "members", "value": [{"value": "@ada"}]},
            ],
            "bob sub ada",
        ),
        (
            [
                {"op": "replace", "path": "externalId", "value": "1"},
                {"op": "replace", "path": "members", "value": [{"value": "@dan"}]},
                {"op": "add", "path": "members", "value": [{"value": "@cyd"}]},
                {"op": "remove", "path": 'members[value eq "@dan"]'},
            ],
            "cyd",
        ),
        (
            [
                {"op": "add", "path": "members", "value": [{"value": "@cyd"}]},
                {"op": "remove", "path": 'members[type eq "Group"]'},
            ],
            "ada bob cyd",
        ),
    ],
)
def test_members_come_and_go(
    directory: Directory,
    caller: Caller,
    people: dict[str, str],
    operations: list[dict[str, Any]],
    expected: str,
) -> None:
    names = {id_: name for name, id_ in people.items()}
    text = json.dumps(operations)
    for name, id_ in people.items():
        text = text.replace(f"@{name}", id_)

    for profile in ("strict", "tolerant"):
        group = new_group(caller, profile, people["ada"], people["bob"], people["sub"])
        client = caller_of(directory, caller.client.tenant_id, profile)
        patched = client.patch(GROUP, group["id"], *json.loads(text))
        assert expected.split() == [names[each] for each in members_of(patched)]
        assert version_of(patched) == 2
        assert patched == client.get(GROUP, group["id"])


def test_a_member_is_shown_with_its_type_and_where_it_is(caller: Caller) -> None:
    ada = new_user(caller)
    sub = new_group(caller, "sub")
    entries = [{"value": ada["id"], "display": "Ada", "type": "Group"}, {"value": sub["id"]}]

    group = caller.create(GROUP, body_of(GROUP, displayName="crew", members=entries))

    assert [
        {
            "value": ada["id"],
            "type": "User",
            "display": "Ada",
            "$ref": f"{BASE_URL}/Users/{ada['id']}",
        },
        {"value": sub["id"], "type": "Group", "$ref": f"{BASE_URL}/Groups/{sub['id']}"},
    ] == group["members"]


def test_a_member_can_be_shown_under_another_name(caller: Caller) -> None:
    ada = new_user(caller)
    group = new_group(caller, "crew", ada["id"])
    path = f'members[value eq "{ada["id"]}"].display'

    caller.patch(GROUP, group["id"], {"op": "add", "path": path, "value": "Ada"})
    renamed = caller.patch(GROUP, group["id"], {"op": "replace", "path": path, "value": "Eve"})

    assert ["Eve"] == [each["display"] for each in renamed["members"]]
    assert version_of(renamed) == 3
    assert [group["id"]] == caller.ids(GROUP, filter='members.display eq "EVE"')


@pytest.mark.parametrize("way", ["replace", "patch", "remove"])
def test_a_member_put_without_its_name_loses_it(caller: Caller, way: str) -> None:
    """RFC 7644 §3.5.1: what the body leaves out is not assigned."""
    ada = new_user(caller)["id"]
    entries = [{"value": ada, "display": "Ada"}]
    group = caller.create(GROUP, body_of(GROUP, displayName="crew", members=entries))
    bare = [{"value": ada}]

    if way == "replace":
        body = body_of(GROUP, displayName="crew", members=bare)
        changed = caller.replace(GROUP, group["id"], body)
    elif way == "patch":
        operation = {"op": "replace", "path": "members", "value": bare}
        changed = caller.patch(GROUP, group["id"], operation)
    else:
        path = f'members[value eq "{ada}"].display'
        changed = caller.patch(GROUP, group["id"], {"op": "remove", "path": path})

    assert "display" not in changed["members"][0]
    assert version_of(changed) == 2
    assert caller.ids(GROUP, filter="members.display pr") == []


def test_a_replaced_group_has_only_the_members_of_the_body(caller: Caller) -> None:
    ada, bob, cyd = (new_user(caller, name)["id"] for name in ("ada", "bob", "cyd"))
    group = new_group(caller, "crew", ada, bob)
    entries = [{"value": cyd}, {"value": bob}]

    replaced = caller.replace(
        GROUP, group["id"], body_of(GROUP, displayName="crew", members=entries)
    )
    emptied = caller.replace(GROUP, group["id"], body_of(GROUP, displayName="crew"))

    assert {bob, cyd} == set(members_of(replaced))
    assert ([], 3) == (members_of(emptied), version_of(emptied))


def test_one_member_named_twice_is_one_member(caller: Caller) -> None:
    ada = new_user(caller)["id"]
    entries = [{"value": ada, "display": "Ada"}, {"value": ada}]

    group = caller.create(GROUP, body_of(GROUP, displayName="crew", members=entries))

    assert [(ada, "Ada")] == [(each["value"], each["display"]) for each in group["members"]]


@pytest.mark.parametrize("value", [UNKNOWN_ID, "", "x", None])
def test_a_member_that_is_no_resource_is_refused(caller: Caller, value: str | None) -> None:
    group = new_group(caller)
    entry = {"value": value}

    with pytest.raises(InvalidValueException):
        caller.create(GROUP, body_of(GROUP, displayName="other", members=[entry]))
    with pytest.raises(InvalidValueException):
        caller.patch(GROUP, group["id"], {"op": "add", "path": "members", "value": [entry]})
    with pytest.raises(InvalidValueException):
        caller.replace(GROUP, group["id"], body_of(GROUP, displayName="crew", members=[entry]))

    assert [group] == caller.search(GROUP)["Resources"]


@pytest.mark.parametrize("value", ["ada", [7], [{"nope": 1}], [{"value": 7}]], ids=str)
def test_a_patch_with_what_is_no_member_is_refused(caller: Caller, value: Any) -> None:
    """RFC 7644 §3.12: the value does not fit the attribute."""
    group = new_group(caller)

    for operation in ({"path": "members", "value": value}, {"value": {"members": value}}):
        with pytest.raises(InvalidValueException):
            caller.patch(GROUP, group["id"], {"op": "add", **operation})


def test_the_names_of_members_can_be_changed_without_a_path(caller: Caller) -> None:
    caller = caller_of(caller.directory, caller.client.tenant_id, "tolerant")
    ada = new_user(caller)
    group = new_group(caller, "crew", ada["id"])

    renamed = caller.patch(
        GROUP, group["id"], {"op": "add", "value": {"members.display": "Countess"}}
    )

    assert ["Countess"] == [each["display"] for each in renamed["members"]]


def test_a_user_shows_the_groups_it_belongs_to(caller: Caller) -> None:
    ada = new_user(caller)
    first = new_group(caller, "first", ada["id"])
    second = new_group(caller, "Second", ada["id"])
    new_group(caller, "around the first", first["id"])

    shown = caller.get(USER, ada["id"])

    assert [
        {
            "value": group["id"],
            "$ref": f"{BASE_URL}/Groups/{group['id']}",
            "display": group["displayName"],
            "type": "direct",
        }
        for group in (first, second)
    ] == shown["groups"]
    assert version_of(shown) == 1
    assert [shown] == caller.search(USER, filter='groups.display eq "SECOND"')["Resources"]


def test_a_group_is_shown_under_its_new_name_by_its_members(caller: Caller) -> None:
    ada = new_user(caller)
    group = new_group(caller, "old", ada["id"])

    caller.patch(GROUP, group["id"], {"op": "replace", "path": "displayName", "value": "new"})

    assert ["new"] == [each["display"] for each in caller.get(USER, ada["id"])["groups"]]
    assert caller.ids(USER, filter='groups.display eq "old"') == []


def test_a_deleted_user_leaves_its_groups_whose_version_moves(
    caller: Caller, clock: FakeClock
) -> None:
    ada, bob = new_user(caller, "ada"), new_user(caller, "bob")
    both = new_group(caller, "both", ada["id"], bob["id"])
    one = new_group(caller, "one", bob["id"])
    clock.advance(seconds=1)

    caller.delete(USER, ada["id"])

    left = caller.get(GROUP, both["id"])
    assert [bob["id"]] == members_of(left)
    assert (2, "2026-11-24T12:00:01.000000Z") == (version_of(left), left["meta"]["lastModified"])
    assert one == caller.get(GROUP, one["id"])


def test_a_deleted_group_is_left_by_its_members_and_leaves_the_groups_around_it(
    caller: Caller,
) -> None:
    ada = new_user(caller)
    inner = new_group(caller, "inner", ada["id"])
    outer = new_group(caller, "outer", inner["id"], ada["id"])

    caller.delete(GROUP, inner["id"])

    assert [outer["id"]] == [each["value"] for each in caller.get(USER, ada["id"])["groups"]]
    left = caller.get(GROUP, outer["id"])
    assert ([ada["id"]], 2) == (members_of(left), version_of(left))
