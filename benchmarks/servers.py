"""The servers that are measured: real processes on loopback, all served by granian alike."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.settings import Settings
from benchmarks.filling import fill
from benchmarks.people import write_lines
from tests.served import ServedProvisor, free_port, processes_of

_PAGE = 500
"""Resources of a page, when ids are asked for."""

_DEADLINE = 600.0
"""Seconds one request of the preparations may take; scim2-flask needs them."""


class Server:
    """A SCIM server at a URL, as one client sees it."""

    name: str

    def __init__(self, url: str, base: str, headers: dict[str, str]) -> None:
        self.url = url
        self.base = base
        """What the paths of resources begin with."""

        self.headers = headers

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, Any]:
        """Send a request below the base and return the status and JSON of its answer."""
        return self.send(method, self.base + path, body)

    def send(self, method: str, path: str, body: str = "") -> tuple[int, Any]:
        """Send a request and return the status and JSON of its answer."""
        request = urllib.request.Request(
            self.url + path, body.encode() or None, self.headers, method=method
        )
        try:
            answer = urllib.request.urlopen(request, timeout=_DEADLINE)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if text and is_json else None

    def processes(self) -> list[int]:
        """Return the ids of the server's processes."""
        raise NotImplementedError

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server has taken so far."""
        stats = (Path(f"/proc/{pid}/stat").read_text() for pid in self.processes())
        ticks = (each.rpartition(")")[2].split()[11:13] for each in stats)  # utime, stime
        return sum(int(each) for pair in ticks for each in pair) / os.sysconf("SC_CLK_TCK")

    def expected(self, expected: int, method: str, path: str, body: str = "") -> Any:
        """Send a request and return the JSON of its answer.

        :raises RuntimeError: the answer has another status than expected
        """
        status, answer = self.send(method, path, body)
        if status != expected:
            raise RuntimeError(f"{self.name} answered {status} to {method} {path}: {answer}")
        return answer

    def got(self, path: str) -> Any:
        """Return what a GET below the base finds."""
        return self.expected(200, "GET", self.base + path)

    def made(self, path: str, resource: dict[str, Any]) -> str:
        """Add a resource, and return its id."""
        return str(self.expected(201, "POST", self.base + path, json.dumps(resource))["id"])

    def total(self) -> int:
        """Return how many users there are."""
        return int(self.got("/Users?count=0")["totalResults"])

    def ids(self, start: int, count: int) -> list[str]:
        """Return the ids of users, by where they stand in the order of creation."""
        found: list[str] = []
        while len(found) < count:
            size = min(_PAGE, count - len(found))
            path = f"/Users?attributes=id&startIndex={start + len(found)}&count={size}"
            found += [each["id"] for each in self.got(path)["Resources"]]
        return found


class Ours(Server):
    """``provisor serve`` on a database of its own.

    :param options: further options of ``provisor serve``
    :param variables: further environment of it
    """

    name = "ours"

    def __init__(
        self, folder: Path, database_url: str = "", options: str = "", **variables: str
    ) -> None:
        self._folder = folder
        self._database_url = database_url
        # the requests are counted, but none is refused
        limit = {"PROVISOR_RATE_LIMIT": "1000000"}
        self._served = ServedProvisor(folder / "instance", database_url, **limit | variables)
        app_id = self._served.called("app", "create", "Benchmarks", "--enable-scim")
        token = self._served.called("token", "issue", app_id)
        self._served.start(1, *shlex.split(options))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        super().__init__(self._served.url, "/scim/v2", headers)

    def load(self, resources: Iterable[dict[str, Any]]) -> None:
        """Add resources, without the server: the one place that knows how they get in."""
        path = write_lines(self._folder / "resources.jsonl", resources)
        fill(Settings(instance=self._folder / "instance", database_url=self._database_url), path)
        path.unlink()

    def add_users(self, users: Iterable[dict[str, Any]]) -> list[str]:
        """Add users, and return their ids in any order."""
        before = self.total()
        self.load(users)
        return self.ids(before + 1, self.total() - before)

    def processes(self) -> list[int]:
        """Return the ids of the server and its workers."""
        return self._served.processes()

    def open_files(self) -> int:
        """Return how many descriptors the server and its workers have open."""
        return sum(1 for pid in self.processes() for _ in Path(f"/proc/{pid}/fd").iterdir())

    def unsettled(self) -> int:
        """Return the bytes of SQLite's logs of writes, which checkpoints empty."""
        return sum(each.stat().st_size for each in (self._folder / "instance").glob("*-wal"))

    def resident_memory(self) -> int:
        """Return the bytes of memory of the server and its workers."""
        return self._served.resident_memory()

    def stop(self) -> None:
        """Stop the server."""
        self._served.stop()


class Granian(Server):
    """An application of this folder, served with the settings that ``provisor serve`` has."""

    def __init__(self, application: str, base: str = "") -> None:
        port = free_port()
        self._process = subprocess.Popen(
            [
                Path(sys.executable).parent / "granian", "--interface", "wsgi", "--factory",
                "--workers", "1", "--blocking-threads", "1", "--no-log",
                "--host", "127.0.0.1", "--port", str(port), application,
            ]
        )  # fmt: skip
        headers = {"Content-Type": "application/scim+json"}
        super().__init__(f"http://127.0.0.1:{port}", base, headers)
        self._wait()

    def processes(self) -> list[int]:
        """Return the ids of the server and its worker."""
        return processes_of(self._process.pid)

    def stop(self) -> None:
        """Stop the server."""
        self._process.terminate()
        self._process.wait(timeout=60)

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.send("GET", "/")
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return


class Constant(Granian):
    """The constant Flask route."""

    name = "constant"

    def __init__(self) -> None:
        super().__init__("benchmarks.constant:application")


class Other(Granian):
    """scim2-flask, in memory."""

    name = "scim2-flask"

    def __init__(self) -> None:
        super().__init__("benchmarks.other:application", "/scim/v2")

    def add_users(self, users: Iterable[dict[str, Any]]) -> list[str]:
        """Add users, and return their ids in any order."""
        with tempfile.TemporaryDirectory() as folder:
            path = write_lines(Path(folder) / "users.jsonl", users)
            return list(self.expected(200, "POST", f"/fill?file={path}"))
