"""Every statement that reads lists of resources, written once for both engines.

A :class:`Lists` belongs to one transaction and one tenant.
In every SELECT ``r`` is the row of the resource, which conditions may name.
"""

from dataclasses import dataclass

from scim.expression import Expression, all_of, bind, put
from scim.storage.counts import Counts
from scim.storage.database import Row, Session, Words
from scim.storage.resources import COLUMNS, Record


@dataclass(frozen=True, slots=True)
class Asked:
    """The resources that meet a condition."""

    condition: Expression
    """A condition on ``r``."""

    candidates: Expression | None = None
    """A SELECT of the ``seq`` of all that may meet it, each once; None if anybody may."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource, and what a walk orders it by."""

    record: Record
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


_EVERYBODY = Expression("resource AS r")

# SQLite joins in the order in which a CROSS JOIN is written, so it starts with the candidates
# whatever it takes for cheaper without statistics. The number is theirs: where they come in its
# order, nothing is sorted.
_CANDIDATES = (
    "(SELECT r.tenant_id, r.type, r.id, r.unique_key, r.doc, r.folded, r.version, r.created_at,"
    " r.modified_at, c.seq FROM ({}) AS c CROSS JOIN resource AS r WHERE r.seq = c.seq) AS r"
)


class Lists:
    """Lists of the resources of one tenant, as one transaction sees them."""

    def __init__(self, session: Session, words: Words, tenant_id: str) -> None:
        self._session = session
        self._of_tenant = put("r.tenant_id = {}", bind(tenant_id))
        self.counts = Counts(session, words, tenant_id)

    def count(self, asked: Asked) -> int:
        """Return how many resources there are."""
        return self._number(put("SELECT count(*) AS total FROM {}", self._rows(asked)))

    def count_candidates(self, candidates: Expression) -> int:
        """Return how many there are, where all of them meet what is asked."""
        return self._number(put("SELECT count(*) AS total FROM ({}) AS c", candidates))

    def page(self, asked: Asked, order: Expression, bounds: tuple[int, int]) -> list[Record]:
        """Return resources in an order.

        :param bounds: how many at most, and how many to leave out before them
        """
        limit, skipped = map(bind, bounds)
        template = f"SELECT {COLUMNS} FROM {{}} ORDER BY {{}} LIMIT {{}} OFFSET {{}}"
        rows = self._all(put(template, self._rows(asked), order, limit, skipped))
        return [Record(*row) for row in rows]

    def walk(self, walk: Walk, limit: int) -> list[Placed]:
        """Return the resources on a way, at most so many."""
        template = f"SELECT {COLUMNS}, r.sort_key FROM {{}} ORDER BY {{}} LIMIT {{}}"
        rows = self._all(put(template, self._way(walk), walk.order, bind(limit)))
        return [Placed(Record(*record), key) for *record, key in rows]

    def leads_on(self, walk: Walk) -> bool:
        """Whether there is any resource on a way."""
        return bool(self._all(put("SELECT 1 AS there FROM {} LIMIT 1", self._way(walk))))

    def _way(self, walk: Walk) -> Expression:
        rows = self._rows(walk.asked)
        return put(
            "(SELECT r.*, {} AS sort_key FROM {}) AS r WHERE {}", walk.key, rows, walk.beyond
        )

    def _rows(self, asked: Asked) -> Expression:
        found = asked.candidates
        source = _EVERYBODY if found is None else put(_CANDIDATES, found)
        return put("{} WHERE {}", source, all_of([self._of_tenant, asked.condition]))

    def _number(self, query: Expression) -> int:
        return int(self._all(query)[0]["total"])

    def _all(self, query: Expression) -> "list[Row]":
        return list(self._session.all(query.sql, query.parameters))
