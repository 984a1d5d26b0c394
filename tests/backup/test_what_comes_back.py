"""Row by row, what is restored is what was there."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import Assembly
from app.backup.places import places_of
from scim.provider import GROUP, USER
from scim.storage import Database, open_database
from scim.storage.migrating import LEDGER, tables_of
from tests.backup.archives import New, log_a_request, with_assembly
from tests.contract.directories import caller_of, new_group, new_user
from tests.contract.test_shown_texts import TEXTS
from tests.faults.invariants import untrue_tables
from tests.faults.stored import stored_in
from tests.served import ServedProvisor

_ODD = (*TEXTS.values(), r"\N", r"\.", "\t", "a\tb\\\n\r\\\\", '"', " ", "Jürgen")
"""What COPY writes in ways of its own, among others."""

Rows = dict[str, list[dict[str, Any]]]


def fill(assembly: Assembly) -> None:
    """Make users, groups and apps with every odd text, and change some of them."""
    (tenant, *_) = assembly.tenants.all()
    caller = caller_of(assembly.directory, tenant.id)
    ids = [
        new_user(
            caller,
            f"user{number}",
            displayName=text,
            name={"formatted": text},
            emails=[{"value": f"{number}@example.com", "display": text}],
            active=number % 2 == 0,
        )["id"]
        for number, text in enumerate(_ODD)
    ]
    groups = [
        new_group(caller, f"group{number} {text}", *ids[: number + 1])["id"]
        for number, text in enumerate(_ODD[:4])
    ]
    for id_, text in zip(ids, reversed(_ODD), strict=True):
        caller.patch(USER, id_, {"op": "replace", "path": "title", "value": text})
        caller.patch(USER, id_, {"op": "replace", "value": {"emails": [{"value": text + "@x"}]}})
    caller.patch(GROUP, groups[0], {"op": "remove", "path": "members"})
    caller.delete(USER, ids[1])
    log_a_request(assembly)


@pytest.fixture
def filled(instance: ServedProvisor) -> ServedProvisor:
    with_assembly(instance, fill)
    for text in ("Jürgen", r"\N", r"a\tb"):
        app = instance.called("app", "create", text, "--enable-scim")
    instance.called("token", "issue", app)
    instance.called("secret", "issue", app, "--label", "a\\tb 🙂")
    return instance


def all_rows(provisor: ServedProvisor) -> Rows:
    found: Rows = {}
    for place in places_of(provisor.settings).values():
        database = open_database(place.where)
        for table in tables_of(place.migrations) - {LEDGER}:
            found[table] = rows_of(database, table)
        database.close()
    return found


def rows_of(database: Database, table: str) -> list[dict[str, Any]]:
    with database.read() as session:
        rows = session.all(f"SELECT * FROM {table}")  # noqa: S608 - of the schema
        return sorted(({key: row[key] for key in row.keys()} for row in rows), key=_in_order)  # noqa: SIM118 - a row of SQLite's iterates over its values


def _in_order(row: dict[str, Any]) -> str:
    return json.dumps(row, default=str)


def test_every_row_comes_back_as_it_was(
    filled: ServedProvisor, new_instance: New, file: Path
) -> None:
    before = all_rows(filled)
    filled.said("backup", str(file))
    restored = new_instance("restored")

    restored.said("restore", str(file))

    after = all_rows(restored)
    (told,) = (line for line in after["audit"] if line["action"] == "instance.restore")
    after["audit"].remove(told)
    assert before.keys() == after.keys()
    for table, rows in before.items():
        assert rows == after[table], table
    assert {"resource", "member", "lookup", "token", "client_secret", "provisioning_log"} <= {
        table for table, rows in after.items() if rows
    }
    assert any(value is None for row in after["token"] for value in row.values())
    database = open_database(restored.settings.database)
    assert [] == list(untrue_tables(stored_in(database)))
    database.close()
