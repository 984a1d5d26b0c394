"""Every statement that reads lists of resources, written once for both engines.

A :class:`Lists` belongs to one transaction and one tenant.
In every SELECT ``r`` is the row of the resource, which conditions may name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scim.storage.counts import Counts
from scim.storage.database import Session, Words
from scim.storage.expression import TRUE, Expression, bind, put
from scim.storage.members import Members
from scim.storage.resources import ALONE, LISTED, Listed


@dataclass(frozen=True, slots=True)
class Asked:
    """The resources that meet a condition."""

    condition: Expression
    """A condition on ``r``."""

    candidates: Expression | None = None
    """A SELECT of the ``seq`` of all that may meet it, each once; None if anybody may."""

    is_exact: bool = False
    """Whether there are candidates, and all of them meet it."""

    is_quick: bool = False
    """Whether an index leads to them; everybody else goes on while the others are sought."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource, and what a walk orders it by."""

    listed: Listed
    seq: int
    key: str | None


@dataclass(frozen=True, slots=True)
class Walk:
    """A way through resources, from a place in an order on."""

    asked: Asked
    key: Expression
    """What the order looks at, an expression on ``r``; the order knows it as ``r.sort_key``."""

    beyond: Expression
    """A condition on ``r.sort_key`` and ``r.seq``."""

    order: Expression


_BY_CREATION = ("r.seq", "r.seq DESC")
"""Orders that candidates can be brought into before anything else is read of them."""

_EVERYBODY = Expression("resource AS r")

# SQLite joins in the order in which a CROSS JOIN is written, so it starts with the candidates
# whatever it takes for cheaper without statistics. The number is theirs: where they come in its
# order, nothing is sorted.
_CANDIDATES = (
    "(SELECT r.tenant_id, r.type, r.id, r.unique_key, r.doc, r.folded, r.version, r.created_at,"
    " r.modified_at, c.seq FROM ({}) AS c CROSS JOIN resource AS r WHERE r.seq = c.seq) AS r"
)


