"""A Provisor as users run it: the ``provisor`` command, in processes of its own."""

import json
import os
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from app import Settings
from app.cli import main
from app.environment import read_settings

COMMAND = Path(sys.executable).parent / "provisor"

_DEADLINE = 60.0
"""Seconds a server may take to answer; noisy machines take a few."""

_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Which of the processes of a test run this is."""

_PORTS = range(10_000 + _PROCESS, 32_000, 64)
"""Below those that Linux gives to outgoing connections."""


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""

    text: str

    @property
    def body(self) -> Any:
        """The JSON of the answer."""
        return json.loads(self.text)


class ServedProvisor:
    """``provisor serve`` on a free port, and the command line beside it."""

    def __init__(self, instance: Path, database_url: str = "", **variables: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = instance.parent / f"{instance.name}-serve.log"
        self._variables = {
            "PROVISOR_INSTANCE": str(instance),
            "PROVISOR_DATABASE_URL": database_url,
            "PROVISOR_PORT": str(self.port),
            "PROVISOR_RATE_LIMIT": "0",  # tests are in a hurry
            **variables,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, workers: int = 1, *options: str) -> "ServedProvisor":
        """Serve, with further options of the command, and return once the server answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [COMMAND, "serve", "--workers", str(workers), *options],
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _DEADLINE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start: {self.log()}")
            time.sleep(0.05)
        return self

    @property
    def settings(self) -> Settings:
        """The settings it is served with."""
        return read_settings(self._variables)

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.send(signal.SIGTERM)
        return self.wait()

    def stop_at_once(self) -> None:
        """End the server without the delay that others have asked for."""
        self.send(signal.SIGINT)
        assert self.wait() == 0, self.log()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the server."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """Return the exit code of a server that is about to end."""
        assert self._process is not None
        return self._process.wait(timeout=_DEADLINE)

    def kill(self) -> None:
        """Send SIGKILL to the server, which lets it clean up nothing."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=_DEADLINE)

    def log(self) -> str:
        """Return everything the server has printed."""
        return self._log.read_text()

    def resident_memory(self) -> int:
        """Return the bytes of memory that the server and its workers hold."""
        pages = (Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in self.processes())
        return sum(map(int, pages)) * resource.getpagesize()

    def processes(self) -> list[int]:
        """Return the ids of the server and its workers."""
        assert self._process is not None
        return processes_of(self._process.pid)

    def setup_url(self) -> str:
        """Return the set-up link that the server printed."""
        found = re.search(r"http\S+/console/setup/\S+", self.log())
        assert found is not None, self.log()
        return found[0]

    def run(self, *arguments: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Run the ``provisor`` command on the same data."""
        return subprocess.run(
            [COMMAND, *arguments],
            env=self._environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=_DEADLINE,
        )

    def started(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start the ``provisor`` command on the same data, with a pipe for its standard input."""
        return subprocess.Popen(
            [COMMAND, *arguments],
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def printed(self, *arguments: str, text: str | None = None) -> str:
        """Run the command, which must succeed, and return what it prints."""
        done = self.run(*arguments, text=text)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def called(self, *arguments: str, text: str | None = None) -> str:
        """Do as :meth:`printed` within this process: starting Python takes a second."""
        return self._invoked(*arguments, text=text).stdout.strip()

    def said(self, *arguments: str) -> str:
        """Do as :meth:`called`, and return what the command says on standard error."""
        return self._invoked(*arguments).stderr

    def new_token(self, *options: str) -> str:
        """Make an app with SCIM on and return a token of it."""
        app_id = self.called("app", "create", "Test", "--enable-scim", *options)
        return self.called("token", "issue", app_id)

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request and return its answer, whatever its status.

        :param body: bytes as they are, or anything else as JSON
        """
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)  # noqa: S310 - our own URL
        if data is not None:
            request.add_header("Content-Type", "application/scim+json")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            response = urllib.request.urlopen(request, timeout=_DEADLINE)  # noqa: S310 - our own URL
        except urllib.error.HTTPError as error:
            response = error
        with response:
            names = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, names, response.read().decode())

    def tried(self, *arguments: str, text: str | None = None) -> Result:
        """Do as :meth:`called` with a command that may be refused."""
        return CliRunner().invoke(
            main, arguments, text, env=self._variables, catch_exceptions=False
        )

    def _invoked(self, *arguments: str, text: str | None = None) -> Result:
        done = self.tried(*arguments, text=text)
        assert done.exit_code == 0, done.stderr
        return done

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("PROVISOR_")
        }
        return inherited | self._variables


def processes_of(server: int) -> list[int]:
    """Return the ids of a process and of those it started."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [server, *map(int, children)]


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on.

    Every process of a test run chooses among ports of its own: between this answer and the start
    of a server, no other process takes the port, nor does a connection to somewhere else.
    """
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - no secret
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
