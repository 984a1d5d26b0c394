"""The seam under the queries: what a statement may rely on, whichever engine runs it.

Every statement of the product is written once, with ``?`` for each parameter,
and runs on SQLite and PostgreSQL alike.
What the two spell differently is a word in :class:`Words`; nothing else asks which engine it is.

Errors::

    StorageError
    ├── Conflict     a change contradicts a row: a unique value is taken, or a referred row is gone
    ├── NotAllowed   whoever opened the database may not make its tables, or not see all rows
    └── Unavailable  the database cannot be reached, is locked or is full: worth another try later
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from scim.storage.baton import Baton

PATIENCE = 5.0
"""Seconds a write waits for its turn before it gives up with :class:`Unavailable`."""


class StorageError(Exception):
    """What a database answers instead of doing as told; raised as one of its subclasses."""


class Conflict(StorageError):  # noqa: N818 - the field calls it a conflict (HTTP 409)
    """A change contradicts a row: a unique value is taken, or a row it refers to is gone."""


class NotAllowed(StorageError):  # noqa: N818 - likewise
    """Whoever opened the database may not make or change its tables, or not see all rows."""


class Unavailable(StorageError):  # noqa: N818 - the name of the HTTP status it becomes (503)
    """The database cannot be reached, is locked or is full; nothing was changed.

    Where the connection to a server is lost in the commit, nobody knows whether it was.
    """


class Row(Protocol):
    """One row of an answer, read by column name, or as all its values in order."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 - a column holds what its table says
        """Return the value of a column."""

    def __iter__(self) -> Iterator[Any]:
        """Return the values in the order of the columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What SQLite and PostgreSQL spell differently; braces mark where an expression goes."""

    identity: str
    """The type of a key the database counts up by itself."""

    keyed: str
    """What ends a CREATE TABLE whose rows are kept in the order of their key, if they can be."""

    text: str
    """The type of a text column, compared by code point on both engines."""

    json: str
    """The type of a column that holds JSON to search in."""

    json_value: str
    """A parameter holding JSON text, on its way into a ``json`` column."""

    json_text: str
    """The JSON text of the ``json`` column ``{}``."""

    by_code_point: str
    """What makes a text expression compare by code point, as Python does."""

    elements: str
    """The function that gives the elements of a JSON array as rows, each in ``value``."""

    contains: str
    """Whether the first text contains the second."""

    json_part: str
    """The JSON text of the member ``{}`` of the JSON object that the text ``{}`` is."""

    json_quoted: str
    """The JSON text of the text ``{}``."""

    json_members: str
    """What the JSON object that the text ``{}`` is holds, without the braces around it."""

    joined: str
    """The texts ``{}`` of all rows with commas between them, in the order of ``{}``."""

    gathered: str
    """The same in the order in which a SELECT with an ORDER BY gives the rows."""

    lock_row: str
    """What ends a SELECT that locks its row until the transaction ends."""

    skip_locked: str
    """What ends a SELECT that locks its row, or finds none where another holds it."""

    lane: str
    """A small number that differs between most connections that write at the same time."""

    counted_to: str
    """A SELECT of the highest ``number`` that was ever given to the ``identity`` key ``{1}`` of the
    table ``{0}`` so far, also to rows that are not committed or never will be."""

    adding: str
    """A SELECT of each ``writer`` who may have added rows to the table ``{}`` and has not ended."""

    table_named: str
    """A SELECT that finds a row where there is a table of the name that is its parameter."""

    append_only: tuple[str, ...]
    """The statements that let the table ``{}`` gain rows and never change or lose one."""

    version: str
    """A SELECT of the name and ``version`` of the engine."""

    size: str
    """A SELECT of how many ``bytes`` the database has on disk."""

    connections: str
    """A SELECT of the ``number`` of connections to the database by ``state``, if it knows them."""

    clock: str
    """A SELECT of the time of the database's machine, as the seconds of its ``epoch``."""


class Session(Protocol):
    """The statements of one transaction."""

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of an answer, or None when there is none.

        :raises Conflict: as :meth:`run` does, where the statement changes rows and returns one
        """

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Row]:
        """Return every row of an answer."""

    def tuples(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Do as :meth:`all`, with rows that have no names: for pages, which are long."""

    def sought(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Do as :meth:`tuples` for a statement that may take long; other threads run meanwhile."""

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it changed.

        :raises Conflict: a unique value is taken, or a row it refers to is gone
        """

    def append(self, table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
        """Add many rows, each in less time than :meth:`run` would take for it.

        :param values: those of all rows, one row after the other; one list of them costs less than
            an object for each row
        :raises Conflict: as :meth:`run` does, of any of them
        """

    def savepoint(self) -> AbstractContextManager[None]:
        """Open a part of the transaction that is undone by itself when it raises."""

    def lock(self, name: str) -> None:
        """Keep every other holder of this name out until the transaction ends."""

    def share(self, name: str) -> None:
        """Keep those who :meth:`lock` this name out until the transaction ends."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a transaction of one tenant may do to a table; what is in none, it cannot even read."""

    table: str
    rights: tuple[str, ...] = ("SELECT", "INSERT", "UPDATE", "DELETE")
    owner: str = ""
    """Which rows are the tenant's, where the table has no ``tenant_id`` to tell."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered, append-only change of the schema.

    Its statements use the words ``$identity``, ``$text``, ``$json``, ``$elements`` and ``$keyed``
    for what engines spell differently.
    """

    name: str
    statements: tuple[str, ...]
    append_only: tuple[str, ...] = ()
    """The tables that gain rows from then on, and never change or lose one: :class:`Conflict`."""
    reach: tuple[Reach, ...] = ()
    """What transactions of one tenant may do to the tables it makes."""


class Transactions(Protocol):
    """Transactions that read and transactions that write."""

    def read(self) -> AbstractContextManager[Session]:
        """Open a transaction that sees one state of the database and changes nothing.

        :raises Unavailable: the database cannot be reached
        """

    def glance(self) -> AbstractContextManager[Session]:
        """Open what reads with a single statement, which needs no transaction around it.

        :raises Unavailable: the database cannot be reached
        """

    def write(
        self, patience: float = PATIENCE, *, at_length: bool = False
    ) -> AbstractContextManager[Session]:
        """Open a transaction that commits when the block ends and rolls back when it raises.

        :param patience: seconds to wait for other writers
        :param at_length: whether it may take long, so that no other commit is to wait for it
        :raises Unavailable: the database cannot be reached, or other writers took too long
        """


class Database(Transactions, Protocol):
    """An engine: its own transactions see all tenants; and the schema they run on."""

    words: Words

    baton: Baton
    """What one of the threads that answer requests holds; it is laid down wherever this waits."""

    def of(self, tenant_id: str | None) -> Transactions:
        """Return transactions that can do nothing to the rows of other tenants.

        :param tenant_id: None where that is about to be found out

        Every statement names its tenant all the same: this is the second wall, for one that
        forgets to, and only PostgreSQL has it.
        """

    def migrate(self, migrations: Iterable[Migration]) -> list[str]:
        """Apply the migrations not applied yet, in order, and return their names.

        Each is recorded in the transaction that applies it, so a run that was cut off goes on
        where it stopped, and two processes never apply the same one.

        :raises NotAllowed: there are some, and whoever opened the database may not apply them;
            or may not see the rows of all tenants
        """

    def close(self) -> None:
        """Close every connection; the database is not used afterwards."""
