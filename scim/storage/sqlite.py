"""The seam on SQLite: sqlite-utils over the SQLite that pysqlite3 brings along."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlite_utils
from pysqlite3 import dbapi2 as sqlite3

from scim.storage import migrating
from scim.storage.database import (
    PATIENCE,
    Conflict,
    Migration,
    Row,
    Unavailable,
    Words,
)
from scim.storage.group_commit import GroupCommit
from scim.storage.turns import Turns

_WORDS = Words(
    identity="INTEGER PRIMARY KEY AUTOINCREMENT",
    keyed=" WITHOUT ROWID",  # else a row stands in the table and in the index of its key
    text="TEXT",
    json="BLOB",
    json_value="jsonb(?)",
    json_text="json({})",
    by_code_point="",
    elements="json_each",
    contains="instr({}, {}) > 0",
    lock_row="",
    skip_locked="",
    lane="0",  # there is one writer at a time
)

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",  # readers never wait for the writer
    "PRAGMA synchronous=FULL",  # an answered write survives a power cut; NORMAL loses the last ones
    "PRAGMA foreign_keys=ON",  # off by default, per connection
    "PRAGMA trusted_schema=OFF",  # a tampered schema runs no functions
    "PRAGMA cell_size_check=ON",  # a damaged page is noticed when it is read
)

_CORRUPTS_WAL = ((3, 7, 0), (3, 51, 2))
"""The versions of SQLite, first and last, in which several processes can corrupt a WAL file."""


def shares_files_safely() -> bool:
    """Whether several processes may use one database file with the SQLite at hand."""
    first, last = _CORRUPTS_WAL
    return not first <= sqlite3.sqlite_version_info <= last


class SqliteSession:
    """The statements of one SQLite transaction."""

    def __init__(self, database: sqlite_utils.Database) -> None:
        self._connection = database.conn

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of an answer, or None when there is none."""
        try:
            row: Row | None = self._connection.execute(sql, parameters).fetchone()
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error
        return row

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Row]:
        """Return every row of an answer."""
        rows: list[Row] = self._connection.execute(sql, parameters).fetchall()
        return rows

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """Return every row of an answer, one after the other, without holding them all."""
        rows: Iterator[Row] = self._connection.execute(sql, parameters)
        return rows

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it changed."""
        try:
            return int(self._connection.execute(sql, parameters).rowcount)
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Open a part of the transaction that is undone by itself when it raises."""
        with _savepoint(self._connection):
            yield

    def lock(self, name: str) -> None:
        """Do nothing more: a transaction that writes already keeps every other writer out."""

    def share(self, name: str) -> None:
        """Do nothing more: a transaction that writes already keeps every other writer out."""

    def roll_back(self) -> None:
        """End the transaction, if it goes on, and keep nothing of it."""
        self._connection.rollback()

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


class SqliteDatabase:
    """A directory in one file.

    Writers take turns: in a process by :class:`GroupCommit`, between processes by :class:`Turns`.
    Reading connections are opened on demand and kept for the next reader.
    """

    words = _WORDS

    def __init__(self, path: Path) -> None:
        self._path = path
        self._readers: list[SqliteSession] = []
        self._writer = self._open(*_PRAGMAS)
        self._transaction = _WritingTransaction(self._writer, _open_turns(path))
        self._writes = GroupCommit(self._transaction)

    def read(self) -> "_Read":
        """Open a transaction that sees one state of the database and changes nothing."""
        return _Read(self._readers, self._open_reader)

    @contextmanager
    def write(self, patience: float = PATIENCE) -> Iterator[SqliteSession]:
        """Open a transaction that commits when the block ends and rolls back when it raises."""
        with self._writes.write(patience):
            yield SqliteSession(self._writer)

    def migrate(self, migrations: Iterable[Migration]) -> list[str]:
        """Apply the migrations not applied yet, in order, and return their names."""
        return migrating.apply(self, migrations)

    def close(self) -> None:
        """Close every connection, after those who write; the database is not used afterwards."""
        with suppress(Unavailable):
            self._writes.wait(time.monotonic() + PATIENCE)
        self._transaction.close()
        while self._readers:
            self._readers.pop().close()

    def _open_reader(self) -> SqliteSession:
        # query_only: a read never turns into a write by mistake
        return SqliteSession(self._open(*_PRAGMAS, "PRAGMA query_only=ON"))

    def _open(self, *pragmas: str) -> sqlite_utils.Database:
        with _translated():
            connection = sqlite3.connect(
                self._path,
                timeout=PATIENCE,
                isolation_level=None,  # transactions begin where this module says so
                check_same_thread=False,  # the pool hands a connection to one thread at a time
                cached_statements=512,
            )
            connection.row_factory = sqlite3.Row
            for pragma in pragmas:
                connection.execute(pragma)
            return sqlite_utils.Database(connection, execute_plugins=False)


