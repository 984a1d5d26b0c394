"""Versions, what is recorded, and what requests demand of versions, on every engine."""

import pytest
from scim2_models import (
    PreconditionFailedException,
)

from scim import PROVIDER, Database, Directory
from scim.preconditions import Preconditions
from scim.provider import GROUP, KINDS, USER, Kind
from scim.rendering import View
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    Caller,
    Journal,
    Note,
    add_members,
    body_of,
    caller_of,
    new_cursors,
    new_group,
    new_resource,
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


both_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@both_kinds
def test_a_version_moves_with_every_real_change(
    caller: Caller, clock: FakeClock, kind: Kind
) -> None:
    made = new_resource(caller, kind)
    clock.advance(seconds=1)

    change = {"op": "replace", "path": "externalId", "value": "1"}
    patched = caller.patch(kind, made["id"], change)
    clock.advance(seconds=1)
    replaced = caller.replace(kind, made["id"], body_of(kind, **{kind.unique: "eve"}))

    assert (1, 2, 3) == (version_of(made), version_of(patched), version_of(replaced))
    assert patched["meta"]["lastModified"] == "2026-11-24T12:00:01.000000Z"
    assert replaced["meta"]["lastModified"] == "2026-11-24T12:00:02.000000Z"
    assert made["meta"]["created"] == replaced["meta"]["created"]


def test_what_changes_nothing_is_no_version_and_is_not_recorded(
    caller: Caller, clock: FakeClock, journal: Journal
) -> None:
    ada = new_user(caller, "ada", emails=[{"value": "a@example.com", "type": "work"}])
    group = new_group(caller, "crew", ada["id"])
    ada = caller.get(USER, ada["id"])
    recorded = len(journal.notes)
    clock.advance(days=1)

    same_user = [
        caller.replace(USER, ada["id"], body_of(USER, userName="ada", emails=ada["emails"])),
        caller.patch(USER, ada["id"], {"op": "replace", "path": "userName", "value": "ada"}),
        caller.patch(USER, ada["id"], {"op": "add", "path": "emails", "value": ada["emails"]}),
        caller.patch(USER, ada["id"], {"op": "remove", "path": "title"}),
    ]
    same_group = [
        caller.replace(
            GROUP, group["id"], body_of(GROUP, displayName="crew", members=group["members"])
        ),
        caller.patch(GROUP, group["id"], add_members(ada["id"])),
        caller.patch(GROUP, group["id"], {"op": "replace", "value": {"members": group["members"]}}),
        caller.patch(GROUP, group["id"], {"op": "remove", "path": 'members[value eq "nobody"]'}),
        caller.patch(GROUP, group["id"], {"op": "remove", "path": 'members[type eq "Group"]'}),
    ]

    assert [ada] * 4 == same_user
    assert [group] * 5 == same_group
    assert recorded == len(journal.notes)


def test_every_change_is_recorded_with_what_was_done(caller: Caller, journal: Journal) -> None:
    ada = new_user(caller)
    crew = new_group(caller)

    caller.patch(USER, ada["id"], {"op": "replace", "path": "title", "value": "x"})
    caller.replace(USER, ada["id"], body_of(USER, userName="eve"))
    caller.patch(GROUP, crew["id"], add_members(ada["id"]))
    caller.delete(USER, ada["id"])
    caller.delete(GROUP, crew["id"])

    tenant_id = caller.client.tenant_id
    assert [
        Note(tenant_id, "user.create", ada["id"]),
        Note(tenant_id, "group.create", crew["id"]),
        Note(tenant_id, "user.patch", ada["id"]),
        Note(tenant_id, "user.replace", ada["id"]),
        Note(tenant_id, "group.patch", crew["id"]),
        Note(tenant_id, "user.delete", ada["id"]),
        Note(tenant_id, "group.delete", crew["id"]),
    ] == journal.notes


def test_a_change_that_cannot_be_recorded_is_not_made(
    database: Database, clock: FakeClock, caller: Caller
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("the journal is full")

    user = new_user(caller)
    unheard = caller_of(
        Directory(database, clock, refuse, PROVIDER, new_cursors(clock)), caller.client.tenant_id
    )
    body = body_of(USER, userName="bob")

    with pytest.raises(OSError, match="full"):
        unheard.create(USER, body)
    with pytest.raises(OSError, match="full"):
        unheard.replace(USER, user["id"], body)
    with pytest.raises(OSError, match="full"):
        unheard.delete(USER, user["id"])

    assert [user] == caller.search(USER)["Resources"]


def test_a_write_passes_on_the_version_it_demands(caller: Caller) -> None:
    """Tags compare without their ``W/``, one of a list is enough, and ``*`` is any."""
    user = new_user(caller)
    change = {"op": "replace", "path": "title", "value": "Countess"}
    caller.patch(USER, user["id"], change)

    for version, demanded in enumerate(('W/"2"', '"3"', "*", 'W/"1", W/"5"', '"x","6"'), 3):
        body = body_of(USER, userName=f"name {version}")
        replaced = caller.replace(USER, user["id"], body, if_match=demanded)
        assert version == version_of(replaced)


@both_kinds
def test_no_write_passes_on_another_version(caller: Caller, kind: Kind) -> None:
    made = new_resource(caller, kind)
    change = {"op": "replace", "path": "externalId", "value": "1"}
    body = body_of(kind, **{kind.unique: "x"})

    for demanded in ('W/"2"', '"0"', 'W/"11"', "1", "garbage", "", '"*"', "W/1"):
        with pytest.raises(PreconditionFailedException):
            caller.patch(kind, made["id"], change, if_match=demanded)
        with pytest.raises(PreconditionFailedException):
            caller.replace(kind, made["id"], body, if_match=demanded)
        with pytest.raises(PreconditionFailedException):
            caller.delete(kind, made["id"], if_match=demanded)

    assert made == caller.get(kind, made["id"])


def test_a_write_passes_only_on_no_version_that_if_none_match_names(caller: Caller) -> None:
    user = new_user(caller)

    def replace(demanded: str, name: str) -> None:
        caller.directory.replace(
            USER,
            user["id"],
            body_of(USER, userName=name),
            Preconditions(if_none_match=demanded),
            caller.client,
            View(BASE_URL),
        )

    for demanded in ("*", 'W/"1"', '"1"'):
        with pytest.raises(PreconditionFailedException):
            replace(demanded, "never")
    replace('W/"7"', "eve")

    assert caller.get(USER, user["id"])["userName"] == "eve"
