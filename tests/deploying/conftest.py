"""What the tests of deployment can ask for."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

_DEADLINE = 60.0

Start = Callable[[Sequence[str | Path], Mapping[str, str], Path], "Started"]


class Started:
    """A program that listens, started by its own command line."""

    def __init__(
        self, command: Sequence[str | Path], environment: Mapping[str, str], folder: Path
    ) -> None:
        self._log = folder / "started.log"
        self.url = f"http://127.0.0.1:{environment['PROVISOR_PORT']}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _DEADLINE
        while self._status() != 200:
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)

    def read(self, path: str) -> str:
        """Return what is answered to a GET, which must succeed."""
        with urllib.request.urlopen(self.url + path, timeout=_DEADLINE) as answer:  # noqa: S310 - our own URL
            text: str = answer.read().decode()
            return text

    def terminate(self) -> int:
        """Send SIGTERM to the program alone and return how it ends."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=_DEADLINE)

    def _status(self) -> int:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz") as answer:  # noqa: S310 - likewise
            status: int = answer.status
            return status
        return 0


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program in a folder, with an environment of its own; at the end it is stopped."""
    started: list[Started] = []

    def begin(
        command: Sequence[str | Path], environment: Mapping[str, str], folder: Path
    ) -> Started:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        started.append(Started(command, inherited | dict(environment), folder))
        return started[-1]

    yield begin
    for each in started:
        each.terminate()
