"""Going through a growing table: a row that is still to come is not passed by, on every engine."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest

from scim.storage import Database, Migration
from scim.storage.settling import settled

_NOTES = Migration("test/0001_notes", ("CREATE TABLE note (seq $identity, text $text NOT NULL)",))


@pytest.fixture
def notes(database: Database) -> Database:
    database.migrate((_NOTES,))
    return database


def add(database: Database) -> None:
    with database.write() as session:
        session.run("INSERT INTO note (text) VALUES ('x')")


@contextmanager
def adding(database: Database, *, ends_well: bool = True) -> Iterator[None]:
    """Have somebody who has added a row, and ends when the block does."""
    added, may_end = Event(), Event()

    def go() -> None:
        with suppress(ZeroDivisionError), database.write() as session:
            session.run("INSERT INTO note (text) VALUES ('late')")
            added.set()
            may_end.wait(30)
            _ = 1 / int(ends_well)

    thread = Thread(target=go)
    thread.start()
    added.wait(30)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def test_an_empty_table_is_settled(notes: Database) -> None:
    assert 0 == settled(notes, "note", "seq")


def test_what_is_committed_is_settled(notes: Database) -> None:
    add(notes)
    add(notes)

    assert 2 == settled(notes, "note", "seq")


def test_what_is_still_to_come_is_not_settled(notes: Database, engine: str) -> None:
    add(notes)

    with adding(notes):
        if engine == "postgresql":
            add(notes)  # a later row is committed first
        during = settled(notes, "note", "seq", patience=0.05)

    assert during == (1 if engine == "sqlite" else None)
    assert settled(notes, "note", "seq") == (2 if engine == "sqlite" else 3)


def test_whoever_fails_is_waited_for_as_well(notes: Database) -> None:
    add(notes)
    with adding(notes, ends_well=False):
        pass

    number = settled(notes, "note", "seq")

    assert number is not None
    add(notes)
    with notes.read() as session:
        (_, later) = session.all("SELECT seq FROM note ORDER BY seq")
    assert later["seq"] > number
