"""Copies of a SQLite file: :mod:`scim.storage.copying`."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite3

from scim.storage.copying import Contents, CopiedTable, CopyError, Part, Put, check_tables
from scim.storage.database import Migration, Session
from scim.storage.sqlite import SqliteDatabase
from scim.storage.sqlite_transactions import TRANSLATED

_CHUNK = 1 << 20

_BESIDE = ("-wal", "-shm", "-journal", "-turn")
"""What ends the names of files that belong to a database file."""


def copy_out(path: Path, scratch: Path, put: Put) -> Contents:
    """Take a copy of a file while others read and write it."""
    if not path.exists():
        raise CopyError(f"There is no database in {path}; see PROVISOR_INSTANCE.")
    copy = scratch / path.name
    with TRANSLATED, closing(_connected(path)) as source, closing(_connected(copy)) as target:
        source.execute("PRAGMA query_only=ON")
        source.backup(target)  # in one step: one state of the file, whoever writes meanwhile
        target.execute("PRAGMA journal_mode=DELETE")  # so that the file is all of it
        contents = _contents(target)
    put(path.name, _chunks(copy))
    copy.unlink()
    return contents


@contextmanager
def copied_in(
    path: Path, contents: Contents, part: Part, migrations: Sequence[Migration]
) -> Iterator[Session]:
    """Open a transaction on a copy that takes the place of a file when it is committed."""
    draft = path.with_name(f"{path.name}.restoring")
    with _held(path):
        try:
            _write(draft, part(path.name))
            _check(draft, contents)
            database = SqliteDatabase(draft)
            try:
                database.migrate(migrations)
                with database.write() as session:
                    yield session
            finally:
                database.close()
            with TRANSLATED, closing(_connected(draft)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
            _give_name(draft, path)
        finally:
            for name in ("", *_BESIDE):
                Path(f"{draft}{name}").unlink(missing_ok=True)


def _connected(path: Path, patience: float = 5.0) -> sqlite3.Connection:
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return sqlite3.connect(path, timeout=patience, isolation_level=None)


def _contents(connection: sqlite3.Connection) -> Contents:
    """Return what a file holds.

    :raises CopyError: it is damaged, or nobody's
    """
    faults = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    if faults != ["ok"]:
        raise CopyError(f"The database is damaged: {' '.join(' '.join(faults).split())}.")
    names = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    ]
    if "schema_migration" not in names:
        raise CopyError("The database holds no tables; run provisor migrate.")
    tables = [CopiedTable(name, _count(connection, name)) for name in sorted(names)]
    applied = connection.execute("SELECT name FROM schema_migration ORDER BY name")
    return Contents(tuple(row[0] for row in applied), tuple(tables))


def _count(connection: sqlite3.Connection, table: str) -> int:
    counted = connection.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 - of the schema
    return int(counted.fetchone()[0])


def _check(draft: Path, contents: Contents) -> None:
    try:
        with closing(_connected(draft)) as connection:
            found = _contents(connection)
    except sqlite3.DatabaseError as error:
        raise CopyError(f"The backup is damaged: {error}.") from error
    check_tables(contents, {table.name: table.rows for table in found.tables})


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Keep everybody out of a file, if it is there, until another has its name."""
    if not path.exists():
        yield
        return
    with closing(_connected(path, 0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=DELETE")  # refused while another has it open
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise CopyError(
                f"{path} cannot be replaced ({error}); stop the servers that use it."
            ) from error
        except sqlite3.DatabaseError:
            pass  # what is no database nobody uses
        yield


def _write(draft: Path, chunks: Iterator[bytes]) -> None:
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        # a command that root runs must not lock the server out
        with suppress(PermissionError):
            owner = draft.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        for chunk in chunks:
            file.write(chunk)


def _give_name(draft: Path, path: Path) -> None:
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    for name in _BESIDE[:-1]:
        Path(f"{path}{name}").unlink(missing_ok=True)  # it would be taken for the new file's
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