class _Read:
    """A transaction that reads, on a connection of its own while it lasts.

    A class, not a generator: every request comes by here, and it takes half the time.
    """

    __slots__ = ("_idle", "_open", "_session")

    def __init__(self, idle: list[SqliteSession], open_: Callable[[], SqliteSession]) -> None:
        self._idle = idle
        self._open = open_

    def __enter__(self) -> SqliteSession:
        try:
            self._session = self._idle.pop()
        except IndexError:
            self._session = self._open()
        self._session.run("BEGIN")
        return self._session

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        self._session.roll_back()  # it changed nothing, and an error may have ended it already
        self._idle.append(self._session)
        if error is not None:
            with _translated():
                raise error


class _WritingTransaction:
    """What every write of a process goes through: one connection, and a place in the queue."""

    def __init__(self, database: sqlite_utils.Database, turns: Turns) -> None:
        self._database = database
        self._turns = turns

    def begin(self, deadline: float) -> None:
        """Start it once every process that queued earlier has ended its own."""
        if not self._turns.take(deadline):
            raise Unavailable("other processes took too long")
        try:
            with _translated():
                # for those who do not queue; it holds for every wait of this transaction
                patience = max(0, int((deadline - time.monotonic()) * 1000))
                self._database.conn.execute(f"PRAGMA busy_timeout={patience}")
                # a plain BEGIN would let two of them read first, and fail one when it writes
                self._database.conn.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._turns.give_back()
            raise

    def commit(self) -> None:
        """End it and keep its changes, or raise and keep none."""
        try:
            with _translated():
                if not self.is_open():
                    raise Unavailable("an error undid the whole transaction")
                self._database.conn.execute("COMMIT")
        finally:
            try:
                self._database.rollback()  # does nothing after the COMMIT
            finally:
                self._turns.give_back()

    def is_open(self) -> bool:
        """Whether it goes on: SQLite undoes all of it when the disk is full, for one."""
        return bool(self._database.conn.in_transaction)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Open a part of it that is undone by itself when it raises."""
        with _translated(), _savepoint(self._database.conn):
            yield

    def close(self) -> None:
        """Close the connection and leave the queue."""
        self._database.close()
        self._turns.close()


def _open_turns(path: Path) -> Turns:
    try:
        return Turns(path)
    except OSError as error:
        raise Unavailable(str(error)) from error


@contextmanager
def _savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("SAVEPOINT part")  # one name for all: it means the innermost
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # else the error undid more than this
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what SQLite raises when it cannot work just now into the seam's word for it."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Conflict(str(error)) from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") in _UNUSABLE:
            raise Unavailable(str(error)) from error
        raise


_UNUSABLE = frozenset(
    {
        "SQLITE_BUSY",
        "SQLITE_LOCKED",
        "SQLITE_FULL",
        "SQLITE_IOERR",
        "SQLITE_CANTOPEN",
        "SQLITE_READONLY",
        "SQLITE_NOMEM",
        "SQLITE_NOTADB",
        "SQLITE_CORRUPT",
    }
)
"""Primary result codes that say nothing about the statement, but that the file is out of use."""
