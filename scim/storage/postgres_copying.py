"""Copies of a PostgreSQL database: :mod:`scim.storage.copying`.

The rows of every table, of one snapshot, as COPY writes them: no program of PostgreSQL's has to be
installed, and its versions do not have to match. Tables that no migration made are others', which
nobody reads or drops here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from scim.storage import migrating
from scim.storage.baton import Baton
from scim.storage.copying import (
    Contents,
    CopiedTable,
    CopyError,
    Part,
    Put,
    Replacement,
    check_tables,
)
from scim.storage.database import PATIENCE, Migration, Session
from scim.storage.migrating import LEDGER, tables_of
from scim.storage.postgres_transactions import PostgresSession, rows_of, translated
from scim.storage.postgres_words import WORDS

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"

_REFERENCES = (
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    " AND conrelid <> confrelid"
)

_COLUMNS = (
    "SELECT attname, attidentity <> '' FROM pg_attribute WHERE attrelid = %s::regclass"
    " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
)

_COUNTED_TO = "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)"

_OTHERS = (
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)

_FUNCTIONS = (
    "SELECT oid::regprocedure::text FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace AND proname = %s"
)

_ANOTHERS = "The database holds tables of another program; use one of its own."

_Connection = psycopg.Connection[Any]


def copy_out(
    url: str,
    put: Put,
    migrations: Sequence[Migration],
    check: Callable[[Session], None],
    without: Collection[str],
) -> Contents:
    """Take a copy of a database while others read and write it."""
    with _connected(url) as connection:
        ours = tables_of(migrations)
        names = _tables(connection, ours)
        if LEDGER not in names:
            raise CopyError("The database holds no tables; run provisor migrate.")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # before anything is read, so that no table changes between the snapshot and its reading
        connection.execute(
            SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(SQL(", ").join(map(Identifier, names)))
        )
        if _tables(connection, ours) != names:
            raise CopyError("The tables are being changed just now; try again.")
        applied = _applied(connection, migrations)
        tables = [
            _copied(connection, name, put)
            for name in _in_order(connection, names)
            if name != LEDGER and name not in without
        ]
        connection.row_factory = rows_of
        check(PostgresSession(connection, Baton()))
        connection.execute("COMMIT")
    return Contents(tuple(sorted(applied)), tuple(tables))


@contextmanager
def copied_in(
    url: str, contents: Contents | None, part: Part, migrations: Sequence[Migration]
) -> Iterator[Replacement]:
    """Open a transaction in which the rows of a copy take the place of all there are."""
    contents = contents or Contents((), ())
    copied = [each for each in migrations if each.name in contents.migrations]
    with _connected(url) as connection, _undone(connection):
        session = PostgresSession(connection, Baton())
        session.lock(LEDGER)  # servers that start meanwhile wait, and look again
        _clear(connection, migrations)
        migrating.apply_in(session, WORDS, copied)
        strange = {table.name for table in contents.tables} - (tables_of(copied) - {LEDGER})
        if strange:
            raise CopyError(f"The backup is damaged: it has a table {min(strange)}.")
        found = {each.name: _filled(connection, each, part(each.name)) for each in contents.tables}
        check_tables(contents, found)
        migrating.apply_in(session, WORDS, [each for each in migrations if each not in copied])
        connection.row_factory = rows_of
        yield Replacement(
            session,
            lambda: _run(connection, "SET CONSTRAINTS ALL IMMEDIATE"),
            lambda: _run(connection, "COMMIT"),
        )


@contextmanager
def _undone(connection: _Connection) -> Iterator[None]:
    """Open a transaction that is undone unless the block commits it."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


def _run(connection: _Connection, statement: str) -> None:
    connection.execute(statement.encode())


def holds_anything(url: str) -> bool:
    """Whether there are tables."""
    with _connected(url) as connection:
        return bool(_tables(connection))


@contextmanager
def _connected(url: str) -> Iterator[_Connection]:
    with (
        translated(),
        psycopg.connect(
            url,
            connect_timeout=int(PATIENCE),
            autocommit=True,
            client_encoding="UTF8",  # whatever PGCLIENTENCODING says: a copy is read elsewhere
        ) as connection,
    ):
        connection.execute(f"SET lock_timeout = {int(PATIENCE * 1000)}".encode())
        yield connection


def _tables(connection: _Connection, names: Collection[str] | None = None) -> list[str]:
    """Return the tables there are, or those of some names."""
    found = [row[0] for row in connection.execute(_TABLES)]
    return found if names is None else [name for name in found if name in names]


