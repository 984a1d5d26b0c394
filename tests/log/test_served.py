"""The log of a real server: a stop loses nothing, and nobody waits for a log that is out of use."""

import sqlite3
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.log.filters import Filters
from app.log.reading import LogReader
from app.log.store import LogStore
from scim.storage import open_database
from tests.served import ServedProvisor
from tests.sizes import size

_CLIENTS = 4


class Load:
    """Clients that ask one thing after the other until the server is gone."""

    def __init__(self, provisor: ServedProvisor, token: str) -> None:
        self._provisor = provisor
        self._token = token
        self._mutex = threading.Lock()
        self.answers = 0
        self.cut_off = 0
        self._threads = [threading.Thread(target=self._ask) for _ in range(_CLIENTS)]
        for each in self._threads:
            each.start()

    def _ask(self) -> None:
        while True:
            try:
                self._provisor.ask("GET", "/scim/v2/Users?count=1", self._token)
            except urllib.error.URLError:  # it listens no more
                return
            except OSError:  # it was closed before it answered
                with self._mutex:
                    self.cut_off += 1
                continue
            with self._mutex:
                self.answers += 1

    def await_answers(self, count: int) -> None:
        """Return once there were so many answers."""
        deadline = time.monotonic() + 60
        while self.answers < count:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def join(self) -> None:
        for each in self._threads:
            each.join()


def logged(where: str | Path, app_id: str) -> int:
    """Return how many rows the log of an app has."""
    kept = where if isinstance(where, Path) else open_database(where)
    store = LogStore(kept)
    try:
        return len(list(LogReader(store).all(app_id, Filters())))
    finally:
        store.close()
        if not isinstance(kept, Path):
            kept.close()


@pytest.mark.sized
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_under_load_loses_no_row(
    tmp_path: Path, database_where: str | Path, workers: int, figure: Callable[[str], None]
) -> None:
    url = database_where if isinstance(database_where, str) else ""
    provisor = ServedProvisor(tmp_path / "instance", url).start(workers)
    app_id = provisor.called("app", "create", "Test", "--enable-scim")
    load = Load(provisor, provisor.called("token", "issue", app_id))
    load.await_answers(size(300, 10_000))

    assert provisor.stop() == 0

    load.join()
    where = database_where if url else tmp_path / "instance/log.db"
    rows = logged(where, app_id)
    figure(f"log: {load.answers} answers, {rows} rows after a stop under load, {workers} workers")
    # a request whose answer was lost on its way may have been logged, and that is right
    assert load.answers <= rows <= load.answers + load.cut_off


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Keep every writer out of a database file."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


def test_requests_go_on_while_the_log_is_locked_and_it_catches_up(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start()
    app_id = provisor.called("app", "create", "Test", "--enable-scim")
    token = provisor.called("token", "issue", app_id)
    file = tmp_path / "instance/log.db"
    assert provisor.ask("GET", "/scim/v2/Users", token).status == 200
    deadline = time.monotonic() + 30
    while not file.exists() or not logged(file, app_id):
        assert time.monotonic() < deadline
        time.sleep(0.05)

    with held(file):
        slowest = 0.0
        for number in range(100):
            begun = time.monotonic()
            body = {"userName": f"user{number}"}
            assert provisor.ask("POST", "/scim/v2/Users", token, body).status == 201
            slowest = max(slowest, time.monotonic() - begun)
        while "cannot be written" not in provisor.log():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    assert slowest < 1.0  # who waited for the log would wait for as long as it is locked
    assert provisor.stop() == 0
    assert 101 == logged(file, app_id)
    assert 1 == provisor.log().count("cannot be written")


def test_a_log_that_cannot_be_opened_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "instance/log.db").mkdir(parents=True)
    provisor = ServedProvisor(tmp_path / "instance").start()
    token = provisor.new_token()

    for _ in range(20):
        assert provisor.ask("GET", "/scim/v2/Users", token).status == 200

    assert provisor.stop() == 0
    assert "20 rows of the provisioning log could not be written" in provisor.log()
