"""One page of a list: by index (RFC 7644 §3.4.2.4), or by cursor (RFC 9865) without counting off.

A cursor holds a place in the order: a sort key, and the number of the resource that had it.
Its page is what lies beyond, so nothing moves by what is added or removed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scim.query.cursors import Cursors, Position, Use
from scim.query.indexes import Candidates, Worth
from scim.storage.expression import TRUE, Expression, all_of, bind, put
from scim.storage.lists import Asked, Lists, Placed, Walk
from scim.storage.resources import Listed

KEY_LENGTH = 512
"""Characters of a sort key that a cursor holds, so that it fits a URL.

In a list paged by cursor, resources whose keys agree in so many come in order of creation.
"""

_KEY = Expression("r.sort_key")
_NO_KEY = Expression("NULL")


@dataclass(frozen=True, slots=True)
class Order:
    """By a key, resources without one last; by creation where keys are equal.

    Descending turns the first two round, but not the third, as ``SearchRequest.sort`` does.
    """

    key: Expression | None = None
    """None: by creation alone."""

    descending: bool = False
    newest_first: bool = False
    is_indexed: bool = False
    """Whether the key is a column that is never empty nor long, and resources stand in an index
    by it: then nothing may stand around the key that would hide it from the index."""

    @property
    def turned(self) -> "Order":
        """The same order, walked from its end to its beginning."""
        return replace(self, descending=not self.descending, newest_first=not self.newest_first)

    @property
    def terms(self) -> Expression:
        """What stands behind ORDER BY."""
        seq = "r.seq DESC" if self.newest_first else "r.seq"
        if self.key is None:
            return Expression(seq)
        way = "DESC" if self.descending else "ASC"
        if not self.is_indexed:
            way += " NULLS FIRST" if self.descending else " NULLS LAST"
        return put(f"{{}} {way}, {seq}", self.key)

    def beyond(self, key: str | None, seq: int) -> Expression:
        """Return whether a resource comes after a place.

        No row values: they are unknown as soon as one part is NULL.
        """
        later = put(f"r.seq {'<' if self.newest_first else '>'} {{}}", bind(seq))
        own = self.key
        if own is None:
            return later
        if key is None:
            absent = "({} IS NOT NULL OR {})" if self.descending else "({} IS NULL AND {})"
            return put(absent, own, later)
        place = bind(key)
        if self.is_indexed:  # one range of the index, and not one after the other
            after = "<" if self.descending else ">"
            template = f"({{}} {after}= {{}} AND ({{}} {after} {{}} OR {{}}))"
            return put(template, own, place, own, place, later)
        if self.descending:
            return put("({} < {} OR ({} = {} AND {}))", own, place, own, place, later)
        ascending = "({} > {} OR ({} = {} AND {}) OR {} IS NULL)"
        return put(ascending, own, place, own, place, later, own)


@dataclass(frozen=True, slots=True)
class Statement:
    """A condition on ``r`` and an order, ready to run."""

    condition: Expression
    order: Order
    candidates: Candidates | None = None
    """Who may meet the condition; None if that is anybody."""

    whole: Sequence[str] = ()
    """The types all of whose resources meet the condition, where it asks for nothing else."""

    @property
    def asked(self) -> Asked:
        """The resources of the list."""
        found, key = self.candidates, self.order.key
        if found is None:
            return Asked(self.condition, is_quick=bool(self.whole) and key is None)
        is_quick = found.worth <= Worth.BEGINNING
        if found.is_plain or (key and key == found.column):
            return Asked(self.condition, is_quick=is_quick)
        return Asked(self.condition, found.select, is_exact=found.is_exact, is_quick=is_quick)

    @property
    def is_narrow(self) -> bool:
        """Whether what it finds likely stands on one page, in the order of creation."""
        return self.candidates is not None and self.asked.is_quick and self.order.key is None

    def total(self, lists: Lists) -> int:
        """Return how many resources meet the condition."""
        if self.whole:
            return lists.counts.total(self.whole)
        return lists.count(replace(self, order=Order()).asked)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the resources that were asked for, and what the answer says of where they are."""

    resources: Sequence[Listed]
    attributes: Mapping[str, object]
    total: int | None = None
    """How many resources the list has, where the page is all of it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A page as :class:`Page`, whose resources the database has written already."""

    size: int
    text: str
    """The JSON of its resources with commas between them."""

    attributes: Mapping[str, object]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ByIndex:
    """The page that begins at an index, counted from 1."""

    start: int
    count: int

    def page(self, lists: Lists, statement: Statement, shown: Expression) -> Page:
        """Return at most ``count`` resources.

        :param shown: what each is shown with, an expression on ``r``
        """
        asked, skipped = self._start(lists, statement)
        resources = lists.page(asked, statement.order.terms, (self.count, skipped), shown)
        return Page(resources, {"startIndex": self.start}, self._total(len(resources)))

    def written(self, lists: Lists, statement: Statement, body: Expression) -> Written:
        """Return at most ``count`` resources in the order of creation, as JSON.

        :param body: the JSON of each, an expression on ``r``
        """
        asked, skipped = self._start(lists, statement)
        size, text = lists.text(asked, statement.order.terms, (self.count, skipped), body)
        return Written(size, text, {"startIndex": self.start}, self._total(size))

    def _start(self, lists: Lists, statement: Statement) -> tuple[Asked, int]:
        """Return where to look for the page, and how many to leave out before it."""
        asked, skipped = statement.asked, self.start - 1
        if not skipped or len(statement.whole) != 1 or statement.order.key is not None:
            return asked, skipped
        start = lists.counts.start_of(statement.whole[0], skipped)
        from_there = put("r.seq >= {}", bind(start.seq))
        beyond = replace(asked, condition=all_of([asked.condition, from_there]))
        return beyond, skipped - start.before

    def _total(self, size: int) -> int | None:
        return size if self.start == 1 and size < self.count else None


