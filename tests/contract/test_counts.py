"""Totals and places that nobody counts for, on every engine."""

import pytest

from scim import Database, Directory
from scim.migrations import MIGRATIONS
from scim.provider import GROUP, USER
from scim.storage import Session
from scim.storage.counts import BLOCK, Counts, Start, totals
from scim.storage.resources import Resources
from tests.conftest import FakeClock
from tests.contract.bulk_operations import post_user, statuses
from tests.contract.directories import (
    Caller,
    caller_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)
from tests.races import in_threads

FEW = 3


def counted(session: Session, database: Database, tenant_id: str) -> Counts:
    return Counts(session, database.words, tenant_id)


def fill(database: Database, tenant_id: str, users: int) -> None:
    """Add users as a database from before would have them: by one statement, uncounted."""
    with database.write() as session:
        session.run(
            "INSERT INTO resource (tenant_id, type, id, unique_key, doc, folded, version,"  # noqa: S608 - fixed words
            " created_at, modified_at) SELECT ?, 'User', 'u' || n, 'u' || n, ?,"
            f" {database.words.json_value}, 1, 'now', 'now' FROM"
            " (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
            " SELECT n FROM n) AS counted",
            (tenant_id, '{"schemas":[]}', "{}", users),
        )


def test_an_unfiltered_total_follows_what_is_added_and_removed(
    caller: Caller, database: Database, directory: Directory
) -> None:
    other = caller_of(directory, new_tenant(database, "other"))
    users = [new_user(caller, f"user {number}")["id"] for number in range(5)]
    new_group(caller, "group", *users)
    new_user(other, "alone")
    caller.delete(USER, users[0])

    totals = [caller.search(*kinds, count=1)["totalResults"] for kinds in ((USER,), (GROUP,))]

    assert [4, 1] == totals
    assert 5 == caller.search(USER, GROUP, count=1)["totalResults"]
    assert 1 == other.search(USER, count=0)["totalResults"]


def test_what_is_undone_is_not_counted(caller: Caller) -> None:
    new_user(caller, "ada")

    outcomes = caller.bulk(post_user("ada"), post_user("bob"))

    assert ["409", "201"] == statuses(outcomes)
    assert 2 == caller.search(USER, count=0)["totalResults"]


def test_a_database_from_before_is_counted_and_paged_by_blocks(
    database: Database, clock: FakeClock
) -> None:
    database.migrate(MIGRATIONS[:3])
    tenant_id = new_tenant(database)
    users = BLOCK + 50
    fill(database, tenant_id, users)

    caller = caller_of(open_directory(database, clock), tenant_id)
    for start in (1, 2, BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1, users - 1, users, users + 1):
        page = caller.search(USER, start_index=start, count=FEW)
        expected = [f"u{number}" for number in range(start, min(start + FEW, users + 1))]
        assert expected == [each["id"] for each in page["Resources"]], start
        assert users == page["totalResults"]


def test_a_place_is_found_by_adding_up_blocks(database: Database, clock: FakeClock) -> None:
    open_directory(database, clock)
    tenant_id = new_tenant(database)
    with database.write() as session:
        counts = counted(session, database, tenant_id)
        for seq in (1, 2, BLOCK, 7 * BLOCK + 1, 7 * BLOCK + 2):
            counts.change("User", seq, 1)
        counts.change("User", 2, -1)

        assert [4, 4, 0] == [counts.total(["User"]), counts.total(["User", "X"]), counts.total([])]
        assert [
            Start(0, 0),
            Start(BLOCK, 1),
            Start(7 * BLOCK, 2),
            Start(7 * BLOCK, 2),
            Start(7 * BLOCK, 2),
        ] == [counts.start_of("User", skipped) for skipped in (0, 1, 2, 3, 400)]
        assert Start(0, 0) == counts.start_of("Group", 5)


def test_those_who_add_at_once_are_all_counted(caller: Caller) -> None:
    numbers = iter(range(1000))

    def add() -> None:
        for _ in range(8):
            new_user(caller, f"user {next(numbers)}")

    in_threads(6, add)

    assert 48 == caller.search(USER, count=0)["totalResults"] == len(caller.ids(USER))


def test_resources_are_the_only_door(database: Database, clock: FakeClock) -> None:
    """What is removed is taken off the block that it was counted in."""
    caller = caller_of(open_directory(database, clock), new_tenant(database))
    id_ = new_user(caller, "ada")["id"]
    with database.write() as session:
        resources = Resources(session, database.words, caller.client.tenant_id)
        record = resources.find_locked("User", id_)
        assert record is not None
        resources.delete(record, frozenset(), "now")
        assert 0 == counted(session, database, caller.client.tenant_id).total(["User"])


@pytest.mark.parametrize("sort_by", [None, "userName"])
def test_a_page_that_is_all_of_the_list_tells_its_total(caller: Caller, sort_by: str) -> None:
    for number in range(5):
        new_user(caller, f"user {number}")

    for cursor in (None, ""):
        for count in (0, 4, 5, 6):
            page = caller.search(USER, sort_by=sort_by, count=count, cursor=cursor)
            assert 5 == page["totalResults"], (cursor, count)


def test_the_totals_of_several_tenants_are_told_at_once(database: Database) -> None:
    database.migrate(MIGRATIONS)
    ours, theirs, empty = (new_tenant(database, name) for name in ("ours", "theirs", "empty"))
    with database.write() as session:
        for tenant_id, type_, seq in (
            (ours, "User", 1),
            (ours, "User", BLOCK),
            (theirs, "Group", 2),
        ):
            counted(session, database, tenant_id).change(type_, seq, 1)

    with database.read() as session:
        found = totals(session, [ours, empty])

    assert {(ours, "User"): 2} == found