def _applied(connection: _Connection, migrations: Sequence[Migration]) -> set[str]:
    """Return the names of the migrations that were applied.

    :raises CopyError: some are not known, and so are not their tables
    """
    if ("name", False) not in connection.execute(_COLUMNS, (LEDGER,)).fetchall():
        raise CopyError(_ANOTHERS)
    applied = {str(row[0]) for row in connection.execute("SELECT name FROM schema_migration")}
    later = applied - {each.name for each in migrations}
    if later:
        raise CopyError(
            f"The database is of a later version of Provisor (with {min(later)});"
            " use that, or another database."
        )
    return applied


def _in_order(connection: _Connection, names: Collection[str]) -> Iterable[str]:
    """Return the tables so that each comes after those that its rows refer to."""
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(names, ()))
    for referring, referred in connection.execute(_REFERENCES):
        if referring in names:
            order.add(referring, referred)
    return order.static_order()


def _copied(connection: _Connection, name: str, put: Put) -> CopiedTable:
    known = dict(connection.execute(_COLUMNS, (name,)).fetchall())
    columns = tuple(known)
    with connection.cursor() as cursor:
        with cursor.copy(_copying("COPY {} ({}) TO STDOUT", name, columns)) as copy:
            put(name, map(bytes, copy))
        rows = cursor.rowcount
    counted_to = None
    for column in (each for each, is_counted in known.items() if is_counted):
        told = connection.execute(_COUNTED_TO, (name, column)).fetchone()
        counted_to = told[0] if told else None
    return CopiedTable(name, rows, columns, counted_to)


def _filled(connection: _Connection, table: CopiedTable, chunks: Iterator[bytes]) -> int:
    """Put the rows of a copy into a table, and return how many there are then."""
    known = dict(connection.execute(_COLUMNS, (table.name,)).fetchall())
    if set(known) != set(table.columns):
        raise CopyError(f"The backup is damaged: {table.name} has other columns.")
    named = Identifier(table.name)
    try:
        with connection.cursor() as cursor:
            if cursor.execute(SQL("SELECT 1 FROM {} LIMIT 1").format(named)).fetchone():
                cursor.execute(SQL("DELETE FROM {}").format(named))  # what migrations put there
            with cursor.copy(_copying("COPY {} ({}) FROM STDIN", *_names(table))) as copy:
                for chunk in chunks:
                    copy.write(chunk)
            rows = cursor.rowcount
        _go_on_counting(connection, table, known)
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
        raise CopyError(f"The backup is damaged: {table.name} cannot be read.") from error
    return rows


def _go_on_counting(connection: _Connection, table: CopiedTable, known: Mapping[str, bool]) -> None:
    """Give no row a number that was given already, be it to a row that is gone."""
    for column in (name for name, is_counted in known.items() if is_counted):
        connection.execute(
            SQL(
                "SELECT setval(pg_get_serial_sequence({}, {}),"
                " GREATEST((SELECT MAX({}) FROM {}), {}))"
            ).format(
                table.name, column, Identifier(column), Identifier(table.name), table.counted_to
            )
        )


def _names(table: CopiedTable) -> tuple[str, tuple[str, ...]]:
    return table.name, table.columns


def _copying(statement: str, name: str, columns: Sequence[str]) -> Composed:
    shown = SQL(", ").join(map(Identifier, columns))
    return SQL(statement).format(Identifier(name), shown)


def _clear(connection: _Connection, migrations: Sequence[Migration]) -> None:
    """Drop every table that is ours, if nobody uses them and nothing of others depends on them.

    :raises CopyError: there are none, somebody uses them, or something depends on them
    """
    if not _tables(connection):
        return
    names = _tables(connection, tables_of(migrations))
    if LEDGER not in names:
        raise CopyError(_ANOTHERS)
    _applied(connection, migrations)
    others = connection.execute(_OTHERS).fetchone()
    if others and others[0]:
        raise CopyError(
            f"The database is in use by {others[0]} connections;"
            " stop the servers before you replace it."
        )
    dropped = SQL(", ").join(map(Identifier, names))
    try:
        connection.execute(SQL("DROP TABLE {}").format(dropped))
    except psycopg.errors.DependentObjectsStillExist as error:
        told = "; ".join((error.diag.message_detail or "").splitlines())
        raise CopyError(f"Something of another program needs the tables: {told}.") from error
    for name in names:
        for (function,) in connection.execute(_FUNCTIONS, (f"{name}_is_append_only",)).fetchall():
            connection.execute(f"DROP FUNCTION {function}".encode())
