"""Where the baton is laid down: whoever seeks or waits holds nobody else up."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite3

from scim.storage import Database, open_database

_LONG = """
WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?)
SELECT count(*) AS total FROM n
"""


def meanwhile(database: Database, wait: Callable[[threading.Event], None]) -> None:
    """Run what waits with the baton in hand, and take the baton before it has ended."""
    waiting, ended = threading.Event(), threading.Event()

    def run() -> None:
        with database.baton:
            wait(waiting)
        ended.set()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(run)
        assert waiting.wait(5)
        with database.baton:
            assert not ended.is_set()
        done.result(30)


def test_who_seeks_lets_others_run(database: Database) -> None:
    def seek(waiting: threading.Event) -> None:
        with database.read() as session:
            waiting.set()
            session.sought(_LONG, (2_000_000,))

    meanwhile(database, seek)


def test_who_waits_for_another_program_lets_others_run(tmp_path: Path) -> None:
    file = tmp_path / "directory.db"
    database = open_database(file)
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waiting = threading.Event()

    def write() -> None:
        with database.baton:
            waiting.set()
            with database.write():
                pass

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(write)
        assert waiting.wait(5)
        with database.baton:  # which is free only if the writer has laid it down
            other.execute("ROLLBACK")
        done.result(10)
    other.close()
    database.close()
