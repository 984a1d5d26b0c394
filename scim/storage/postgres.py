"""The seam on PostgreSQL: psycopg 3 and its pool."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from scim.storage import migrating
from scim.storage.baton import Baton
from scim.storage.database import (
    PATIENCE,
    Conflict,
    Migration,
    Row,
    Unavailable,
    Words,
)

WORDS = Words(
    identity="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    keyed="",
    text='TEXT COLLATE "C"',
    json="JSONB",
    json_value="CAST(? AS jsonb)",
    json_text="CAST({} AS text)",
    by_code_point=' COLLATE "C"',
    elements="jsonb_array_elements",
    contains="strpos({}, {}) > 0",
    json_part="CAST(CAST({1} AS json) -> '{0}' AS text)",
    json_quoted="CAST(to_json({}) AS text)",
    json_members="substr({0}, 2, length({0}) - 2)",
    joined="string_agg({}, ',' ORDER BY {})",
    gathered="string_agg({}, ',')",
    # weaker than FOR UPDATE: a row may gain referring rows (a user joins another group) meanwhile
    lock_row=" FOR NO KEY UPDATE",
    skip_locked=" FOR NO KEY UPDATE SKIP LOCKED",
    lane="pg_backend_pid() % 16",
    counted_to="SELECT COALESCE(pg_sequence_last_value(CAST("
    "pg_get_serial_sequence('{0}', '{1}') AS regclass)), 0) AS number",
    # An INSERT takes this lock before it counts, and keeps it until the transaction is over for
    # whoever looks later.
    adding="SELECT DISTINCT virtualtransaction AS writer FROM pg_locks"
    " WHERE locktype = 'relation' AND relation = CAST('{}' AS regclass)"
    " AND mode = 'RowExclusiveLock' AND granted",
    append_only=(
        (
            "CREATE FUNCTION {0}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RAISE EXCEPTION ''{0} is append-only''"
            " USING ERRCODE = ''integrity_constraint_violation''; END'"
        ),
        (
            "CREATE TRIGGER {0}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}"
            " EXECUTE FUNCTION {0}_is_append_only()"
        ),
        "REVOKE UPDATE, DELETE, TRUNCATE ON {0} FROM PUBLIC, CURRENT_USER",
    ),
    size="SELECT pg_database_size(current_database()) AS bytes",
    connections="SELECT COALESCE(state, 'unknown') AS state, COUNT(*) AS number"
    " FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1",
    clock="SELECT EXTRACT(EPOCH FROM clock_timestamp()) AS epoch",
    version="SELECT 'PostgreSQL ' || current_setting('server_version') AS version",
)

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


class PostgresDatabase:
    """A directory in a PostgreSQL database that any number of workers share."""

    words = WORDS

    def __init__(self, url: str, connections: int) -> None:
        self.baton = Baton()
        self._pool = ConnectionPool(
            url,
            connection_class=psycopg.Connection[_Row],
            kwargs={"row_factory": rows_of, "autocommit": True},
            min_size=1,
            max_size=connections,
            timeout=PATIENCE,
            configure=_bound_waiting,
            reconnect_timeout=_BETWEEN_ATTEMPTS,
            reconnect_failed=ConnectionPool.check,  # which tries again
            open=False,
        )
        with translated():
            # The pool would keep trying; a first connection of our own says at once what is wrong.
            psycopg.connect(url, connect_timeout=int(PATIENCE)).close()
            self._pool.open(wait=True, timeout=PATIENCE)

    @contextmanager
    def read(self) -> Iterator[PostgresSession]:
        """Open a transaction that sees one state of the database and changes nothing."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[PostgresSession]:
        """Open what reads with a single statement, which needs no transaction around it."""
        with translated(), self._connected() as connection:
            yield PostgresSession(connection, self.baton)

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

    def migrate(self, migrations: Iterable[Migration]) -> list[str]:
        """Apply the migrations not applied yet, in order, and return their names."""
        return migrating.apply(self, migrations)

    def close(self) -> None:
        """Close every connection; the database is not used afterwards."""
        self._pool.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresSession]:
        # The pool's own block would commit by itself; here BEGIN names the isolation level.
        with translated(), self._connected() as connection:
            session = PostgresSession(connection, self.baton)
            session.run(begin)
            try:
                yield session
                session.run("COMMIT")
            except BaseException:
                if not connection.closed:
                    session.run("ROLLBACK")
                raise

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[_Row]]:
        with self.baton.laid_down():
            connection = self._pool.getconn()
        try:
            yield connection
        finally:
            self._pool.putconn(connection)
            if connection.closed and not self._pool.closed:
                self._find_out()

    def _find_out(self) -> None:
        """Look whether the other connections are lost too, as those of a server that restarted."""
        with self.baton.laid_down():
            self._pool.check()


def _bound_waiting(connection: psycopg.Connection[_Row]) -> None:
    connection.execute(f"SET lock_timeout = {int(PATIENCE * 1000)}")  # milliseconds


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
