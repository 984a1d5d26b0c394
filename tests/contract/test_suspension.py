"""DELETE as a suspension, where the app chose so, on every engine."""

import pytest
from scim2_models import NotFoundException, PreconditionFailedException, UniquenessException

from scim import Database, Directory
from scim.provider import GROUP, USER
from tests.conftest import FakeClock
from tests.contract.directories import (
    UNKNOWN_ID,
    Caller,
    Journal,
    Note,
    caller_of,
    members_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
    version_of,
)


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def directory(database: Database, clock: FakeClock, journal: Journal) -> Directory:
    return open_directory(database, clock, journal)


@pytest.fixture
def caller(directory: Directory, database: Database) -> Caller:
    """A client that suspends."""
    return caller_of(directory, new_tenant(database), delete="suspend")


@pytest.mark.parametrize("before", [{"active": True}, {}], ids=["active", "unsaid"])
def test_a_suspended_user_is_readable_and_found(
    caller: Caller, clock: FakeClock, before: dict[str, bool]
) -> None:
    made = new_user(caller, "ada", title="Countess", **before)
    clock.advance(seconds=1)

    caller.delete(USER, made["id"])

    user = caller.get(USER, made["id"])
    meta = made["meta"] | {
        "version": 'W/"2"',
        "lastModified": "2026-11-24T12:00:01.000000Z",
    }
    assert made | {"active": False, "meta": meta} == user
    assert [user] == caller.search(USER)["Resources"]
    for text in ('userName eq "ADA"', "active eq false", 'title eq "countess"'):
        assert [made["id"]] == caller.ids(USER, filter=text)
    assert [] == caller.ids(USER, filter="active eq true")


def test_a_suspension_is_recorded_and_a_second_one_is_none(
    caller: Caller, journal: Journal
) -> None:
    ada, bob = new_user(caller, "ada"), new_user(caller, "bob", active=False)
    made = len(journal.notes)

    for user in (ada, ada, bob):
        caller.delete(USER, user["id"])

    note = Note(caller.client.tenant_id, "user.suspend", ada["id"])
    assert [note] == journal.notes[made:]
    assert 2 == version_of(caller.get(USER, ada["id"]))
    assert bob == caller.get(USER, bob["id"])


def test_a_suspended_user_keeps_the_name_and_the_groups(caller: Caller) -> None:
    user = new_user(caller, "ada")
    group = new_group(caller, "crew", user["id"])

    caller.delete(USER, user["id"])

    with pytest.raises(UniquenessException):
        new_user(caller, "Ada")
    assert group == caller.get(GROUP, group["id"])
    assert [user["id"]] == members_of(group)
    assert ["crew"] == [each["display"] for each in caller.get(USER, user["id"])["groups"]]


def test_a_suspended_user_can_be_activated_again(caller: Caller) -> None:
    user = new_user(caller, "ada")
    caller.delete(USER, user["id"])

    again = caller.patch(USER, user["id"], {"op": "replace", "path": "active", "value": True})

    assert (True, 3) == (again["active"], version_of(again))


def test_a_suspension_passes_on_the_version_it_demands_only(caller: Caller) -> None:
    user = new_user(caller, "ada")

    with pytest.raises(PreconditionFailedException):
        caller.delete(USER, user["id"], if_match='W/"2"')
    assert user == caller.get(USER, user["id"])
    caller.delete(USER, user["id"], if_match='W/"1"')

    assert not caller.get(USER, user["id"])["active"]
    with pytest.raises(PreconditionFailedException):
        caller.delete(USER, user["id"], if_match='W/"1"')


def test_a_group_is_removed_all_the_same(caller: Caller, journal: Journal) -> None:
    group = new_group(caller)

    caller.delete(GROUP, group["id"])

    with pytest.raises(NotFoundException):
        caller.get(GROUP, group["id"])
    assert "group.delete" == journal.notes[-1].action


def test_who_is_not_there_is_not_suspended(
    caller: Caller, directory: Directory, database: Database
) -> None:
    strange = new_user(caller_of(directory, new_tenant(database, "other")))

    for id_ in (UNKNOWN_ID, strange["id"], "nul\x00"):
        with pytest.raises(NotFoundException):
            caller.delete(USER, id_)


def test_an_app_that_removes_removes_who_was_suspended(caller: Caller) -> None:
    user = new_user(caller, "ada")
    caller.delete(USER, user["id"])

    removing = caller_of(caller.directory, caller.client.tenant_id)
    removing.delete(USER, user["id"])

    again = new_user(caller, "ada")
    assert [again["id"]] == caller.ids(USER) != [user["id"]]
