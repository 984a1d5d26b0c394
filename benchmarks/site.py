"""Everything a run starts, which is stopped and removed at its end."""

import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from benchmarks import slow_disk
from benchmarks.servers import Constant, Other, Ours
from tests.postgres import PostgresServer, find_binaries


class Site(ExitStack):
    """Servers, each with an empty directory.

    :param options: further options of ``provisor serve``
    :param variables: further environment of it
    :param flush: milliseconds that each flush of our server's disk takes longer
    """

    def __init__(
        self, options: str = "", variables: dict[str, str] | None = None, flush: int = 0
    ) -> None:
        super().__init__()
        self._options = options
        self._variables = variables or {}
        self._flush = flush
        self._postgres: PostgresServer | None = None

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends, too
        self._folder = Path(self.enter_context(tempfile.TemporaryDirectory(prefix="benchmarks-")))
        self._variables |= slow_disk.variables(self._folder, self._flush)
        return self

    def ours(self, *, on_postgresql: bool = False, **variables: str) -> Ours:
        """Start our server."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        url = self._new_database() if on_postgresql else ""
        server = Ours(folder, url, self._options, **self._variables, **variables)
        self.callback(server.stop)
        return server

    def other(self) -> Other:
        """Start scim2-flask."""
        server = Other()
        self.callback(server.stop)
        return server

    def constant(self) -> Constant:
        """Start the constant route."""
        server = Constant()
        self.callback(server.stop)
        return server

    def _new_database(self) -> str:
        if self._postgres is None:
            binaries = find_binaries()
            if binaries is None:
                raise SystemExit("PostgreSQL is not installed.")
            self._postgres = PostgresServer(binaries)
            self.callback(self._postgres.stop)
        return self._postgres.new_database()
