"""Where a directory is kept: one seam, two engines."""

from pathlib import Path

from scim.storage.baton import Baton
from scim.storage.database import (
    Conflict,
    Database,
    Migration,
    NotAllowed,
    Reach,
    Row,
    Session,
    StorageError,
    Unavailable,
    Words,
)

__all__ = [
    "Baton",
    "Conflict",
    "Database",
    "Migration",
    "NotAllowed",
    "Reach",
    "Row",
    "Session",
    "StorageError",
    "Unavailable",
    "Words",
    "open_database",
    "shares_files_safely",
]


def open_database(
    where: str | Path, connections: int = 64, *, lasting: bool = True, row_security: bool = True
) -> Database:
    """Open the database at a ``postgresql://`` URL, or else in the file at a path.

    :param connections: the most connections to keep to a PostgreSQL server; there are as many as
        threads that ask at a time
    :param lasting: whether a file keeps even the last writes that were answered in a power cut
    :param row_security: whether PostgreSQL itself keeps tenants apart
    :raises Unavailable: it cannot be reached or opened
    """
    if isinstance(where, str):
        from scim.storage.postgres import PostgresDatabase  # noqa: PLC0415 - loaded where used

        return PostgresDatabase(where, connections, row_security=row_security)
    from scim.storage.sqlite import SqliteDatabase  # noqa: PLC0415 - loaded where used

    return SqliteDatabase(where, lasting=lasting)


def shares_files_safely() -> bool:
    """Whether several processes may use one database file with the SQLite at hand."""
    from scim.storage import sqlite  # noqa: PLC0415 - loaded where used

    return sqlite.shares_files_safely()
