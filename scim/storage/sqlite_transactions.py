"""Transactions and parts of them on one connection of SQLite, as context managers.

They are classes because every request enters several of them, and a generator costs more than the
statement it surrounds.
"""

from types import TracebackType

from pysqlite3 import dbapi2 as sqlite3

from scim.storage.baton import Baton
from scim.storage.database import Conflict, Unavailable

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
        "SQLITE_TOOBIG",
    }
)
"""Primary result codes that say nothing about the statement: the file is out of use, or what was
asked for is more than SQLite puts together in one text."""


class Translated:
    """Turns what SQLite raises when it cannot work just now into the seam's word for it."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.IntegrityError):
            raise Conflict(str(error)) from error
        if isinstance(error, sqlite3.DatabaseError) and _name_of(error) in _UNUSABLE:
            raise Unavailable(str(error)) from error


TRANSLATED = Translated()


def _name_of(error: sqlite3.DatabaseError) -> str:
    return str(getattr(error, "sqlite_errorname", ""))  # only what SQLite itself says has one


class Whole:
    """All of a transaction so far; as a savepoint, SQLite would keep a journal of it."""

    def __init__(self, connection: sqlite3.Connection, baton: Baton) -> None:
        self._connection = connection
        self._baton = baton

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None and self._connection.in_transaction:  # else the error undid it
            with TRANSLATED, self._baton.laid_down():
                self._connection.rollback()
                self._connection.execute("BEGIN IMMEDIATE")
        TRANSLATED.__exit__(kind, error, at)


class Savepoint:
    """A part of a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        with TRANSLATED:
            self._connection.execute("SAVEPOINT part")  # one name for all: it means the innermost

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with TRANSLATED:
            if error is None:
                self._connection.execute("RELEASE part")
            elif self._connection.in_transaction:  # else the error undid more than this
                self._undo()
        TRANSLATED.__exit__(kind, error, at)

    def _undo(self) -> None:
        try:
            self._connection.execute("ROLLBACK TO part")
            self._connection.execute("RELEASE part")
        except sqlite3.Error:
            self._connection.rollback()  # nobody may commit what could not be undone
            raise
