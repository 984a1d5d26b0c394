"""The seam on SQLite: sqlite-utils over the SQLite that pysqlite3 brings along."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlite_utils
from pysqlite3 import dbapi2 as sqlite3

from scim.storage import migrating
from scim.storage.baton import Baton
from scim.storage.database import (
    PATIENCE,
    Conflict,
    Migration,
    Row,
    Session,
    Transactions,
    Unavailable,
)
from scim.storage.expression import places
from scim.storage.files import make_missing
from scim.storage.group_commit import GROUP_TIME, GroupCommit
from scim.storage.sqlite_transactions import TRANSLATED, Savepoint, Whole
from scim.storage.sqlite_words import WORDS
from scim.storage.turns import Turns

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",  # readers never wait for the writer
    "PRAGMA foreign_keys=ON",  # off by default, per connection
    "PRAGMA trusted_schema=OFF",  # a tampered schema runs no functions
    "PRAGMA cell_size_check=ON",  # a damaged page is noticed when it is read
    "PRAGMA cache_size=-16384",  # KiB; from the default's 2,000 a million users' inner pages drop
)

_LASTING = "PRAGMA synchronous=FULL"
"""An answered write survives a power cut."""

_ROWS_AT_A_TIME = (200, 20, 1)
"""Rows that one statement adds; as there are few different ones, each is compiled once."""

_LOSING_THE_LAST = "PRAGMA synchronous=NORMAL"
"""A power cut undoes the last writes; nobody waits for the disk."""

_CORRUPTS_WAL = ((3, 7, 0), (3, 51, 2))
"""The versions of SQLite, first and last, in which several processes can corrupt a WAL file."""


def shares_files_safely() -> bool:
    """Whether several processes may use one database file with the SQLite at hand."""
    first, last = _CORRUPTS_WAL
    return not first <= sqlite3.sqlite_version_info <= last


class SqliteSession:
    """The statements of one SQLite transaction at a time, over one connection."""

    def __init__(self, database: sqlite_utils.Database, baton: Baton) -> None:
        self.database = database
        self._baton = baton
        self._connection = database.conn
        self._nameless = database.conn.cursor()
        self._nameless.row_factory = None

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

    def tuples(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Do as :meth:`all`, with rows that have no names: for pages, which are long."""
        rows: list[tuple[Any, ...]] = self._nameless.execute(sql, parameters).fetchall()
        return rows

    def sought(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Do as :meth:`tuples` for a statement that may take long; other threads run meanwhile."""
        with self._baton.laid_down():
            return self.tuples(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it changed."""
        try:
            return int(self._connection.execute(sql, parameters).rowcount)
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    def append(self, table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
        """Add many rows, some with each statement: other threads run while SQLite works on it."""
        width = len(columns)
        row = f"({places(columns)})"
        done = 0
        for rows in _ROWS_AT_A_TIME:
            given = ", ".join([row] * rows)
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {given}"  # noqa: S608 - names
            while len(values) - done >= rows * width:
                self.run(statement, values[done : done + rows * width])
                done += rows * width

    def savepoint(self) -> AbstractContextManager[None]:
        """Open a part of the transaction that is undone by itself when it raises."""
        return Savepoint(self._connection)

    def lock(self, name: str) -> None:
        """Do nothing more: a transaction that writes already keeps every other writer out."""

    def share(self, name: str) -> None:
        """Do nothing more: a transaction that writes already keeps every other writer out."""


class SqliteDatabase:
    """A directory in one file.

    Writers take turns: in a process by :class:`GroupCommit`, between processes by :class:`Turns`.
    Reading connections are opened on demand and kept for the next reader.

    :param group_time: seconds after which nobody joins a group of writers any more
    :param lasting: whether an answered write survives a power cut
    """

    words = WORDS

    def __init__(self, path: Path, group_time: float = GROUP_TIME, *, lasting: bool = True) -> None:
        self._path = path
        self._pragmas = (*_PRAGMAS, _LASTING if lasting else _LOSING_THE_LAST)
        self._is_closed = False
        self.baton = Baton()
        with suppress(OSError):  # which SQLite says more of
            make_missing(path)
        self._readers: deque[SqliteSession] = deque()
        self._writer = _Writer(self._open(*self._pragmas), path, self.baton)
        self.writes = GroupCommit(self._writer, self.baton, group_time)

    def read(self) -> AbstractContextManager[Session]:
        """Open a transaction that sees one state of the database and changes nothing."""
        return Reading(self._reader(), self._readers)

    def glance(self) -> AbstractContextManager[Session]:
        """Open what reads with a single statement, which needs no transaction around it."""
        return Glance(self._reader(), self._readers)

    def write(
        self, patience: float = PATIENCE, *, at_length: bool = False
    ) -> AbstractContextManager[Session]:
        """Open a transaction that commits when the block ends and rolls back when it raises."""
        return self.writes.write(patience, at_length=at_length)

    def of(self, tenant_id: str | None) -> Transactions:  # noqa: ARG002 - SQLite has no second wall
        """Return transactions that can do nothing to the rows of other tenants, if told so."""
        return self

    def migrate(self, migrations: Iterable[Migration]) -> list[str]:
        """Apply the migrations not applied yet, in order, and return their names."""
        return migrating.apply(self, migrations)

    def close(self) -> None:
        """Close every connection, after those who write; the database is not used afterwards."""
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(Unavailable):
            self.writes.close(PATIENCE)
        self._writer.close()
        while self._readers:
            self._readers.pop().database.close()

    def _reader(self) -> SqliteSession:
        try:
            return self._readers.pop()  # the last one used: its pages are still at hand
        except IndexError:
            # query_only: a read never turns into a write by mistake
            return self._open(*self._pragmas, "PRAGMA query_only=ON")

    def _open(self, *pragmas: str) -> SqliteSession:
        with TRANSLATED:
            connection = sqlite3.connect(
                self._path,
                timeout=PATIENCE,
                isolation_level=None,  # transactions begin where this module says so
                check_same_thread=False,  # one thread at a time has it, whichever that is
                cached_statements=512,
            )
            connection.row_factory = sqlite3.Row
            for pragma in pragmas:
                connection.execute(pragma)
            database = sqlite_utils.Database(connection, execute_plugins=False)
            return SqliteSession(database, self.baton)


class _Writer:
    """What every write of a process goes through: one connection, and a place in the queue."""

    def __init__(self, session: SqliteSession, path: Path, baton: Baton) -> None:
        self.session = session
        self._connection = session.database.conn
        self._baton = baton
        try:
            self._turns = Turns(path, baton)
        except OSError as error:
            session.database.close()
            raise Unavailable(str(error)) from error

    def begin(self, deadline: float) -> None:
        """Start a transaction once every process that queued earlier has ended its own."""
        try:
            self._turns.take(deadline)
            with TRANSLATED:
                # for those who do not queue; it holds for every wait of this transaction
                patience = max(0, int((deadline - time.monotonic()) * 1000))
                self._connection.execute(f"PRAGMA busy_timeout={patience}")
                with self._baton.laid_down():
                    # a plain BEGIN would let two of them read first, and fail one when it writes
                    self._connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._turns.give_back()
            raise

    def whole(self) -> AbstractContextManager[None]:
        """Open all of it, to be undone and started anew when the block raises."""
        return Whole(self._connection, self._baton)

    def commit(self) -> None:
        """End it and keep its changes, or raise and keep none."""
        try:
            with TRANSLATED:
                if not self.is_open():
                    raise Unavailable("an error undid the whole transaction")
                self._connection.execute("COMMIT")
        finally:
            try:
                self.session.database.rollback()  # does nothing after the COMMIT
            finally:
                self._turns.give_back()

    def is_open(self) -> bool:
        """Whether it goes on: SQLite undoes all of it when the disk is full, for one."""
        return bool(self._connection.in_transaction)

    def close(self) -> None:
        """Close the connection and leave the queue."""
        self.session.database.close()
        self._turns.close()


class Glance:
    """A statement that reads, on a connection that goes back to the others."""

    def __init__(self, session: SqliteSession, pool: deque[SqliteSession]) -> None:
        self._session = session
        self._pool = pool

    def __enter__(self) -> Session:
        return self._session

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pool.append(self._session)
        if error is not None:
            TRANSLATED.__exit__(kind, error, at)


class Reading(Glance):
    """A transaction that reads."""

    def __enter__(self) -> Session:
        with TRANSLATED:
            self._session.database.conn.execute("BEGIN")
        return self._session

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            self._session.database.rollback()  # it changed nothing
        finally:
            super().__exit__(kind, error, at)
