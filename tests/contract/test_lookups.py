"""What resources are looked up by follows what they hold, on every engine."""

from typing import Any

import pytest

from scim import Database, Directory
from scim.migrations import MIGRATIONS
from scim.provider import GROUP, KINDS, USER, Kind
from scim.query.lookups import LENGTH, paths_of
from tests.conftest import FakeClock
from tests.contract.bulk_operations import post_user, statuses
from tests.contract.directories import (
    Caller,
    body_of,
    caller_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)
from tests.contract.people import ENTERPRISE, populate

WHOLE: dict[str, Any] = {
    "externalId": "Ext-1",
    "displayName": "Ada",
    "active": True,
    "name": {"familyName": "LOVELACE", "givenName": "Ada"},
    "emails": [
        {"value": "ada@example.com", "type": "work"},
        {"value": "ADA@example.com", "type": "home"},
        {"value": "al@example.com", "primary": True},
    ],
    "phoneNumbers": [{"value": "+41"}, {"type": "fax"}],
    ENTERPRISE: {"employeeNumber": "007", "manager": {"value": "M-1"}},
}
LOOKED_UP = {
    ("externalId", "Ext-1"),
    ("displayName", "ada"),
    ("active", "true"),
    ("name.familyName", "lovelace"),
    ("name.givenName", "ada"),
    ("emails.value", "ada@example.com"),
    ("emails.value", "al@example.com"),
    ("phoneNumbers.value", "+41"),
    (f"{ENTERPRISE}:employeeNumber", "007"),
    (f"{ENTERPRISE}:manager.value", "M-1"),
}


def rows(database: Database) -> set[tuple[str, str, str, str]]:
    """Return what there is to be looked up, and by what."""
    with database.read() as session:
        found = session.all(
            "SELECT p.tenant_id, p.path, l.value, r.id FROM lookup AS l"
            " JOIN lookup_path AS p ON p.id = l.path_id"
            " LEFT JOIN resource AS r ON r.seq = l.seq AND r.tenant_id = p.tenant_id"
            " AND r.type = p.type"
        )
    columns = ("tenant_id", "path", "value", "id")
    return {tuple(row[column] for column in columns) for row in found}  # type: ignore[misc]


def values(database: Database, id_: str) -> set[tuple[str, str]]:
    """Return what one resource is looked up by."""
    return {(path, value) for _, path, value, each in rows(database) if each == id_}


def create(caller: Caller, kind: Kind = USER, **fields: Any) -> str:
    id_: str = caller.create(kind, body_of(kind, **{kind.unique: "ada"} | fields))["id"]
    return id_


def test_a_resource_is_looked_up_by_each_different_value(
    caller: Caller, database: Database
) -> None:
    assert LOOKED_UP == values(database, create(caller, **WHOLE))


def test_a_change_changes_only_what_is_different(caller: Caller, database: Database) -> None:
    id_ = create(caller, **WHOLE)

    caller.patch(
        USER,
        id_,
        {"op": "replace", "path": "active", "value": False},
        {"op": "remove", "path": 'emails[type eq "work"]'},
        {"op": "remove", "path": 'emails[value eq "al@example.com"]'},
        {"op": "remove", "path": "name"},
    )

    assert {
        *(each for each in LOOKED_UP if each[0] not in {"active", "name.familyName"}),
        ("active", "false"),
    } - {("name.givenName", "ada"), ("emails.value", "al@example.com")} == values(database, id_)
    caller.replace(USER, id_, body_of(USER, userName="ada", displayName="B"))
    assert {("displayName", "b")} == values(database, id_)


def test_who_is_gone_is_not_looked_up(caller: Caller, database: Database) -> None:
    id_ = create(caller, **WHOLE)
    group = new_group(caller, "Group", id_)["id"]

    caller.delete(USER, id_)
    caller.delete(GROUP, group)

    assert set() == rows(database)


def test_what_is_undone_is_not_looked_up(caller: Caller, database: Database) -> None:
    new_user(caller, "taken")
    outcomes = caller.bulk(post_user("taken", externalId="1"), post_user("ada", externalId="2"))

    assert ["409", "201"] == statuses(outcomes)
    assert [("externalId", "2")] == [(path, value) for _, path, value, _ in rows(database)]


def test_tenants_are_looked_up_apart(
    caller: Caller, database: Database, directory: Directory
) -> None:
    other = caller_of(directory, new_tenant(database, "other"))
    ids = [create(each, externalId="same") for each in (caller, other)]

    assert {
        (caller.client.tenant_id, "externalId", "same", ids[0]),
        (other.client.tenant_id, "externalId", "same", ids[1]),
    } == rows(database)


def test_a_resource_may_have_as_many_values_as_the_bounds_allow(
    caller: Caller, database: Database
) -> None:
    emails = [{"value": f"{number}@example.com"} for number in range(500)]
    numbers = [{"value": f"{number}"} for number in range(500)]
    id_ = create(caller, emails=emails, phoneNumbers=numbers)
    assert 1000 == len(values(database, id_))

    caller.patch(
        USER, id_, *({"op": "remove", "path": path} for path in ("emails", "phoneNumbers"))
    )

    assert set() == values(database, id_)


def test_a_long_value_is_cut(caller: Caller, database: Database) -> None:
    id_ = create(caller, externalId="\N{GRINNING FACE}" * (LENGTH + 1))

    assert {("externalId", "\N{GRINNING FACE}" * LENGTH)} == values(database, id_)


@pytest.mark.parametrize("migrated", [3, 4])
def test_a_directory_from_before_is_filled_in(
    database: Database, clock: FakeClock, migrated: int
) -> None:
    """Every value of every path that is declared, as if the resources were added just now."""
    caller = caller_of(open_directory(database, clock), new_tenant(database))
    populate(caller, clock)
    create(caller, externalId="x" * (LENGTH + 1), userName="long", emails=WHOLE["emails"])
    written = rows(database)
    assert {path for kind in KINDS.values() for path in paths_of(kind).values()} == {
        path for _, path, _, _ in written
    }

    with database.write() as session:
        for table in ("lookup", "lookup_path", *(["resource_count"] if migrated < 4 else [])):
            session.run(f"DROP TABLE {table}")
        session.run("DROP INDEX resource_by_creation")
        session.run("DROP INDEX resource_by_change")
        for migration in MIGRATIONS[migrated:]:
            session.run("DELETE FROM schema_migration WHERE name = ?", (migration.name,))
    database.migrate(MIGRATIONS)

    assert written == rows(database)
