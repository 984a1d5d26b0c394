"""Transactions on the connections of a pool to PostgreSQL."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from scim.storage import row_security
from scim.storage.baton import Baton
from scim.storage.database import PATIENCE, Conflict, Row, Unavailable

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"
_SHARE = "SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 0))"

_PASSING = (
    psycopg.OperationalError,  # lost connections, full disks, deadlocks, shutting down
    psycopg.InterfaceError,  # the connection was closed under our feet
    PoolTimeout,
)
"""Errors that say nothing about the statement, and may pass."""

_BETWEEN_ATTEMPTS = 0.25
"""Seconds after which a pool whose server is away tries to connect again.

Left alone it would double its pauses from a second on, and after a minute's outage stay away for
another.
"""


class _Row(dict[str, Any]):
    """A row by column name that iterates over its values, as SQLite's does."""

    def __iter__(self) -> Iterator[Any]:
        """Return the values in the order of the columns."""
        return iter(self.values())


def rows_of(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], _Row]:
    """Return what makes rows with names of the values of an answer."""
    names = [column.name for column in cursor.description or ()]
    return lambda values: _Row(zip(names, values, strict=True))


_OF_EVERY_COLUMN = re.compile(r"SELECT (?:\w+\.)?\*")


@lru_cache(maxsize=2048)
def _placeholders(sql: str) -> tuple[bytes, bool | None]:
    """Return a statement as psycopg has it, and whether it may be prepared once it is frequent.

    A prepared one fails when its rows get another column, by a migration of a later release.
    """
    # bytes: psycopg wants literal text so that nobody formats values into statements;
    # the seam keeps that promise itself, its statements come from this product's code only
    query = sql.replace("%", "%%").replace("?", "%s").encode()
    return query, False if _OF_EVERY_COLUMN.match(sql) else None


class PostgresSession:
    """The statements of one PostgreSQL transaction."""

    def __init__(self, connection: psycopg.Connection[_Row], baton: Baton) -> None:
        self._connection = connection
        self._baton = baton

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of an answer, or None when there is none."""
        try:
            return self._answered(sql, parameters).fetchone()
        except psycopg.IntegrityError as error:
            raise Conflict(_said(error)) from error

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Row]:
        """Return every row of an answer."""
        return self._answered(sql, parameters).fetchall()

    def tuples(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Do as :meth:`all`, with rows that have no names: for pages, which are long."""
        with self._baton.laid_down(), self._connection.cursor(row_factory=tuple_row) as cursor:
            query, prepare = _placeholders(sql)
            return cursor.execute(query, parameters, prepare=prepare).fetchall()

    def sought(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Do as :meth:`tuples`, during which other threads run in any case."""
        return self.tuples(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it changed."""
        try:
            return self._answered(sql, parameters).rowcount
        except psycopg.IntegrityError as error:
            raise Conflict(_said(error)) from error

    def append(self, table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
        """Add many rows by COPY, which neither parses nor plans anything for them."""
        width = len(columns)
        copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()
        try:
            with self._baton.laid_down(), self._connection.cursor().copy(copy) as rows:
                for start in range(0, len(values), width):
                    rows.write_row(values[start : start + width])
        except psycopg.IntegrityError as error:
            raise Conflict(_said(error)) from error

    def _answered(self, sql: str, parameters: Sequence[Any]) -> psycopg.Cursor[_Row]:
        with self._baton.laid_down():
            query, prepare = _placeholders(sql)
            return self._connection.execute(query, parameters, prepare=prepare)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Open a part of the transaction that is undone by itself when it raises."""
        with self._connection.transaction():
            yield

    def lock(self, name: str) -> None:
        """Keep every other holder of this name out until the transaction ends."""
        self.one(_LOCK, (name,))

    def share(self, name: str) -> None:
        """Keep those who lock this name out until the transaction ends."""
        self.one(_SHARE, (name,))


class Connections:
    """A pool, and the tenant that each of its connections reaches."""

    def __init__(
        self, url: str, most: int, least: int, prepare: Callable[[psycopg.Connection[_Row]], None]
    ) -> None:
        self.tenants: WeakKeyDictionary[psycopg.Connection[_Row], str] = WeakKeyDictionary()
        self.pool = ConnectionPool(
            url,
            connection_class=psycopg.Connection[_Row],
            kwargs={"row_factory": rows_of, "autocommit": True},
            min_size=least,
            max_size=most,
            timeout=PATIENCE,
            configure=prepare,
            reconnect_timeout=_BETWEEN_ATTEMPTS,
            reconnect_failed=ConnectionPool.check,  # which tries again
            open=False,
        )


class PostgresTransactions:
    """Transactions on the connections of a pool.

    :param tenant_id: whose rows the connections are to reach, where they do not reach all
    """

    def __init__(
        self, connections: Connections, baton: Baton, tenant_id: str | None = None
    ) -> None:
        self._connections = connections
        self._baton = baton
        self._tenant_id = tenant_id
        self._entering = b"" if tenant_id is None else row_security.entering(tenant_id)

    @contextmanager
    def read(self) -> Iterator[PostgresSession]:
        """Open a transaction that sees one state of the database and changes nothing."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[PostgresSession]:
        """Open what reads with a single statement, which needs no transaction around it."""
        with translated(), self._connected() as connection:
            self._enter(connection)
            yield PostgresSession(connection, self._baton)

    @contextmanager
    def write(
        self,
        patience: float = PATIENCE,  # noqa: ARG002 - see below
        *,
        at_length: bool = False,  # noqa: ARG002 - writers wait for rows alone
    ) -> Iterator[PostgresSession]:
        """Open a transaction that commits when the block ends and rolls back when it raises.

        Writers only wait for a row that another one holds, at most :data:`PATIENCE` whatever is
        asked; who cannot wait selects with the word ``skip_locked``.
        """
        with self._transaction("BEGIN") as session:
            yield session

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresSession]:
        # The pool's own block would commit by itself; here BEGIN names the isolation level.
        with translated(), self._connected() as connection:
            session = PostgresSession(connection, self._baton)
            with self._baton.laid_down():
                connection.execute(begin.encode() + self._entering)
            try:
                yield session
                session.run("COMMIT")
            except BaseException:
                if not connection.closed:
                    session.run("ROLLBACK")
                raise

    def _enter(self, connection: psycopg.Connection[_Row]) -> None:
        """Let a connection reach the rows of the tenant alone, until it is told of another.

        Nobody tells it again for the next request of the same tenant: that would be a statement
        for a statement. A transaction is told where it begins, at no cost, and forgets at its end.
        """
        tenants = self._connections.tenants
        if self._tenant_id is not None and tenants.get(connection) != self._tenant_id:
            with self._baton.laid_down():
                connection.execute(row_security.ENTER, (self._tenant_id,))
            tenants[connection] = self._tenant_id

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[_Row]]:
        pool = self._connections.pool
        with self._baton.laid_down():
            connection = pool.getconn()
        try:
            yield connection
        finally:
            pool.putconn(connection)
            if connection.closed and not pool.closed:
                # the others may be lost too, as those of a server that restarted
                with self._baton.laid_down():
                    pool.check()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what psycopg raises when it cannot work just now into the seam's word for it."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise Conflict(_said(error)) from error
    except _PASSING as error:
        raise Unavailable(_said(error)) from error


def _said(error: psycopg.Error) -> str:
    """Return what PostgreSQL says of an error, less the details, which quote values."""
    return error.diag.message_primary or str(error)
