"""Threads that write at the same moment share a commit, and nothing else."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3

from scim.storage import Conflict, Database, Migration, Session, Unavailable, open_database
from scim.storage.sqlite import SqliteDatabase
from scim.storage.sqlite_transactions import Savepoint
from tests.races import in_threads, killed, until

_TABLES = Migration(
    "test/0001_notes",
    (
        "CREATE TABLE note (id $identity, text $text NOT NULL UNIQUE)",
        "CREATE TABLE late (note_id BIGINT REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)",
    ),
)
_FOREVER = 1000.0

Act = Callable[[Session], object]


@pytest.fixture
def notes(database: Database) -> Database:
    database.migrate((_TABLES,))
    return database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.db"


@pytest.fixture
def shared(file: Path) -> Iterator[SqliteDatabase]:
    """A database on which everybody who waits joins the group."""
    opened = SqliteDatabase(file, group_time=_FOREVER)
    opened.migrate((_TABLES,))
    yield opened
    opened.close()


def adding(text: str) -> Act:
    return lambda session: session.run("INSERT INTO note (text) VALUES (?)", (text,))


def add(database: Database, text: str) -> None:
    with database.write() as session:
        adding(text)(session)


def texts(database: Database) -> list[str]:
    with database.read() as session:
        return [row["text"] for row in session.all("SELECT text FROM note ORDER BY text")]


def commits(file: Path) -> int:
    """How many transactions the write-ahead log holds (https://www.sqlite.org/walformat.html)."""
    log = file.with_name("x.db-wal").read_bytes()
    page_size, salts = int.from_bytes(log[8:12]), log[16:24]
    frames = (log[at : at + 24] for at in range(32, len(log), 24 + page_size))
    return sum(frame[8:16] == salts and frame[4:8] != bytes(4) for frame in frames)


def one_after_the_other(database: SqliteDatabase, *acts: Act) -> list[type[BaseException] | None]:
    """Let threads write, the later ones waiting while the first is in its block.

    :return: what each met when it was answered
    """

    def write(act: Act) -> type[BaseException] | None:
        try:
            with database.write(_FOREVER) as session:
                act(session)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test compares it
            return type(error)
        return None

    with ThreadPoolExecutor() as pool:
        waiting = []

        def first(session: Session) -> None:
            for number, act in enumerate(acts[1:], start=1):
                waiting.append(pool.submit(write, act))
                until(lambda number=number: database.writes.waiting == number)  # type: ignore[misc]
            acts[0](session)

        return [write(first), *(each.result() for each in waiting)]


def test_those_who_wait_share_one_commit(shared: SqliteDatabase, file: Path) -> None:
    before = commits(file)

    met = one_after_the_other(shared, *(adding(text) for text in "abcde"))

    assert [None] * 5 == met
    assert list("abcde") == texts(shared)
    assert before + 1 == commits(file)


def test_nobody_joins_a_group_that_is_old(file: Path) -> None:
    """Other processes wait while a group goes on."""
    database = SqliteDatabase(file, group_time=0)
    database.migrate((_TABLES,))
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


def test_who_loses_patience_changes_nothing(shared: SqliteDatabase) -> None:
    def impatient() -> None:
        with pytest.raises(Unavailable), shared.write(patience=0.01) as session:
            adding("never")(session)

    with shared.write() as session, ThreadPoolExecutor() as pool:
        adding("a")(session)
        pool.submit(impatient).result()

    assert ["a"] == texts(shared)
    add(shared, "b")


def test_who_loses_patience_with_other_processes_changes_nothing(
    shared: SqliteDatabase, file: Path
) -> None:
    other = SqliteDatabase(file)

    with other.write() as session:
        adding("a")(session)
        with pytest.raises(Unavailable), shared.write(patience=0.01) as late:
            adding("never")(late)

    add(shared, "b")
    assert ["a", "b"] == texts(shared)
    other.close()


def test_a_program_that_does_not_queue_is_waited_for(shared: SqliteDatabase, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable), shared.write(patience=0.01) as session:
        adding("never")(session)
    with ThreadPoolExecutor() as pool:
        added = pool.submit(add, shared, "a")
        other.execute("COMMIT")
        added.result()

    assert ["a"] == texts(shared)
    other.close()


def test_a_database_is_closed_once_its_writers_are_done(file: Path) -> None:
    database = SqliteDatabase(file, group_time=_FOREVER)
    database.migrate((_TABLES,))

    with ThreadPoolExecutor() as pool:
        with database.write() as session:
            closing = pool.submit(database.close)
            until(lambda: database.writes.waiting == 1)
            adding("a")(session)
        closing.result()
        with pytest.raises(Unavailable), database.write(patience=0.01):
            pass

    reopened = open_database(file)
    assert ["a"] == texts(reopened)
    reopened.close()


def interrupted(database: SqliteDatabase, meanwhile: Callable[[], object]) -> None:
    """Press Ctrl-C on a writer that waits, while something happens at that very moment."""

    def press(*_: object) -> None:
        meanwhile()
        raise KeyboardInterrupt

    def press_once_it_waits() -> None:
        until(lambda: database.writes.waiting == 1)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, press)
    pressing = threading.Thread(target=press_once_it_waits)
    pressing.start()
    try:
        with pytest.raises(KeyboardInterrupt), database.write(_FOREVER) as session:
            adding("never")(session)
    finally:
        pressing.join()
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("in_time", [True, False])
def test_who_is_interrupted_while_they_wait_holds_nobody_up(
    shared: SqliteDatabase, *, in_time: bool
) -> None:
    """Not even where their turn comes at the very moment."""
    writing, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with shared.write() as session:
            adding("a")(session)
            writing.set()
            leave.wait()

    def let_it_leave() -> None:
        leave.set()
        until(lambda: shared.writes.waiting == 0)

    with ThreadPoolExecutor() as pool:
        held = pool.submit(hold)
        writing.wait()
        interrupted(shared, (lambda: None) if in_time else let_it_leave)
        leave.set()
        held.result()

    add(shared, "b")
    assert ["a", "b"] == texts(shared)


def test_many_threads_lose_nothing(notes: Database) -> None:
    def write() -> list[str]:
        kept = []
        for number in range(25):
            text = f"{threading.get_ident()}-{number}"
            with suppress(RuntimeError), notes.write(_FOREVER) as session:
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


def test_nobody_who_is_done_waits_for_who_takes_long(shared: SqliteDatabase) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def take_long() -> None:
        with shared.write(_FOREVER, at_length=True) as session:
            begun.set()
            assert go_on.wait(30)
            adding("long")(session)

    with ThreadPoolExecutor(2) as pool:
        with shared.write(_FOREVER):
            quick = pool.submit(add, shared, "quick")
            until(lambda: shared.writes.waiting == 1)
            long = pool.submit(take_long)
            until(lambda: shared.writes.waiting == 2)
        quick.result(10)  # it was committed, though the other has only begun
        assert begun.wait(10)
        assert ["quick"] == texts(shared)
        go_on.set()
        long.result(10)

    assert ["long", "quick"] == texts(shared)


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
