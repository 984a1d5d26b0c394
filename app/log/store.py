"""Where rows of the log are kept: every statement that adds or removes some.

On SQLite it is a file of its own, so that a row never waits for a change of the directory, nor a
change for a row. On PostgreSQL they are tables of the directory's database, whose writers do not
wait for each other.
"""

import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.log.entries import COLUMNS, Entry
from app.log.migrations import MIGRATIONS
from scim.storage import Database, Session, Unavailable, open_database

_WRITE_PATIENCE = 1.0
"""Seconds to wait for other writers of the log; there is another try."""

MINUTE = len("2026-11-24T03:45")
HOUR = len("2026-11-24T03")
"""Characters of a moment that tell its minute, and its hour."""

_READING = frozenset({"get", "list", "search", "discovery"})

_STORED = (*COLUMNS, "object_key")

_COUNT = (
    "INSERT INTO provisioning_count (app_id, minute, outcome, requests) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (app_id, minute, outcome)"
    " DO UPDATE SET requests = provisioning_count.requests + excluded.requests"
)

_COUNT_HOUR = (
    "INSERT INTO provisioning_hour (app_id, hour, outcome, requests) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (app_id, hour, outcome)"
    " DO UPDATE SET requests = provisioning_hour.requests + excluded.requests"
)


class Batch:
    """Rows to be stored together.

    Their values stand in one list: thousands of objects that wait would keep Python's garbage
    collector busy.
    """

    def __init__(self) -> None:
        self.values: list[object] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()
        """How many requests of a minute ended how, by app, minute and outcome.

        A test of the connection says nothing about the provider, and is not counted.
        """

    def add(self, entry: Entry) -> None:
        """Add a row."""
        id_ = entry.resource_id
        self.values += entry
        self.values.append(object_key(id_) if id_ and entry.operation not in _READING else None)
        if not entry.is_test:
            self.counts[entry.app_id, entry.at[:MINUTE], entry.outcome] += 1

    def hours(self) -> Counter[tuple[str, str, str]]:
        """Return how many requests of an hour ended how, by app, hour and outcome."""
        found: Counter[tuple[str, str, str]] = Counter()
        for (app_id, minute, outcome), requests in self.counts.items():
            found[app_id, minute[:HOUR], outcome] += requests
        return found


class LogStore:
    """The tables of the log; a file of their own is opened when it is first asked for.

    :param where: that file, or the database that has them among its tables
    """

    def __init__(self, where: Path | Database) -> None:
        self._where = where
        self._mutex = threading.Lock()
        self._opened: Database | None = None

    def append(self, batch: Batch) -> None:
        """Add rows, all or none.

        :raises Unavailable: they cannot be written just now
        """
        with self._database().write(_WRITE_PATIENCE) as session:
            session.append("provisioning_log", _STORED, batch.values)
            for key, requests in sorted(batch.counts.items()):  # two workers never wait in a circle
                session.run(_COUNT, (*key, requests))
            for key, requests in sorted(batch.hours().items()):
                session.run(_COUNT_HOUR, (*key, requests))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that reads the log.

        :raises Unavailable: it cannot be read just now
        """
        with self._database().read() as session:
            yield session

    def delete_before(self, moment: str, most: int) -> int:
        """Delete some of the rows from before a moment, oldest first, and return how many.

        :param most: how many at a time, so that whoever adds rows waits for a moment only
        """
        with self._database().write() as session:
            return session.run(
                "DELETE FROM provisioning_log WHERE at < ? AND seq IN"
                " (SELECT seq FROM provisioning_log ORDER BY seq LIMIT ?)",
                (moment, most),
            )

    def delete_counts_before(self, moment: str) -> None:
        """Delete what was counted before a moment."""
        with self._database().write() as session:
            session.run("DELETE FROM provisioning_count WHERE minute < ?", (moment[:MINUTE],))
            session.run("DELETE FROM provisioning_hour WHERE hour < ?", (moment[:HOUR],))

    def close(self) -> None:
        """Close the file, if there is one."""
        with self._mutex:
            if self._opened is not None:
                self._opened.close()
            self._opened = None

    def _database(self) -> Database:
        if not isinstance(self._where, Path):
            return self._where
        with self._mutex:
            if self._opened is None:
                self._opened = _opened_in(self._where)
            return self._opened


def _opened_in(file: Path) -> Database:
    database = open_database(file, lasting=False)
    try:
        database.migrate(MIGRATIONS)
    except BaseException as error:
        database.close()
        if isinstance(error, OSError):
            raise Unavailable(str(error)) from error
        raise
    return database


def object_key(resource_id: str) -> int:
    """Return the number that rows about a resource are found by; others may share it."""
    return zlib.crc32(resource_id.encode())
