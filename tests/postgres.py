"""A real PostgreSQL server for the tests: started on a free port, gone at the end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.races import until
from tests.served import free_port, processes_of

_DEADLINE = 30.0
"""Seconds the server may take to start."""


def find_binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs: ``$PG_BIN``, or else Debian's newest."""
    named = os.environ.get("PG_BIN")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders = [Path(named)] if named else debian
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


class PostgresServer:
    """One server with its own data folder; it runs as ``nobody`` where the tests run as root."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._user = "nobody" if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="provisor-postgres-", dir="/tmp"))
        if self._user:
            os.chown(self._folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._initialise()
        self.port = free_port()
        self._count = 0
        self._free: list[str] = []
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [
            self._binaries / "postgres", "-D", self._data, "-p", str(self.port),
            "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self._folder}",
            "-c", "max_connections=200",
            # no test cuts the power; and statistics come when a test asks for them, not at random
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, user=self._user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _DEADLINE
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Kill the server and all its processes.

        It would not start again while one of them lives, and one that is busy outlives the first.
        """
        processes = processes_of(self.process.pid)
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait()
        until(lambda: not any(map(_runs, processes)))

    def url(self, database: str) -> str:
        """Return the URL of a database of this server."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Return the URL of an empty database: one that was given back, or else a new one."""
        while self._free:
            url = self._free.pop()
            if self._emptied(url):
                return url
        return self.new_copy(self.url("template1"))

    def new_copy(self, url: str) -> str:
        """Return the URL of a copy of a database that nobody is connected to."""
        self._count += 1
        name = f"test_{self._count}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}")
        return self.url(name)

    def give_back(self, url: str) -> None:
        """Let another test have a database: making one copies 7 MB, emptying one does not."""
        self._free.append(url)

    def _emptied(self, url: str) -> bool:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SET lock_timeout = 1000")  # milliseconds
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
        except psycopg.errors.LockNotAvailable:  # somebody still holds a table of it
            return False
        return True

    def stop(self) -> None:
        """Stop the server and remove its data."""
        self.process.send_signal(signal.SIGINT)  # a fast shutdown
        self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _initialise(self) -> None:
        subprocess.run(
            [
                self._binaries / "initdb", "-D", self._data, "-U", "postgres", "-E", "UTF8",
                # a collation that sorts as people do: what compares must say COLLATE "C"
                "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US",
                "--auth=trust", "--no-sync",
            ],
            check=True, user=self._user, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def _runs(process: int) -> bool:
    """Whether a process has not ended; its new parent may take its time to notice that it has."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
