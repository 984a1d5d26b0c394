"""Those who wait to write lose patience, are interrupted or pass by, and hold nobody up."""

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3

from scim.storage import Unavailable, open_database
from scim.storage.sqlite import SqliteDatabase
from tests.contract.shared_writes import FOREVER, TABLES, add, adding, texts
from tests.races import until


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
    database = SqliteDatabase(file, group_time=FOREVER)
    database.migrate((TABLES,))

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
        with pytest.raises(KeyboardInterrupt), database.write(FOREVER) as session:
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


def test_nobody_who_is_done_waits_for_who_takes_long(shared: SqliteDatabase) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def take_long() -> None:
        with shared.write(FOREVER, at_length=True) as session:
            begun.set()
            assert go_on.wait(30)
            adding("long")(session)

    with ThreadPoolExecutor(2) as pool:
        with shared.write(FOREVER):
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
