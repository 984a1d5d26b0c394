"""Reading the log of one app: a page at a time, newest first, whatever it is filtered by.

A page starts at an index: of what is asked for, one condition chooses it, and the others are looked
at row by row. How many rows that may be is bounded: where they run out, the page is short and says
where to go on. So no page takes long, however much there is and however little of it fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.log.entries import COLUMNS, Entry
from app.log.filters import Filters, Position
from app.log.outcomes import Outcome
from app.log.store import LogStore, object_key
from scim.storage import Row, Session

PAGE = 30

WINDOW = 5_000
"""Rows that are looked at for one page."""

_EXPORTED_AT_A_TIME = 1_000

MOST_EXPORTED = 100_000
"""Rows of one export."""

_COLUMNS = ", ".join(("seq", *COLUMNS))

_BY_TIME = "at DESC, seq DESC"

_AS_WRITTEN = "seq DESC"
"""The order of the rows of one resource: nearly that of time, and a short index has it."""

_BY = {
    "request": "request_id",
    "object": "resource_id",
    "outcome": "outcome",
    "token": "token_id",
    "type": "resource_type",
    "operation": "operation",
}
"""The column of each filter, of those with an index the one that leaves fewest rows first."""

_INDEXED = 3


@dataclass(frozen=True, slots=True)
class Logged:
    """A row of the log, and its number."""

    seq: int
    entry: Entry

    @property
    def position(self) -> Position:
        """Where it stands."""
        return Position(self.entry.at, self.seq)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, newest first."""

    rows: tuple[Logged, ...]
    next: Position | None
    """After which to go on, or None where there is no more."""

    is_cut: bool = False
    """Whether it is short because many rows were looked at that do not fit."""


class LogReader:
    """The log as the console and the command line read it."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def page(
        self, app_id: str, filters: Filters, after: Position | None = None, count: int = PAGE
    ) -> Page:
        """Return a page of the log of an app.

        :raises Unavailable: it cannot be read just now
        """
        query = _query(app_id, filters, after)
        with self._store.reading() as session:
            found = query.rows(session, count + 1)
            if len(found) > count:
                rows = tuple(map(_logged, found[:count]))
                return Page(rows, rows[-1].position)
            rest = query.end_of_window(session)
        return Page(tuple(map(_logged, found)), rest, is_cut=rest is not None)

    def all(self, app_id: str, filters: Filters) -> Iterator[Logged]:
        """Yield the rows of an app that fit, newest first, up to :data:`MOST_EXPORTED`.

        :raises Unavailable: it cannot be read just now
        """
        after, left = None, MOST_EXPORTED
        while left:
            page = self.page(app_id, filters, after, min(left, _EXPORTED_AT_A_TIME))
            yield from page.rows
            left -= len(page.rows)
            if page.next is None:
                return
            after = page.next

    def find(self, app_id: str, seq: int) -> Logged | None:
        """Return a row of an app by its number, or None where there is none.

        :raises Unavailable: it cannot be read just now
        """
        with self._store.reading() as session:
            row = session.one(
                f"SELECT {_COLUMNS} FROM provisioning_log WHERE seq = ? AND app_id = ?",  # noqa: S608 - names of columns
                (seq, app_id),
            )
        return _logged(row) if row else None


@dataclass(frozen=True, slots=True)
class _Query:
    """The statement of a page."""

    where: str
    """What an index answers."""

    parameters: tuple[object, ...]
    order: str
    rest: str
    """What is looked at row by row; empty where there is nothing."""

    rest_parameters: tuple[object, ...]

    def rows(self, session: Session, count: int) -> list[Row]:
        """Return the first rows that fit."""
        looked_at = (
            f"SELECT {_COLUMNS} FROM provisioning_log"  # noqa: S608 - names of columns
            f" WHERE {self.where} ORDER BY {self.order} LIMIT ?"
        )
        if not self.rest:
            return list(session.all(looked_at, (*self.parameters, count)))
        sql = (
            f"SELECT {_COLUMNS} FROM ({looked_at}) AS looked_at"  # noqa: S608 - likewise
            f" WHERE {self.rest} ORDER BY {self.order} LIMIT ?"
        )
        return list(session.all(sql, (*self.parameters, WINDOW, *self.rest_parameters, count)))

    def end_of_window(self, session: Session) -> Position | None:
        """Return the last row that was looked at, where there are more."""
        if not self.rest:
            return None
        row = session.one(
            f"SELECT at, seq FROM provisioning_log WHERE {self.where}"  # noqa: S608 - likewise
            f" ORDER BY {self.order} LIMIT 1 OFFSET ?",
            (*self.parameters, WINDOW - 1),
        )
        return Position(row["at"], row["seq"]) if row else None


def _query(app_id: str, filters: Filters, after: Position | None) -> _Query:
    asked = [(name, value) for name in _BY if (value := getattr(filters, name))]
    leading = asked[:1] if asked and asked[0][0] in list(_BY)[:_INDEXED] else []
    if leading == [("outcome", str(Outcome.FOUND))]:
        leading = []
    conditions: list[tuple[str, tuple[object, ...]]] = [("app_id = ?", (app_id,))]
    conditions += [_condition(name, value) for name, value in leading]
    order = _AS_WRITTEN if leading and leading[0][0] in {"object", "request"} else _BY_TIME
    if filters.since:
        conditions.append(("at >= ?", (filters.since,)))
    if filters.until:
        conditions.append(("at < ?", (filters.until,)))
    if after and order is _AS_WRITTEN:
        conditions.append(("seq < ?", (after.seq,)))
    elif after:
        conditions.append(("(at, seq) < (?, ?)", (after.at, after.seq)))
    rest = asked[len(leading) :]
    return _Query(
        " AND ".join(condition for condition, _ in conditions),
        tuple(value for _, values in conditions for value in values),
        order,
        " AND ".join(f"{_BY[name]} = ?" for name, _ in rest),
        tuple(value for _, value in rest),
    )


def _condition(name: str, value: str) -> tuple[str, tuple[object, ...]]:
    """Return the condition that chooses an index."""
    if name == "object":
        return "object_key = ? AND resource_id = ?", (object_key(value), value)
    if (
        name == "outcome"
    ):  # the words of the index, or PostgreSQL and SQLite do not see that it fits
        return "outcome = ? AND outcome <> 'Found'", (value,)
    return f"{_BY[name]} = ?", (value,)


def _logged(row: Row) -> Logged:
    seq, *values = row
    return Logged(seq, Entry(*values))
