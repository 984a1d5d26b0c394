"""Threads that write at the same moment share a commit, and nothing else."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3

from scim.storage import Conflict, Database, Session, Unavailable, open_database
from scim.storage.sqlite import SqliteDatabase
from scim.storage.sqlite_transactions import Savepoint
from tests.contract.shared_writes import (
    FOREVER,
    TABLES,
    add,
    adding,
    one_after_the_other,
    texts,
)
from tests.races import in_threads, killed, until


@pytest.fixture
def notes(database: Database) -> Database:
    database.migrate((TABLES,))
    return database


def commits(file: Path) -> int:
    """How many transactions the write-ahead log holds (https://www.sqlite.org/walformat.html)."""
    log = file.with_name("x.db-wal").read_bytes()
    page_size, salts = int.from_bytes(log[8:12]), log[16:24]
    frames = (log[at : at + 24] for at in range(32, len(log), 24 + page_size))
    return sum(frame[8:16] == salts and frame[4:8] != bytes(4) for frame in frames)


def test_those_who_wait_share_one_commit(shared: SqliteDatabase, file: Path) -> None:
    before = commits(file)

    met = one_after_the_other(shared, *(adding(text) for text in "abcde"))

    assert [None] * 5 == met
    assert list("abcde") == texts(shared)
    assert before + 1 == commits(file)


def test_nobody_joins_a_group_that_is_old(file: Path) -> None:
    """Other processes wait while a group goes on."""
    database = SqliteDatabase(file, group_time=0)
    database.migrate((TABLES,))
    before = commits(file)

    met = one_after_the_other(database, *(adding(text) for text in "abc"))

    assert [None] * 3 == met
    assert before + 3 == commits(file)
    database.close()


def test_nobody_is_answered_before_the_commit(shared: SqliteDatabase) -> None:
    answered: list[str] = []
    seen: list[list[str]] = []

    def look(_: Session) -> None:
        seen.extend((answered.copy(), texts(shared)))

    def first() -> None:
        with shared.write() as session:
            adding("first")(session)
            second.start()
            until(lambda: shared.writes.waiting == 1)
        answered.append("first")

    def last() -> None:
        with shared.write() as session:
            look(session)

    second = threading.Thread(target=last)
    first()
    second.join()

    assert [[], []] == seen
    assert ["first"] == answered == texts(shared)


def fail(_: Session) -> None:
    raise RuntimeError


def interrupt(session: Session) -> None:
    adding("lost")(session)
    raise KeyboardInterrupt


def test_one_that_fails_is_undone_alone(shared: SqliteDatabase, file: Path) -> None:
    before = commits(file)

    met = one_after_the_other(
        shared, adding("a"), interrupt, adding("b"), fail, adding("a"), adding("c")
    )

    assert [None, KeyboardInterrupt, None, RuntimeError, Conflict, None] == met
    assert ["a", "b", "c"] == texts(shared)
    assert before + 1 == commits(file)


def test_the_first_may_fail_and_the_others_go_on(shared: SqliteDatabase) -> None:
    met = one_after_the_other(shared, interrupt, adding("b"))

    assert [KeyboardInterrupt, None] == met
    assert ["b"] == texts(shared)


def test_a_savepoint_of_one_is_its_own(shared: SqliteDatabase) -> None:
    def partly(session: Session) -> None:
        adding("kept")(session)
        with suppress(RuntimeError), session.savepoint():
            adding("lost")(session)
            with suppress(Conflict), session.savepoint():
                adding("kept")(session)
            raise RuntimeError

    met = one_after_the_other(shared, adding("a"), partly, adding("z"))

    assert [None] * 3 == met
    assert ["a", "kept", "z"] == texts(shared)


def refer_to_nothing(session: Session) -> None:
    session.run("INSERT INTO late (note_id) VALUES (99)")  # COMMIT finds it out


def test_a_commit_that_fails_reaches_everybody(shared: SqliteDatabase) -> None:
    """Whoever failed before, too: what they met may have been the work of another."""
    met = one_after_the_other(shared, adding("a"), refer_to_nothing, adding("a"), adding("b"))

    assert [Unavailable] * 4 == met
    assert [] == texts(shared)
    add(shared, "a")
    assert ["a"] == texts(shared)


def undo_everything(session: Session) -> None:
    adding("b")(session)
    session.run("INSERT OR ROLLBACK INTO note (text) VALUES ('b')")  # as a full disk does


def test_a_transaction_that_is_undone_reaches_those_who_were_in_it(shared: SqliteDatabase) -> None:
    met = one_after_the_other(shared, adding("a"), undo_everything, adding("c"))

    assert [Unavailable, Unavailable, None] == met
    assert ["c"] == texts(shared)


def test_a_full_disk_is_unavailable_and_changes_nothing(shared: SqliteDatabase) -> None:
    def fill(session: Session) -> None:
        session.one("PRAGMA max_page_count=1")  # SQLite makes it what there are
        adding("x" * 1_000_000)(session)

    met = one_after_the_other(shared, adding("a"), fill)

    assert [Unavailable] * 2 == met
    assert [] == texts(shared)


def test_many_threads_lose_nothing(notes: Database) -> None:
    def write() -> list[str]:
        kept = []
        for number in range(25):
            text = f"{threading.get_ident()}-{number}"
            with suppress(RuntimeError), notes.write(FOREVER) as session:
                adding(text)(session)
                if number % 5 == 0:
                    raise RuntimeError
                kept.append(text)
        return kept

    kept = in_threads(8, write)

    assert sorted(text for each in kept for text in each) == texts(notes)


def answering(where: str | Path, answers: Path) -> Callable[[], None]:
    """Prepare a process whose threads write, and say so once they are answered."""
    database = open_database(where)

    def write() -> None:
        with answers.open("a", buffering=1) as answered:
            for number in range(10_000):
                text = f"{threading.get_ident()}-{number}"
                add(database, text)
                answered.write(f"{text}\n")

    return lambda: in_threads(4, write) and None


def test_a_process_that_is_killed_has_lost_nothing_it_answered(
    notes: Database, database_where: str | Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers"
    answers.touch()

    with killed(answering, database_where, answers) as process:
        until(lambda: answers.read_text().count("\n") > 20)
        os.kill(process, signal.SIGKILL)

    assert set(answers.read_text().split()) <= set(texts(notes))
    add(notes, "after")


def test_what_cannot_be_undone_alone_is_not_committed() -> None:
    """A disk that fails while a part is undone leaves work that nobody was promised."""

    class Failing:
        in_transaction = True
        undone = False

        def execute(self, sql: str) -> None:
            if sql.startswith("ROLLBACK TO"):
                raise sqlite3.OperationalError("disk I/O error")

        def rollback(self) -> None:
            self.undone = True

    connection = Failing()

    with pytest.raises(sqlite3.OperationalError), Savepoint(connection):  # type: ignore[arg-type]
        raise ValueError

    assert connection.undone
