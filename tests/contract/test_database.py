"""The seam itself: what every statement of the product relies on, on every engine."""

from pathlib import Path

import psycopg
import pytest

from scim.storage import Conflict, Database, Migration, Unavailable, open_database
from tests.postgres import PostgresServer
from tests.races import in_threads
from tests.served import free_port

_NOTES = Migration(
    "test/0001_notes", ("CREATE TABLE note (id $identity, text $text NOT NULL UNIQUE)",)
)


@pytest.fixture
def notes(database: Database) -> Database:
    database.migrate((_NOTES,))
    return database


def add(database: Database, text: str) -> None:
    with database.write() as session:
        session.run("INSERT INTO note (text) VALUES (?)", (text,))


def texts(database: Database) -> list[str]:
    with database.read() as session:
        return [row["text"] for row in session.all("SELECT text FROM note ORDER BY text")]


def test_a_write_commits_when_its_block_ends(notes: Database) -> None:
    add(notes, "kept")

    assert ["kept"] == texts(notes)


def test_a_write_that_raises_changes_nothing(notes: Database) -> None:
    with pytest.raises(RuntimeError), notes.write() as session:
        session.run("INSERT INTO note (text) VALUES ('lost')")
        raise RuntimeError

    assert [] == texts(notes)


def test_rows_are_added_together(notes: Database) -> None:
    many = [f"note {number:04}" for number in range(437)]

    with notes.write() as session:
        session.append("note", ("text",), many)

    assert many == texts(notes)


def test_of_rows_added_together_none_is_added_where_one_contradicts(notes: Database) -> None:
    add(notes, "taken")

    with pytest.raises(Conflict), notes.write() as session:
        session.append("note", ("text",), [*map(str, range(300)), "taken", "last"])

    assert ["taken"] == texts(notes)


def test_a_savepoint_undoes_its_part_alone(notes: Database) -> None:
    with notes.write() as session:
        session.run("INSERT INTO note (text) VALUES ('kept')")
        with pytest.raises(RuntimeError), session.savepoint():
            session.run("INSERT INTO note (text) VALUES ('lost')")
            raise RuntimeError

    assert ["kept"] == texts(notes)


def test_a_read_sees_one_state_of_the_database(notes: Database) -> None:
    with notes.read() as session:
        before = session.one("SELECT count(*) AS total FROM note")
        add(notes, "later")
        after = session.one("SELECT count(*) AS total FROM note")

    assert before is not None
    assert after is not None
    assert before["total"] == after["total"] == 0


def test_a_read_cannot_write(notes: Database) -> None:
    with pytest.raises(Exception, match="read"), notes.read() as session:
        session.run("INSERT INTO note (text) VALUES ('never')")

    assert [] == texts(notes)


def test_a_taken_unique_value_is_a_conflict(notes: Database) -> None:
    add(notes, "once")

    with pytest.raises(Conflict):
        add(notes, "once")


def test_values_are_bound_whatever_they_hold(notes: Database) -> None:
    odd = ["100%", "%s", "it's", 'a "b"', "?", "\\", "\U0001f600"]

    for text in odd:
        add(notes, text)

    assert sorted(odd) == texts(notes)


def test_text_is_ordered_by_code_point(notes: Database) -> None:
    for text in ("b", "A", "a", "B", "É", "e", "_", "1"):
        add(notes, text)

    assert sorted(("b", "A", "a", "B", "É", "e", "_", "1")) == texts(notes)


def test_a_migration_is_applied_once_however_many_start_at_once(database: Database) -> None:
    applied = in_threads(6, lambda: database.migrate((_NOTES,)))

    assert [_NOTES.name] == [name for names in applied for name in names]


def test_a_migration_that_fails_leaves_nothing_and_can_be_tried_again(database: Database) -> None:
    broken = Migration(_NOTES.name, (*_NOTES.statements, "CREATE NONSENSE"))

    with pytest.raises(Exception, match=r"(?i)syntax"):
        database.migrate((broken,))

    assert [_NOTES.name] == database.migrate((_NOTES,))


def test_who_loses_a_connection_of_several_loses_no_other(postgres_server: PostgresServer) -> None:
    """All are lost when the server restarts; each would fail a request of its own."""
    url = postgres_server.new_database()
    database = open_database(url)
    with database.read(), database.read(), database.read():
        pass

    with psycopg.connect(postgres_server.url("postgres")) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (url.rpartition("/")[2],),
        )
    with pytest.raises(Unavailable), database.read():
        pass

    for _ in range(3):
        with database.read() as session:
            session.one("SELECT 1")
    database.close()
    postgres_server.give_back(url)


def test_a_database_out_of_reach_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        open_database(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    with pytest.raises(Unavailable):
        open_database(tmp_path)