class ByCursor:
    """The page that a cursor leads to; the empty one leads to the first page.

    :raises SCIMException: the cursor is not one for this use, or it is too old
    """

    def __init__(self, cursor: str, use: Use, cursors: Cursors) -> None:
        self._position = cursors.open(cursor, use) if cursor else None
        self._use = use
        self._cursors = cursors

    def page(self, lists: Lists, statement: Statement, shown: Expression) -> Page:
        """Return at most ``count`` resources, and the cursors of the pages around them.

        Going back, they are those just before the position, in the order of the list.

        :param shown: what each is shown with, an expression on ``r``
        """
        position, count = self._position, self._use.count
        if count == 0:
            return Page((), {})
        found = lists.walk(_walk(statement, position), count + 1, shown)
        taken = found[:count]
        backwards = position is not None and position.backwards
        ahead = _at(taken[-1], backwards=backwards) if len(found) > count else None
        behind = _behind(position, taken)
        if behind and not lists.leads_on(_walk(statement, behind)):
            behind = None
        resources = [each.listed for each in taken]
        if backwards:
            return Page(resources[::-1], self._sealed(previous=ahead, following=behind))
        is_whole = position is None and ahead is None
        attributes = self._sealed(previous=behind, following=ahead)
        return Page(resources, attributes, len(resources) if is_whole else None)

    def _sealed(
        self, previous: Position | None, following: Position | None
    ) -> Mapping[str, object]:
        named = {"previousCursor": previous, "nextCursor": following}
        return {
            name: self._cursors.seal(position, self._use)
            for name, position in named.items()
            if position
        }


def _walk(statement: Statement, position: Position | None) -> Walk:
    """Return the way from a position on, or from the beginning."""
    order, key = statement.order, _NO_KEY
    if order.key:
        # selected once, under a name, and looked at by that name
        kept = "{}" if order.is_indexed else f"substr({{}}, 1, {KEY_LENGTH})"
        key = put(kept, order.key)
        order = replace(order, key=_KEY)
    if position and position.backwards:
        order = order.turned
    beyond = order.beyond(position.key, position.seq) if position else TRUE
    return Walk(statement.asked, key, beyond, order.terms)


def _behind(position: Position | None, taken: Sequence[Placed]) -> Position | None:
    """Return where the page lies that is left behind, should there be one."""
    if position is None:
        return None
    if taken:
        return _at(taken[0], backwards=not position.backwards)
    # All that lay ahead is gone, and there is no dead end: the way back starts at the position
    # itself, so just beyond the resource that stands there.
    seq = position.seq - 1 if position.backwards else position.seq + 1
    return Position(not position.backwards, position.key, seq)


def _at(placed: Placed, *, backwards: bool) -> Position:
    return Position(backwards, placed.key, placed.seq)
