"""Whether groups share names: what the app chose when a group got its name, on every engine."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from scim2_models import UniquenessException

from scim import PROVIDER, Database, Directory, open_database
from scim.instant import now
from scim.migrations import MIGRATIONS
from scim.provider import GROUP, USER
from tests.conftest import FakeClock
from tests.contract.directories import (
    Caller,
    Journal,
    add_members,
    body_of,
    caller_of,
    new_cursors,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)
from tests.races import in_processes


@pytest.fixture
def unique(directory: Directory, database: Database) -> Caller:
    """A client of the only tenant whose groups have names of their own."""
    return caller_of(directory, new_tenant(database))


@pytest.fixture
def shared(directory: Directory, unique: Caller) -> Caller:
    """A client of the same tenant whose groups may share names."""
    return caller_of(directory, unique.client.tenant_id, group_names="shared")


def rename(caller: Caller, group_id: str, name: str) -> None:
    caller.patch(GROUP, group_id, {"op": "replace", "path": "displayName", "value": name})


def put_name(caller: Caller, group_id: str, name: str) -> None:
    caller.replace(GROUP, group_id, body_of(GROUP, displayName=name))


either_way = pytest.mark.parametrize("name_it", [rename, put_name])


def test_a_shared_name_is_given_beside_any_other(unique: Caller, shared: Caller) -> None:
    groups = [new_group(unique, "Berlin"), new_group(shared, "BERLIN"), new_group(shared, "berlin")]

    found = shared.ids(GROUP, filter='displayName eq "Berlin"')

    assert [group["id"] for group in groups] == found


@either_way
def test_a_group_may_be_renamed_to_a_shared_name(
    unique: Caller, shared: Caller, name_it: Callable[[Caller, str, str], None]
) -> None:
    new_group(unique, "Berlin")
    group = new_group(unique, "Hamburg")

    name_it(shared, group["id"], "Berlin")

    assert 2 == len(shared.ids(GROUP, filter='displayName eq "Berlin"'))


@either_way
def test_a_name_of_its_own_is_refused_where_any_group_has_it(
    unique: Caller, shared: Caller, name_it: Callable[[Caller, str, str], None]
) -> None:
    new_group(shared, "Berlin")
    new_group(unique, "Hamburg")
    mine = new_group(unique, "Bonn")

    for taken in ("berlin", "hamburg"):
        with pytest.raises(UniquenessException):
            new_group(unique, taken)
        with pytest.raises(UniquenessException):
            name_it(unique, mine["id"], taken)

    assert mine == unique.get(GROUP, mine["id"])


def test_a_group_keeps_its_shared_name_whoever_changes_it(unique: Caller, shared: Caller) -> None:
    """Only a new name is asked for: no change of anything else, nor a respelling, is refused."""
    new_group(unique, "Berlin")
    group = new_group(shared, "Berlin")
    user = new_user(unique)

    for caller in (unique, shared):
        rename(caller, group["id"], "BERLIN")
        put_name(caller, group["id"], "berlin")
        caller.patch(GROUP, group["id"], add_members(user["id"]))

    assert 2 == len(shared.ids(GROUP, filter='displayName eq "Berlin"'))
    with pytest.raises(UniquenessException):
        new_group(unique, "Berlin")


def test_a_group_keeps_the_name_it_has_alone(unique: Caller, shared: Caller) -> None:
    """A change by an app that shares names does not give the name away."""
    group = new_group(unique, "Berlin")
    change = {"op": "replace", "path": "externalId", "value": "1"}
    shared.patch(GROUP, group["id"], change)

    with pytest.raises(UniquenessException):
        new_group(unique, "Berlin")
    shared.delete(GROUP, group["id"])
    new_group(unique, "Berlin")


def test_a_rename_decides_anew(unique: Caller, shared: Caller) -> None:
    group = new_group(shared, "Berlin")
    rename(unique, group["id"], "Bonn")
    other = new_group(shared, "Bonn")
    shared.delete(GROUP, other["id"])

    with pytest.raises(UniquenessException):
        new_group(unique, "Bonn")
    new_group(unique, "Berlin")


def test_a_name_is_free_once_all_who_share_it_are_gone(unique: Caller, shared: Caller) -> None:
    first, second = new_group(shared, "Berlin"), new_group(shared, "Berlin")

    shared.delete(GROUP, first["id"])
    with pytest.raises(UniquenessException):
        new_group(unique, "Berlin")
    shared.delete(GROUP, second["id"])

    assert new_group(unique, "Berlin")["displayName"] == "Berlin"


def test_names_of_users_are_never_shared(shared: Caller) -> None:
    new_user(shared, "ada")
    new_group(shared, "ada")

    with pytest.raises(UniquenessException):
        new_user(shared, "ADA")


def test_names_of_tenants_do_not_meet(
    directory: Directory, database: Database, unique: Caller, shared: Caller
) -> None:
    new_group(shared, "Berlin")
    other = caller_of(directory, new_tenant(database, "other"))

    assert new_group(other, "Berlin")["displayName"] == "Berlin"
    assert 1 == unique.search(GROUP)["totalResults"]


def test_a_directory_from_before_keeps_its_names_unique(
    database: Database, clock: FakeClock
) -> None:
    database.migrate(MIGRATIONS[:1])
    tenant_id = new_tenant(database)
    with database.write() as session:
        session.run(
            "INSERT INTO resource (tenant_id, type, id, unique_key, doc, folded, version,"  # noqa: S608 - a fixed word
            f" created_at, modified_at) VALUES (?, 'Group', 'g', 'berlin', ?,"
            f" {database.words.json_value}, 1, 'now', 'now')",
            (tenant_id, '{"schemas":[],"displayName":"Berlin"}', '{"displayName":"berlin"}'),
        )

    unique = caller_of(open_directory(database, clock), tenant_id)

    with pytest.raises(UniquenessException):
        new_group(unique, "Berlin")
    assert ["g"] == unique.ids(GROUP, filter='displayName eq "BERLIN"')
    assert 0 == unique.search(USER)["totalResults"]


def naming(where: str | Path, tenant_id: str) -> Callable[[], int]:
    """Prepare a process that wants the same 30 names as every other, half of them by renaming."""
    directory = Directory(open_database(where), now, Journal(), PROVIDER, new_cursors(now))
    unique = caller_of(directory, tenant_id)
    mine = [new_group(unique, f"{os.getpid()}-{number}")["id"] for number in range(15)]

    def name_all() -> int:
        won = 0
        for number in range(30):
            try:
                if number % 2:
                    new_group(unique, f"Group {number}")
                else:
                    rename(unique, mine[number // 2], f"Group {number}")
                won += 1
            except UniquenessException:
                continue
        return won

    return name_all


def test_a_name_of_its_own_has_exactly_one_winner(
    unique: Caller, database_where: str | Path
) -> None:
    won = in_processes(4, naming, database_where, unique.client.tenant_id)

    found = unique.ids(GROUP, filter='displayName sw "Group "')
    assert 30 == sum(won) == len(found)


def sharing(where: str | Path, tenant_id: str) -> Callable[[], int]:
    """Prepare a process that makes groups of 20 names, each first alone and then shared."""
    directory = Directory(open_database(where), now, Journal(), PROVIDER, new_cursors(now))
    unique = caller_of(directory, tenant_id)
    shared = caller_of(directory, tenant_id, group_names="shared")

    def name_all() -> int:
        won = 0
        for number in range(20):
            try:
                new_group(unique, f"Group {number}")
                won += 1
            except UniquenessException:
                pass
            new_group(shared, f"Group {number}")
        return won

    return name_all


def test_who_shares_always_wins_and_at_most_one_other(
    unique: Caller, database_where: str | Path
) -> None:
    won = in_processes(4, sharing, database_where, unique.client.tenant_id)

    assert sum(won) <= 20
    for number in range(20):
        found = unique.ids(GROUP, filter=f'displayName eq "group {number}"')
        assert len(found) in {4, 5}
    assert 80 + sum(won) == unique.search(GROUP)["totalResults"]
