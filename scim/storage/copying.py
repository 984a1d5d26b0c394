"""Copies of all that a database holds, taken while others use it and put in place of another.

On SQLite a copy is the file; on PostgreSQL it is the rows of each table, which go back into tables
that the migrations make.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from scim.storage.database import Migration, Session, StorageError

Put = Callable[[str, Iterator[bytes]], None]
"""Takes a part of a copy, by its name."""

Part = Callable[[str], Iterator[bytes]]
"""Returns a part of a copy."""


class CopyError(StorageError):
    """A copy cannot be taken or put in place; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table of a copy."""

    name: str
    rows: int
    columns: tuple[str, ...] = ()
    """Its columns in the order of the values, where they are kept apart from the table."""

    counted_to: int | None = None
    """The last number that was given to a row, where that is kept apart from the table."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a copy holds."""

    migrations: tuple[str, ...]
    tables: tuple[CopiedTable, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is to take the place of all that a database holds; until it is kept, nothing changes."""

    session: Session
    finish: Callable[[], None]
    """Write all of it to the disk: whatever can be refused is refused by then."""

    keep: Callable[[], None]
    """Let it take the place."""


def engine_of(where: str | Path) -> str:
    """Return the name of the engine; what one copied the other cannot read."""
    return "PostgreSQL" if isinstance(where, str) else "SQLite"


def copy_out(
    where: str | Path,
    scratch: Path,
    put: Put,
    migrations: Sequence[Migration],
    check: Callable[[Session], None],
    without: Collection[str] = (),
) -> Contents:
    """Take a copy that holds every write which was answered before, and no half of any.

    :param scratch: a folder for files that are not needed afterwards
    :param without: the tables whose rows stay out, where that is possible
    :raises CopyError: there is nothing to copy, or it is damaged
    :raises Unavailable: the database cannot be reached
    """
    if isinstance(where, str):
        from scim.storage import postgres_copying  # noqa: PLC0415 - loaded where used

        return postgres_copying.copy_out(where, put, migrations, check, without)
    from scim.storage import sqlite_copying  # noqa: PLC0415 - loaded where used

    return sqlite_copying.copy_out(where, scratch, put, check)


def copied_in(
    where: str | Path, contents: Contents | None, part: Part, migrations: Sequence[Migration]
) -> AbstractContextManager[Replacement]:
    """Open what is to take the place of all there is: a copy whose schema is up to date.

    :param contents: None for tables without rows
    :param migrations: those of the copy and those it lacks
    :raises CopyError: the copy is damaged, or others use the database
    :raises Unavailable: the database cannot be reached
    """
    if isinstance(where, str):
        from scim.storage import postgres_copying  # noqa: PLC0415 - loaded where used

        return postgres_copying.copied_in(where, contents, part, migrations)
    from scim.storage import sqlite_copying  # noqa: PLC0415 - loaded where used

    return sqlite_copying.copied_in(where, contents, part, migrations)


def holds_anything(where: str | Path) -> bool:
    """Whether there is something that a copy would take the place of.

    :raises Unavailable: the database cannot be reached
    """
    if isinstance(where, Path):
        return where.exists()
    from scim.storage import postgres_copying  # noqa: PLC0415 - loaded where used

    return postgres_copying.holds_anything(where)


def check_tables(contents: Contents, found: dict[str, int]) -> None:
    """Do nothing where the tables have the rows that a copy says.

    :raises CopyError: they have not
    """
    told = {table.name: table.rows for table in contents.tables}
    if told != found:
        odd = sorted(name for name in told | found if told.get(name) != found.get(name))
        raise CopyError(f"The backup is damaged: {', '.join(odd)} has other rows than it says.")
