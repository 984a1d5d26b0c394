"""Searching the audit log: a page of lines, newest first, however long the log is.

A search starts from the index that is likely to leave the fewest lines, and looks through no more
than :data:`MOST_SEEN` of them; where that finds less than a page, the next page goes on from there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.audit.lines import COLUMNS, Line
from scim.instant import to_text
from scim.storage import Database, Session

PAGE = 30
"""Lines on one page of the console."""

MOST_SEEN = 20_000
"""Lines that are looked through for one page."""

_EXPORTED_AT_ONCE = 1_000

_SLACK = timedelta(minutes=10)
"""How far the moments of lines may be out of their order: as long as a transaction, or as far as
the clocks of two servers are apart."""

_IS_SERVICE_ACCOUNT = "(actor >= 'service-account:' AND actor < 'service-account;')"
_IS_NO_SERVICE_ACCOUNT = "(actor < 'service-account:' OR actor > 'service-account;')"
"""As the index of actors has it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are asked for; None asks for all."""

    app_id: str | None = None
    actor: str | None = None
    """As in the line, or ``app:<id>`` for everything that an app itself does."""

    action: str | None = None
    object_id: str | None = None
    tenant_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is not asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first."""

    lines: Sequence[Line]
    before: int | None
    """Where the next page starts: with the lines before this one; None at the end of the log."""

    seen_to: str | None = None
    """The moment up to which all lines were looked through, where that is not the end."""


class AuditLog:
    """The lines of the audit log, to be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, filters: Filters, before: int | None = None, size: int = PAGE) -> Page:
        """Return lines that meet all filters.

        :param before: only those before this number
        :raises Unavailable: the database cannot be reached
        """
        with self._database.read() as session:
            span = _span(session, filters, before)
            if span is None:
                return Page((), None)
            return _page(session, filters, span, size)

    def all(self, filters: Filters) -> Iterator[Line]:
        """Yield every line that meets all filters; no transaction stays open meanwhile.

        :raises Unavailable: the database cannot be reached
        """
        page = self.page(filters, size=_EXPORTED_AT_ONCE)
        yield from page.lines
        while page.before is not None:
            page = self.page(filters, page.before, _EXPORTED_AT_ONCE)
            yield from page.lines

    def actions(self) -> list[str]:
        """Return every action there is a line of, by its name: a few dozen at most."""
        found: list[str] = []
        with self._database.read() as session:
            sql = "SELECT action FROM audit WHERE action > ? ORDER BY action LIMIT 1"
            # from one to the next in the index: DISTINCT would walk all of it
            while row := session.one(sql, (found[-1] if found else "",)):
                found.append(row["action"])
        return found

    def actors_of(self, app_id: str, actors: Iterable[str]) -> list[str]:
        """Return those of some actors, service accounts aside, who did something about an app.

        Of each, no more than the last :data:`MOST_SEEN` doings are looked at.
        """
        of_actor = (
            f"SELECT app_id FROM audit WHERE actor = ? AND {_IS_NO_SERVICE_ACCOUNT}"  # noqa: S608 - a constant
            f" ORDER BY seq DESC LIMIT {MOST_SEEN}"
        )
        sql = f"SELECT 1 FROM ({of_actor}) AS seen WHERE app_id = ? LIMIT 1"  # noqa: S608 - from above
        with self._database.read() as session:
            return [actor for actor in actors if session.one(sql, (actor, app_id))]


@dataclass(frozen=True, slots=True)
class _Span:
    """The numbers among which lines are looked for."""

    above: int
    below: int


def _span(session: Session, filters: Filters, before: int | None) -> _Span | None:
    # one by one: of both at once, SQLite walks the table to find out
    row = session.one(
        "SELECT (SELECT MIN(seq) FROM audit) AS first, (SELECT MAX(seq) FROM audit) AS last"
    )
    if row is None or row["last"] is None:
        return None
    first, last = int(row["first"]), int(row["last"])
    below = last + 1 if before is None else min(before, last + 1)
    above = first - 1
    if filters.since is not None:
        above = _first_at(session, filters.since - _SLACK, _Span(first, last)) - 1
    if filters.until is not None:
        below = min(below, _first_at(session, filters.until + _SLACK, _Span(first, last)))
    return _Span(above, below) if above < below else None


def _first_at(session: Session, moment: datetime, span: _Span) -> int:
    """Return the number of the first line at a moment or later, by halves; or one behind all.

    The moments of lines are in order, but for the slack.
    """
    text, low, high = to_text(moment), span.above, span.below + 1
    while low < high:
        middle = (low + high) // 2
        row = session.one("SELECT at FROM audit WHERE seq >= ? ORDER BY seq LIMIT 1", (middle,))
        if row is not None and row["at"] < text:
            low = middle + 1
        else:
            high = middle
    return low


def _page(session: Session, filters: Filters, span: _Span, size: int) -> Page:
    start, rest = _terms(filters)
    inner, asked = _all_of([*start, ("seq > ? AND seq < ?", (span.above, span.below))])
    outer, compared = _all_of(rest)
    seen = f"SELECT {COLUMNS} FROM audit WHERE {inner} ORDER BY seq DESC LIMIT {MOST_SEEN}"  # noqa: S608 - terms from below
    sql = f"SELECT {COLUMNS} FROM ({seen}) AS seen WHERE {outer} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - likewise
    found = [Line(*row) for row in session.sought(sql, (*asked, *compared, size + 1))]
    if len(found) > size:
        return Page(found[:size], found[size - 1].seq)
    if not rest:
        return Page(found, None)
    last = session.one(
        f"SELECT seq, at FROM audit WHERE {inner} ORDER BY seq DESC LIMIT 1 OFFSET {MOST_SEEN - 1}",  # noqa: S608 - likewise
        asked,
    )
    return Page(found, last["seq"], last["at"]) if last else Page(found, None)


_Term = tuple[str, tuple[Any, ...]]


def _terms(filters: Filters) -> tuple[list[_Term], list[_Term]]:
    """Return what to start from, which an index holds, and what else is to be met."""
    own = _own_doings(filters)
    terms: list[_Term] = []
    if filters.object_id is not None:
        terms.append(("object_id = ?", (filters.object_id,)))
    if filters.actor is not None and not own:
        terms.append((f"actor = ? AND {_IS_NO_SERVICE_ACCOUNT}", (filters.actor,)))
    if filters.action is not None:
        terms.append(("action = ?", (filters.action,)))
    if filters.app_id is not None:
        terms.append(("app_id = ?", (filters.app_id,)))
    terms += own
    return terms[:1], [*terms[1:], *_unindexed(filters)]


def _own_doings(filters: Filters) -> list[_Term]:
    """Return what only the doings of an app itself meet, if that is the actor."""
    kind, _, app_id = (filters.actor or "").partition(":")
    if kind != "app":
        return []
    by_it = (f"({_IS_SERVICE_ACCOUNT} OR actor = ?)", (filters.actor,))
    return [("app_id = ?", (app_id,)), by_it]


def _unindexed(filters: Filters) -> list[_Term]:
    terms: list[_Term] = []
    if filters.tenant_id is not None:
        terms.append(("tenant_id = ?", (filters.tenant_id,)))
    if filters.since is not None:
        terms.append(("at >= ?", (to_text(filters.since),)))
    if filters.until is not None:
        terms.append(("at < ?", (to_text(filters.until),)))
    return terms


def _all_of(terms: Sequence[_Term]) -> tuple[str, tuple[Any, ...]]:
    sql = " AND ".join(text for text, _ in terms) or "1 = 1"
    return sql, tuple(value for _, values in terms for value in values)