class Lists:
    """Lists of the resources of one tenant, as one transaction sees them.

    ``LIMIT ? + 0``: SQLite looks at a bare bound limit while it plans, and so would plan each
    statement anew with every value, which takes longer than finding one row does.
    """

    def __init__(self, session: Session, words: Words, tenant_id: str) -> None:
        self._session = session
        self._words = words
        self._tenant_id = tenant_id

    @property
    def counts(self) -> Counts:
        """How many resources there are."""
        return Counts(self._session, self._words, self._tenant_id)

    def count(self, asked: Asked) -> int:
        """Return how many resources there are."""
        found = asked.candidates if asked.is_exact else None
        rows = self._rows(asked) if found is None else put("({}) AS c", found)
        return int(self._all(asked, put("SELECT count(*) FROM {}", rows))[0][0])

    def page(
        self,
        asked: Asked,
        order: Expression,
        bounds: tuple[int, int],
        shown: Expression = ALONE,
    ) -> Sequence[Listed]:
        """Return resources in an order.

        :param bounds: how many at most, and how many to leave out before them
        :param shown: what each is shown with, an expression on ``r``
        """
        limit, skipped = bounds
        if asked.is_exact and order.sql in _BY_CREATION:
            asked, skipped = _first(asked, TRUE, order, bounds), 0
        source = self._rows(asked)
        # who is sorted first would be shown first, all of them
        here = shown if order.sql in _BY_CREATION else ALONE
        query = Expression(
            f"SELECT {LISTED}, {here.sql} FROM {source.sql}"
            f" ORDER BY {order.sql} LIMIT ? + 0 OFFSET ?",
            (*here.parameters, *source.parameters, *order.parameters, limit, skipped),
        )
        found = self._all(asked, query)
        return found if here is shown else self.shown(found, shown)

    def text(
        self, asked: Asked, order: Expression, bounds: tuple[int, int], body: Expression
    ) -> tuple[int, str]:
        """Return how many resources there are in an order of creation, and their JSON with commas.

        :param bounds: how many at most, and how many to leave out before them
        :param body: the JSON of each, an expression on ``r``
        """
        limit, skipped = bounds
        if asked.is_exact:
            asked, skipped = _first(asked, TRUE, order, bounds), 0
        source = self._rows(asked)
        query = Expression(
            f"SELECT count(*), {self._words.gathered.format('page.body')} FROM"
            f" (SELECT {body.sql} AS body FROM {source.sql}"
            f" ORDER BY {order.sql} LIMIT ? + 0 OFFSET ?) AS page",
            (*body.parameters, *source.parameters, *order.parameters, limit, skipped),
        )
        ((count, text),) = self._all(asked, query)
        return count, text or ""

    def walk(self, walk: Walk, limit: int, shown: Expression = ALONE) -> list[Placed]:
        """Return the resources on a way, at most so many.

        :param shown: what each is shown with, an expression on ``r``
        """
        template = (
            f"SELECT {LISTED}, NULL, r.seq, r.sort_key FROM {{}} ORDER BY {{}} LIMIT {{}} + 0"
        )
        query = put(template, self._way(walk, limit), walk.order, bind(limit))
        rows = self._all(walk.asked, query)
        listed = self.shown([row[:-2] for row in rows], shown)
        return [Placed(each, *row[-2:]) for each, row in zip(listed, rows, strict=True)]

    def shown(self, listed: Sequence[Listed], shown: Expression) -> Sequence[Listed]:
        """Return resources with what they are shown with, an expression on ``r``."""
        if not listed or shown is ALONE:
            return listed
        members = Members(self._session, self._words, self._tenant_id)
        among, ids = members.among([each[0] for each in listed])
        rows = self._session.tuples(
            f"SELECT r.id, {shown.sql} FROM resource AS r"
            f" WHERE r.tenant_id = ? AND r.id IN ({among})",
            (*shown.parameters, self._tenant_id, *ids),
        )
        related = dict(rows)
        return [(*each[:-1], related[each[0]]) for each in listed]

    def leads_on(self, walk: Walk) -> bool:
        """Whether there is any resource on a way."""
        query = put("SELECT 1 FROM {} LIMIT 1", self._way(walk, 1))
        return bool(self._all(walk.asked, query))

    def _way(self, walk: Walk, limit: int) -> Expression:
        asked = walk.asked
        if asked.is_exact and walk.order.sql in _BY_CREATION:
            asked = _first(asked, walk.beyond, walk.order, (limit, 0))
        rows = self._rows(asked)
        return put(
            "(SELECT r.*, {} AS sort_key FROM {}) AS r WHERE {}", walk.key, rows, walk.beyond
        )

    def _rows(self, asked: Asked) -> Expression:
        """Return what stands behind FROM; not by ``put``, because every list comes by here."""
        found, condition = asked.candidates, asked.condition
        source = _EVERYBODY if found is None else put(_CANDIDATES, found)
        return Expression(
            f"{source.sql} WHERE r.tenant_id = ? AND {condition.sql}",
            (*source.parameters, self._tenant_id, *condition.parameters),
        )

    def _all(self, asked: Asked, query: Expression) -> Sequence[tuple[Any, ...]]:
        run = self._session.tuples if asked.is_quick else self._session.sought
        return run(query.sql, query.parameters)


def _first(asked: Asked, beyond: Expression, order: Expression, bounds: tuple[int, int]) -> Asked:
    """Return what is asked with no more candidates than a page shows."""
    limit, skipped = map(bind, bounds)
    template = "SELECT r.seq FROM ({}) AS r WHERE {} ORDER BY {} LIMIT {} + 0 OFFSET {}"
    few = put(template, asked.candidates or _EVERYBODY, beyond, order, limit, skipped)
    return replace(asked, candidates=few)
