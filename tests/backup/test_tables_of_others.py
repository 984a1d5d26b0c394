"""Backups of a PostgreSQL database that others use too."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.backup.places import places_of
from scim.storage import open_database
from scim.storage.migrating import tables_of
from tests.backup.archives import New, parts_of, refused, spoilt, table_of
from tests.postgres import PostgresServer
from tests.served import ServedProvisor


def test_tables_of_another_program_stay(
    postgres_server: PostgresServer, new_sqlite: New, file: Path
) -> None:
    url = postgres_server.new_database()
    source = new_sqlite("source", PROVISOR_DATABASE_URL=url)
    source.called("migrate")
    source.said("backup", str(file))
    other = postgres_server.new_database()
    with psycopg.connect(other) as connection:
        connection.execute("CREATE TABLE invoice (number INTEGER)")
    target = new_sqlite("target", PROVISOR_DATABASE_URL=other)

    assert "--force" in refused(target, "restore", str(file))
    assert "another program" in refused(target, "restore", str(file), "--force")
    assert "no tables" in refused(target, "backup", str(file), "--force")

    with psycopg.connect(other) as connection:
        connection.execute("SELECT number FROM invoice")
    for each in (url, other):
        postgres_server.give_back(each)


@pytest.fixture
def shared(postgres_server: PostgresServer, new_sqlite: New) -> Iterator[ServedProvisor]:
    """An instance in whose database there is a table of another program."""
    url = postgres_server.new_database()
    made = new_sqlite("shared", PROVISOR_DATABASE_URL=url)
    made.called("migrate")
    run(made, "CREATE TABLE invoice (number INTEGER)")
    run(made, "INSERT INTO invoice VALUES (1)")
    yield made
    postgres_server.give_back(url)


def run(provisor: ServedProvisor, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements in the database of an instance, and return what the last one answers."""
    with psycopg.connect(provisor.settings.database_url) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_the_tables_of_the_schema_are_known(shared: ServedProvisor) -> None:
    place = places_of(shared.settings)["directory"]
    database = open_database(place.where)
    database.migrate(place.migrations)
    database.close()

    found = run(shared, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    assert tables_of(place.migrations) | {"invoice"} == {name for (name,) in found}


def test_a_table_of_another_program_is_neither_copied_nor_dropped(
    shared: ServedProvisor, file: Path
) -> None:
    shared.said("backup", str(file))
    run(shared, "INSERT INTO invoice VALUES (2)")

    shared.said("restore", str(file), "--force")

    assert not any("invoice" in name for name in parts_of(file))
    assert [(1,), (2,)] == run(shared, "SELECT number FROM invoice ORDER BY number")


def test_what_others_built_upon_our_tables_is_named_before_anything_is_dropped(
    shared: ServedProvisor, file: Path
) -> None:
    run(shared, "ALTER TABLE invoice ADD COLUMN tenant TEXT REFERENCES tenant (id)")
    run(shared, "CREATE VIEW report AS SELECT name FROM client_app")
    app = shared.called("app", "create", "HR")
    shared.said("backup", str(file))

    told = refused(shared, "restore", str(file), "--force")

    assert "invoice" in told
    assert "report" in told
    assert app in shared.called("app", "list")


def test_a_schema_of_a_later_version_is_left_alone(shared: ServedProvisor, file: Path) -> None:
    shared.said("backup", str(file))
    run(shared, "INSERT INTO schema_migration VALUES ('app/9999_future', '')")

    assert "app/9999_future" in refused(shared, "restore", str(file), "--force")
    assert "app/9999_future" in refused(shared, "backup", str(file), "--force")


def test_a_ledger_of_another_program_is_not_taken_for_ours(
    postgres_server: PostgresServer, new_sqlite: New, file: Path, shared: ServedProvisor
) -> None:
    url = postgres_server.new_database()
    target = new_sqlite("target", PROVISOR_DATABASE_URL=url)
    run(target, "CREATE TABLE schema_migration (version TEXT)")
    shared.said("backup", str(file))

    assert "another program" in refused(target, "restore", str(file), "--force")
    assert [] == run(target, "SELECT version FROM schema_migration")
    postgres_server.give_back(url)


def test_texts_are_copied_whatever_the_client_speaks(
    shared: ServedProvisor, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shared.called("app", "create", "Jürgen 🙂")

    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    shared.said("backup", str(file))
    monkeypatch.delenv("PGCLIENTENCODING")
    shared.said("restore", str(file), "--force")

    assert [("Jürgen 🙂",)] == run(shared, f"SELECT name FROM client_app WHERE id = '{app}'")  # noqa: S608 - our own id


_ODD: tuple[tuple[Callable[..., object], str], ...] = (
    (lambda told, _: table_of(told, "tenant").update(name="invoice"), "a table invoice"),
    (lambda told, _: table_of(told, "tenant")["columns"].pop(), "other columns"),
    (lambda told, _: table_of(told, "tenant")["columns"].append("id"), "cannot be read"),
    (lambda told, _: table_of(told, "resource").update(counted_to=-(2**70)), "cannot be read"),
    (lambda _, parts: parts.update(tenant=b"a\\tb\n"), "cannot be read"),
    (lambda told, parts: (told["parts"].pop("tenant"), parts.pop("tenant")), "lacks tenant"),
)
"""What is done to the manifest and the parts of a backup, and what is told then."""


def test_an_odd_copy_of_a_table_changes_nothing(shared: ServedProvisor, file: Path) -> None:
    shared.said("backup", str(file))
    good = file.read_bytes()

    for spoil, told in _ODD:
        file.write_bytes(good)
        file.write_bytes(spoilt(file, spoil))
        assert told in refused(shared, "restore", str(file), "--force")
    assert "default" in shared.called("tenant", "list")


def test_a_number_that_was_given_to_a_row_is_not_given_again(
    shared: ServedProvisor, file: Path
) -> None:
    """Whoever reads by number would take the new row for one that was read already."""
    run(shared, "SELECT setval(pg_get_serial_sequence('resource', 'seq'), 70)")
    shared.said("backup", str(file))

    shared.said("restore", str(file), "--force")

    told = "SELECT pg_sequence_last_value(pg_get_serial_sequence('resource', 'seq')::regclass)"
    assert [(70,)] == run(shared, told)
