"""Workers follow one another when their successors serve, and else go on."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from app.cli.listening import LISTEN_NO_MORE
from tests.app.test_stopping import await_true, listens
from tests.served import free_port, processes_of

_PROGRAM = Path(__file__).parent / "small_server.py"

_DEADLINE = 20.0


class SmallServer:
    """The program ``small_server.py`` in a folder of its own."""

    def __init__(self, folder: Path, workers: int, patience: float) -> None:
        self._folder = folder
        self.log = folder / "log"
        self.port = free_port()
        self.starts("serve")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, _PROGRAM, folder, str(self.port), str(workers), str(patience)],
                cwd=_PROGRAM.parents[2],
                stdout=log,
                stderr=log,
            )
        await_true(self.answers)

    def starts(self, way: str) -> None:
        """Say how workers start from now on."""
        (self._folder / "next").write_text(way)
        (self._folder / "next").rename(self._folder / "way")

    def workers(self) -> list[int]:
        return processes_of(self.process.pid)[1:]

    def ask(self, path: str = "/") -> int:
        """Return the id of the worker that answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_DEADLINE)
        connection.request("GET", path)
        answer = int(connection.getresponse().read())
        connection.close()
        return answer

    def answers(self, but: int = 0) -> bool:
        """Whether a worker answers, and another than one."""
        try:
            return self.ask() != but
        except OSError:
            return False

    def says(self, words: str) -> Callable[[], bool]:
        return lambda: words in self.log.read_text()


Serve = Callable[..., SmallServer]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve with so many workers and so much patience."""
    servers: list[SmallServer] = []

    def start(workers: int = 1, patience: float = 60) -> SmallServer:
        servers.append(SmallServer(tmp_path, workers, patience))
        return servers[-1]

    yield start
    for server in servers:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(_DEADLINE) in (0, 1)


def test_a_worker_keeps_no_copies_of_its_descriptors(serve: Serve) -> None:
    """Which double each time that it looks whether it listens."""
    server = serve()

    (worker,) = server.workers()
    copies = 0
    for descriptor in Path(f"/proc/{worker}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed by now
            copies += descriptor.readlink() == server.log

    assert 2 == copies  # its standard output and its standard error


def test_a_worker_goes_on_until_its_successor_serves(serve: Serve) -> None:
    server = serve()
    (old,) = server.workers()
    server.starts("wait")

    server.process.send_signal(signal.SIGHUP)

    await_true(lambda: len(server.workers()) == 2)
    assert {old} == {server.ask() for _ in range(20)}
    server.starts("serve")
    await_true(lambda: old not in server.workers())
    assert server.workers() == [server.ask()]


def test_a_worker_that_listens_no_more_answers_whom_it_has_accepted(serve: Serve) -> None:
    """Of a worker that is told to end granian closes those that have sent nothing yet."""
    server = serve()
    client = HTTPConnection("127.0.0.1", server.port, timeout=_DEADLINE)
    client.connect()
    worker = server.ask()  # which was accepted after that client

    os.kill(worker, LISTEN_NO_MORE)

    await_true(lambda: not listens(server.port))
    client.request("GET", "/")
    assert worker == int(client.getresponse().read())
    client.close()


def test_a_worker_goes_on_whose_successor_serves_too_late(serve: Serve) -> None:
    server = serve(workers=2, patience=0.2)
    old = server.workers()
    server.starts("wait")

    server.process.send_signal(signal.SIGHUP)

    await_true(server.says("The workers go on as they are: a new one does not serve after 0.2 s."))
    await_true(lambda: old == server.workers())
    assert server.ask() in old


def test_a_worker_goes_on_whose_successor_cannot_start(serve: Serve) -> None:
    server = serve()
    old = server.workers()
    server.starts("end")

    server.process.send_signal(signal.SIGHUP)

    await_true(server.says("The workers go on as they are: a new one ended before it served."))
    assert old == server.workers()
    server.starts("serve")  # what was given up can be asked for again
    server.process.send_signal(signal.SIGHUP)
    await_true(lambda: set(old).isdisjoint(server.workers()))


def test_a_server_goes_on_while_it_can_begin_no_process(serve: Serve) -> None:
    """It would end no more, nor replace anybody, if what is raised ended its main thread."""
    server = serve(workers=2)
    old = server.workers()
    files = partial(resource.prlimit, server.process.pid, resource.RLIMIT_NOFILE)
    usual = files()
    files((4, usual[1]))  # it has these four, and looks at one at a time

    server.process.send_signal(signal.SIGHUP)

    await_true(server.says("The workers go on as they are: Too many open files."))
    assert old == server.workers()
    os.kill(old[0], signal.SIGKILL)
    await_true(server.says("No worker can take the place of one that died: Too many open files."))
    assert old[1:] == server.workers() == [server.ask()]
    files(usual)
    await_true(lambda: len(server.workers()) == 2)


def test_who_dies_while_others_take_over_is_replaced(serve: Serve) -> None:
    server = serve(workers=2)
    old = server.workers()
    server.starts("wait")
    server.process.send_signal(signal.SIGHUP)
    await_true(lambda: len(server.workers()) == 3)

    for worker in old:
        os.kill(worker, signal.SIGKILL)

    await_true(lambda: len(set(server.workers()) - set(old)) == 3)
    server.starts("serve")
    await_true(lambda: len(server.workers()) == 2 and server.answers())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_while_others_start_to_take_over(
    serve: Serve, number: signal.Signals
) -> None:
    server = serve(workers=2)
    server.starts("wait")
    server.process.send_signal(signal.SIGHUP)
    await_true(lambda: len(server.workers()) == 3)

    server.process.send_signal(number)

    assert server.process.wait(_DEADLINE) == 0
    assert not server.says("go on")()


def test_a_server_that_ends_lets_every_worker_answer(serve: Serve, tmp_path: Path) -> None:
    """One that has a successor, and answers what it had begun, as well."""
    server = serve()
    (old,) = server.workers()
    answers: list[int] = []
    client = Thread(target=lambda: answers.append(server.ask("/slow")))
    client.start()
    await_true((tmp_path / "begun").exists)
    server.process.send_signal(signal.SIGHUP)
    await_true(lambda: server.answers(but=old))

    server.process.send_signal(signal.SIGTERM)

    await_true(lambda: server.workers() == [old])
    (tmp_path / "go").touch()
    client.join()
    assert [old] == answers
    assert server.process.wait(_DEADLINE) == 0


@pytest.mark.parametrize("way", ["serve", "wait"])
def test_a_worker_may_be_killed_again_and_again(serve: Serve, way: str) -> None:
    """Before it serves as well: that is nothing that it did."""
    server = serve()
    server.starts(way)

    for _ in range(5):
        (killed,) = server.workers()
        os.kill(killed, signal.SIGKILL)
        await_true(lambda killed=killed: server.workers() not in ([], [killed]))

    server.starts("serve")
    await_true(server.answers)


def test_a_server_whose_workers_cannot_start_ends(serve: Serve) -> None:
    server = serve(workers=2)
    server.starts("end")

    os.kill(server.workers()[0], signal.SIGKILL)

    assert server.process.wait(_DEADLINE) == 1
    assert server.says("The server ends, because its workers cannot start.")()
