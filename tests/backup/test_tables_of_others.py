"""Backups of a PostgreSQL database that others use too."""

from pathlib import Path

import psycopg

from tests.backup.archives import New, refused
from tests.postgres import PostgresServer


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
