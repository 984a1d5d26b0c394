"""D9: SIGHUP replaces the workers, loses nothing, and does nothing where it would fail."""

import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Self

import psycopg
import pytest

from tests.app.test_stopping import await_true
from tests.postgres import PostgresServer
from tests.served import ServedProvisor
from tests.sizes import size

_MIGRATES = Path("/proc/sys/net/ipv4/tcp_migrate_req")
"""Whether the kernel hands connections that nobody has accepted yet to another worker."""


class Load:
    """Clients that make and list users, each request by a connection of its own."""

    def __init__(self, provisor: ServedProvisor, token: str) -> None:
        self.statuses: list[int] = []
        self.resets = 0
        self._provisor = provisor
        self._token = token
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._go, args=(each,)) for each in range(4)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _go(self, client: int) -> None:
        for number in count():
            if self._ending.is_set():
                return
            user = {"userName": f"client{client}-{number}"}
            try:
                made = self._provisor.ask("POST", "/scim/v2/Users", self._token, user)
                listed = self._provisor.ask("GET", "/scim/v2/Users?count=1", self._token)
            except OSError:  # urllib wraps it where it comes early
                self.resets += 1
            else:
                self.statuses += [made.status, listed.status]


@pytest.mark.sized
def test_a_reload_under_load_loses_nothing(tmp_path: Path, figure: Callable[[str], None]) -> None:
    workers, reloads, between = size(1, 2), size(1, 30), size(100, 400)
    provisor = ServedProvisor(tmp_path / "instance").start(workers)
    with Load(provisor, provisor.new_token()) as load:
        for _ in range(reloads):
            before = set(provisor.processes()[1:])
            provisor.send(signal.SIGHUP)
            await_true(lambda before=before: before.isdisjoint(provisor.processes()[1:]))
            reached = len(load.statuses)
            await_true(lambda reached=reached: len(load.statuses) > reached + between)

    migrates = _MIGRATES.exists() and _MIGRATES.read_text().strip() == "1"
    assert {200, 201} == set(load.statuses)
    # of those who knock at a worker as it closes its door, unless the kernel sends them on
    assert load.resets <= (0 if migrates else reloads)
    assert provisor.stop() == 0
    for word in ("Traceback", "is killed"):
        assert word not in provisor.log()
    figure(f"D9: {reloads} reloads, {len(load.statuses)} requests: {load.resets} failed")


def test_workers_that_could_not_start_take_over_from_nobody(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start()
    key = tmp_path / "instance" / "keys" / "kek"
    key.rename(key.with_name("away"))
    (worker,) = provisor.processes()[1:]

    provisor.send(signal.SIGHUP)

    await_true(lambda: "The workers go on as they are" in provisor.log())
    assert "A worker cannot start: The key-encryption keys" in provisor.log()
    assert [worker] == provisor.processes()[1:]
    assert provisor.ask("GET", "/readyz").status == 200

    os.kill(worker, signal.SIGKILL)  # then nobody is left to go on, and the server says why

    assert provisor.wait() == 1
    said = provisor.log()
    assert "The server ends, because its workers cannot start" in said
    assert "Traceback" not in said


def test_what_nobody_thought_of_ends_no_server(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start()
    with closing(sqlite3.connect(tmp_path / "instance/provisor.db")) as database:
        database.execute("DROP TABLE root_secret")

    provisor.send(signal.SIGHUP)

    await_true(lambda: "The workers go on as they are" in provisor.log())
    assert provisor.ask("GET", "/healthz").status == 200
    assert provisor.stop() == 0
    assert "Traceback" not in provisor.log()


def test_a_worker_may_be_killed_as_often_as_it_serves(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start()

    for _ in range(3):
        (killed,) = provisor.processes()[1:]
        os.kill(killed, signal.SIGKILL)
        await_true(lambda: answers(provisor))

    assert provisor.stop() == 0


def test_a_database_that_is_away_is_told_of_in_a_word(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_database()
    name = url.rpartition("/")[2]
    provisor = ServedProvisor(tmp_path / "instance", url).start()
    token = provisor.new_token()

    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as operator:
        operator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        threads = [
            threading.Thread(target=lambda path=path: answers.append(asked(provisor, path, token)))
            for path in ("/readyz", "/metrics", "/scim/v2/Users")
        ]
        answers: list[tuple[int, str]] = []
        for thread in threads:  # each waits for a connection first
            thread.start()
        assert provisor.ask("GET", "/healthz").status == 200
        for thread in threads:
            thread.join()
        operator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())

    assert {503} == {status for status, _ in answers}
    assert '{"status":"the database is not available"}' in {text.strip() for _, text in answers}
    for _, text in answers:
        assert name not in text
        assert "postgres" not in text
    await_true(lambda: provisor.ask("GET", "/readyz").status == 200)
    assert provisor.ask("GET", "/scim/v2/Users", token).status == 200
    assert provisor.stop() == 0
    postgres_server.give_back(url)


def answers(provisor: ServedProvisor) -> bool:
    with suppress(OSError):
        return provisor.ask("GET", "/readyz").status == 200
    return False


def asked(provisor: ServedProvisor, path: str, token: str) -> tuple[int, str]:
    with suppress(OSError):
        answer = provisor.ask("GET", path, token)
        return answer.status, answer.text
    return 0, ""
