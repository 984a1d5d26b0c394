"""What one tenant may see and do of another: nothing, on every engine."""

import pytest
from scim2_models import (
    InvalidValueException,
    NotFoundException,
    SCIMException,
)

from scim import Database, Directory
from scim.provider import GROUP, USER
from tests.contract.directories import (
    BASE_URL,
    Caller,
    body_of,
    caller_of,
    every_act,
    new_group,
    new_tenant,
    new_user,
)


@pytest.fixture
def other(directory: Directory, database: Database, caller: Caller) -> Caller:
    """A client of another tenant, which is made after the first."""
    assert caller
    return caller_of(directory, new_tenant(database, "other"))


def test_a_tenant_sees_and_changes_nothing_of_another(caller: Caller, other: Caller) -> None:
    theirs = {USER: new_user(other, "theirs"), GROUP: None}
    theirs[GROUP] = new_group(other, "theirs", theirs[USER]["id"])
    theirs[USER] = other.get(USER, theirs[USER]["id"])

    for kind, resource in theirs.items():
        body = body_of(kind, **{kind.unique: "mine"})
        change = {"op": "replace", "path": "externalId", "value": "mine"}
        for act in every_act(caller, kind, resource["id"], body, change):
            with pytest.raises(NotFoundException):
                act()
        assert caller.ids(kind) == []
        assert caller.ids(kind, filter=f'id eq "{resource["id"]}"') == []
        assert caller.ids(kind, filter=f'{kind.unique} eq "theirs"', sort_by="id") == []

    assert [theirs[USER], theirs[GROUP]] == other.search(USER, GROUP)["Resources"]


@pytest.mark.parametrize("profile", ["strict", "tolerant"])
def test_what_belongs_to_another_tenant_never_becomes_a_member(
    directory: Directory, caller: Caller, other: Caller, profile: str
) -> None:
    me = caller_of(directory, caller.client.tenant_id, profile)
    theirs = (new_user(other, "theirs")["id"], new_group(other, "theirs")["id"])
    mine = new_user(me, "mine")["id"]
    group = new_group(me, "crew", mine)
    id_ = group["id"]

    for stranger in theirs:
        entry = {"value": stranger, "$ref": f"{BASE_URL}/Users/{stranger}", "type": "User"}
        body = body_of(GROUP, displayName="crew", members=[entry])
        changes = (
            {"op": "add", "path": "members", "value": [entry]},
            {"op": "replace", "path": "members", "value": [entry]},
            {"op": "add", "value": {"members": [entry]}},
            {"op": "replace", "path": f'members[value eq "{mine}"]', "value": entry},
            {"op": "replace", "path": f'members[value eq "{mine}"].value', "value": stranger},
        )
        for change in changes:
            with pytest.raises(SCIMException):
                me.patch(GROUP, id_, change)
        with pytest.raises(SCIMException):
            me.replace(GROUP, id_, body)
        with pytest.raises(InvalidValueException):
            me.create(GROUP, body | {"displayName": "new"})

    assert [group] == me.search(GROUP)["Resources"]
    assert [[], []] == [
        other.get(USER, theirs[0])["groups"],
        other.get(GROUP, theirs[1])["members"],
    ]


def test_removing_another_tenant_s_member_does_nothing_there(caller: Caller, other: Caller) -> None:
    user = new_user(other, "theirs")
    theirs = new_group(other, "theirs", user["id"])
    mine = new_group(caller, "mine")

    caller.patch(GROUP, mine["id"], {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})

    assert theirs == other.get(GROUP, theirs["id"])
    assert mine == caller.get(GROUP, mine["id"])
