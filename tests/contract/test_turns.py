"""Whose turn it is to write to a SQLite file: first come, first served, even if some die."""

import os
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from scim.storage import Migration, Unavailable, open_database
from scim.storage.baton import Baton
from scim.storage.turns import Turns
from tests.races import in_processes, killed, until

_PATIENCE = 30.0
_NOTES = Migration(
    "test/0001_notes", ("CREATE TABLE note (id $identity, text $text NOT NULL UNIQUE)",)
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "x.db"
    file.touch()
    return file


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def soon() -> float:
    return time.monotonic() + _PATIENCE


def queued(file: Path) -> int:
    """How many stand in the queue of a file, the one whose turn it is included."""
    inode = file.with_name("x.db-turn").stat().st_ino
    locks = Path("/proc/locks").read_text().splitlines()
    return sum(f":{inode} " in lock and "->" not in lock for lock in locks)


class Queue:
    """Writers with a place each, as processes have."""

    def __init__(self, file: Path, pool: ThreadPoolExecutor) -> None:
        self._file = file
        self._pool = pool
        self.served: list[str] = []

    def enter(self, name: str, hold: Callable[[], object] = lambda: None) -> Future[None]:
        """Let a writer queue, and return once it stands there."""
        before = queued(self._file)
        done = self._pool.submit(self._wait, Turns(self._file, Baton()), name, hold)
        until(lambda: queued(self._file) > before)
        return done

    def _wait(self, turns: Turns, name: str, hold: Callable[[], object]) -> None:
        turns.take(soon())
        self.served.append(name)
        hold()
        turns.give_back()
        turns.close()


def test_turns_come_in_the_order_of_asking(file: Path, pool: ThreadPoolExecutor) -> None:
    first = Turns(file, Baton())
    queue = Queue(file, pool)

    first.take(soon())
    waiting = [queue.enter(name) for name in "abcd"]
    assert queue.served == []
    first.give_back()
    for each in waiting:
        each.result()

    assert ["a", "b", "c", "d"] == queue.served


def test_who_asks_again_at_once_comes_after_those_who_wait(
    file: Path, pool: ThreadPoolExecutor
) -> None:
    first = Turns(file, Baton())
    queue = Queue(file, pool)

    first.take(soon())
    waiting = [queue.enter(name) for name in "ab"]
    first.give_back()
    first.take(soon())

    assert ["a", "b"] == queue.served
    first.give_back()
    for each in waiting:
        each.result()


def test_who_loses_patience_leaves_the_queue(file: Path) -> None:
    first, second = Turns(file, Baton()), Turns(file, Baton())

    first.take(soon())

    with pytest.raises(Unavailable):
        second.take(time.monotonic() + 0.01)
    second.give_back()
    assert 1 == queued(file)
    first.give_back()
    second.take(soon())


def test_who_stands_behind_one_that_leaves_goes_on_waiting(
    file: Path, pool: ThreadPoolExecutor
) -> None:
    """Otherwise two would have a turn at a time, and fight for the file as without a queue."""
    first, leaving = Turns(file, Baton()), Turns(file, Baton())
    queue = Queue(file, pool)
    first.take(soon())
    left = pool.submit(leaving.take, soon())
    until(lambda: queued(file) == 2)
    last = queue.enter("last")

    leaving.give_back()

    assert 2 == queued(file)
    assert [] == queue.served
    first.give_back()
    last.result()
    left.result()


def holding(file: Path) -> Callable[[], None]:
    """Prepare a process that takes its turn and keeps it."""
    turns = Turns(file, Baton())

    def hold() -> None:
        turns.take(soon())
        threading.Event().wait(_PATIENCE)

    return hold


def test_a_process_that_is_killed_ends_its_turn(file: Path, pool: ThreadPoolExecutor) -> None:
    own = Turns(file, Baton())
    with killed(holding, file) as process:
        until(lambda: queued(file) == 1)
        waiting = pool.submit(own.take, soon())
        until(lambda: queued(file) == 2)

        os.kill(process, signal.SIGKILL)

        waiting.result()


def test_the_files_of_a_directory_are_for_its_owner_alone(tmp_path: Path) -> None:
    database = open_database(tmp_path / "new.db")
    database.migrate((_NOTES,))

    files = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    database.close()

    assert {"new.db", "new.db-wal", "new.db-shm"} <= files.keys()
    assert {0o600} == set(files.values())


def test_the_file_of_the_queue_is_empty_and_for_its_owner_alone(file: Path) -> None:
    turns = Turns(file, Baton())
    turns.take(soon())

    found = file.with_name("x.db-turn").stat()

    assert 0 == found.st_size
    assert 0o600 == stat.S_IMODE(found.st_mode)
    assert file.stat().st_uid == found.st_uid
    turns.close()


def test_a_database_without_a_queue_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "x.db-turn").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Unavailable):
        open_database(tmp_path / "x.db")
    assert not (tmp_path / "elsewhere").exists()


def filling(file: Path) -> Callable[[], None]:
    """Prepare a process that writes 100 times without a pause."""
    database = open_database(file)

    def fill() -> None:
        for number in range(100):
            with database.write(_PATIENCE) as session:
                text = f"{os.getpid()}-{number}"
                session.run("INSERT INTO note (text) VALUES (?)", (text,))

    return fill


def test_each_process_gets_its_share(tmp_path: Path) -> None:
    """By SQLite alone, one of four was done before others had written ten times."""
    file = tmp_path / "x.db"
    database = open_database(file)
    database.migrate((_NOTES,))

    in_processes(4, filling, file)

    with database.read() as session:
        texts = [row["text"] for row in session.all("SELECT text FROM note ORDER BY id")]
    database.close()
    assert 400 == len(texts)
    shares: dict[str, int] = {}
    for text in texts:
        writer = text.split("-")[0]
        shares[writer] = shares.get(writer, 0) + 1
        if shares[writer] == 100:
            break
    assert 4 == len(shares)
    assert min(shares.values()) > 50
