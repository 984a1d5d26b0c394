"""How ``provisor serve`` stops beside other servers: it says so, serves on, and ends."""

import ctypes
import os
import platform
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.served import ServedProvisor, processes_of

BADGE = Path(__file__).parent.parent / "schemas/badge.json"

_TGKILL = {"x86_64": 234, "aarch64": 131}[platform.machine()]
"""tgkill(2), which sends a signal to one thread of a process."""

_DEADLINE = 20.0
"""Seconds in which a server must notice."""


def await_true(happened: Callable[[], bool]) -> None:
    """Return once something has happened, which must be soon."""
    deadline = time.monotonic() + _DEADLINE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def listens(port: int) -> bool:
    """Whether somebody accepts connections at a port, busy as they may be."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_DEADLINE).close()
    except ConnectionError:
        return False
    return True


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_is_about_to_stop_says_so_and_serves_on(tmp_path: Path, workers: int) -> None:
    provisor = ServedProvisor(tmp_path / "instance", PROVISOR_SHUTDOWN_DELAY="3600").start(workers)
    token = provisor.new_token()
    assert provisor.ask("GET", "/readyz").status == 200

    provisor.send(signal.SIGTERM)

    await_true(lambda: provisor.ask("GET", "/readyz").status == 503)
    for number in range(20):  # by connections of their own, so that every worker answers some
        assert provisor.ask("GET", "/readyz").status == 503
        assert provisor.ask("GET", "/healthz").status == 200
        made = provisor.ask("POST", "/scim/v2/Users", token, {"userName": f"user{number}"})
        assert made.status == 201
    assert provisor.stop() == 0  # asked again, it does not wait for the hour to end


def test_a_worker_hears_a_signal_that_its_main_thread_has_missed(tmp_path: Path) -> None:
    """As one that comes in the instant before that thread begins to wait."""
    provisor = ServedProvisor(tmp_path / "instance").start()
    (worker,) = provisor.processes()[1:]
    other = max(int(thread.name) for thread in Path(f"/proc/{worker}/task").iterdir())
    assert other != worker

    ctypes.CDLL(None).syscall(_TGKILL, worker, other, signal.SIGTERM)

    await_true(lambda: worker not in provisor.processes())
    provisor.kill()


def test_a_server_ends_by_itself_after_its_delay(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance", PROVISOR_SHUTDOWN_DELAY="1").start()

    assert provisor.stop() == 0


def test_a_server_ends_while_its_workers_still_start(tmp_path: Path) -> None:
    """A file of schemas that nobody writes keeps a worker from getting ready.

    It may be told to end before it reads that file, or while it waits for it: then it reads it,
    and ends instead of serving.
    """
    pipe = tmp_path / "schemas.json"
    os.mkfifo(pipe)
    provisor = ServedProvisor(tmp_path / "instance", PROVISOR_SCHEMAS=str(pipe))
    process = provisor.started("serve")
    try:
        pipe.write_bytes(BADGE.read_bytes())  # the server itself reads it once
        await_true(lambda: len(processes_of(process.pid)) > 1)

        process.terminate()

        await_true(lambda: feed(pipe) or process.poll() is not None)
        assert process.wait(_DEADLINE) == 0
    finally:
        process.kill()
        process.communicate()


def feed(pipe: Path) -> bool:
    """Write the file to whoever waits for it, and return whether anybody does."""
    try:
        descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(BADGE.read_bytes())
    return True


@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_that_was_begun_is_answered(tmp_path: Path, workers: int) -> None:
    """What a worker has begun when SIGTERM comes it finishes, although it listens no more."""
    provisor = ServedProvisor(tmp_path / "instance").start(workers)
    body = b'{"userName": "mira"}'
    head = (
        f"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {provisor.new_token()}"
        f"\r\nContent-Type: application/scim+json\r\nContent-Length: {len(body)}"
        "\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", provisor.port), timeout=_DEADLINE) as connection:
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 100")  # the worker reads the body

        provisor.send(signal.SIGTERM)
        await_true(lambda: not listens(provisor.port))
        connection.sendall(body)

        assert connection.recv(4096).startswith(b"HTTP/1.1 201")
    assert provisor.wait() == 0
