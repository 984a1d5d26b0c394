"""Copies of a SQLite file: :mod:`scim.storage.copying`."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite3

from scim.storage.copying import (
    Contents,
    CopiedTable,
    CopyError,
    Part,
    Put,
    Replacement,
    check_tables,
)
from scim.storage.database import Migration, Session
from scim.storage.files import belong_with, keep_names
from scim.storage.sqlite import SqliteDatabase
from scim.storage.sqlite_transactions import TRANSLATED

_CHUNK = 1 << 20

_BESIDE = ("-wal", "-shm", "-journal", "-turn")
"""What ends the names of files that belong to a database file."""


def copy_out(path: Path, scratch: Path, put: Put, check: Callable[[Session], None]) -> Contents:
    """Take a copy of a file while others read and write it."""
    if not path.exists():
        raise CopyError(f"There is no database in {path}; see PROVISOR_INSTANCE.")
    copy = scratch / path.name
    with TRANSLATED, closing(_connected(path)) as source, closing(_connected(copy)) as target:
        source.execute("PRAGMA query_only=ON")
        source.backup(target)  # in one step: one state of the file, whoever writes meanwhile
        contents = _contents(target)
    with closing(SqliteDatabase(copy)) as database, database.read() as session:
        check(session)
    _gather(copy)
    put(path.name, _chunks(copy))
    copy.unlink()
    return contents


@contextmanager
def copied_in(
    path: Path, contents: Contents | None, part: Part, migrations: Sequence[Migration]
) -> Iterator[Replacement]:
    """Open a transaction on a copy that is to take the place of a file."""
    draft = path.with_name(f"{path.name}.restoring")
    with _held(path) as is_there, _gone(draft):
        _write(draft, part(path.name) if contents else iter(()))
        if contents:
            _check(draft, contents)
        with ExitStack() as stack:
            database = stack.enter_context(closing(SqliteDatabase(draft)))
            database.migrate(migrations)
            session = stack.enter_context(database.write())

            def finish() -> None:
                stack.close()
                _gather(draft)

            yield Replacement(session, finish, lambda: _give_name(draft, path, is_there=is_there))


@contextmanager
def _gone(draft: Path) -> Iterator[None]:
    """Leave nothing of a draft; before the block, that is what a killed process has left."""
    names = [Path(f"{draft}{end}") for end in ("", *_BESIDE)]
    for name in names:
        name.unlink(missing_ok=True)
    try:
        yield
    finally:
        for name in names:
            name.unlink(missing_ok=True)


def _gather(path: Path) -> None:
    """Let a file be all of a database, and survive a power cut."""
    with TRANSLATED, closing(_connected(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with path.open("rb") as file:
        os.fsync(file.fileno())


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
def _held(path: Path) -> Iterator[bool]:
    """Keep everybody out of a file, if it is there, until another has its name."""
    if not path.exists():
        yield False
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
        yield True


def _write(draft: Path, chunks: Iterator[bytes]) -> None:
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        belong_with(descriptor, draft.parent)
        for chunk in chunks:
            file.write(chunk)


def _give_name(draft: Path, path: Path, *, is_there: bool) -> None:
    """Let a draft have the name of the file that it replaces, or one that nobody has taken."""
    if is_there:
        for name in _BESIDE[:-1]:
            Path(f"{path}{name}").unlink(missing_ok=True)  # it would be taken for the new file's
        draft.replace(path)
    else:
        try:
            path.hardlink_to(draft)
        except FileExistsError as error:
            raise CopyError(f"{path} was made meanwhile; stop the servers that use it.") from error
    keep_names(path.parent)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
