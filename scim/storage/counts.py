"""How many resources there are, kept as they come and go: no list is ever walked to count it.

A count stands for a block of consecutive numbers in the order of creation, so that the page which
begins at some index is found by adding up counts, and then lies within one block.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scim.storage.database import Session, Words
from scim.storage.expression import places

BLOCK = 4096
"""Numbers in a block; the migration that made the table counted by it too."""


@dataclass(frozen=True, slots=True)
class Start:
    """A place in the order of creation that few resources lie before."""

    seq: int
    """The number of the resource, or of none, that the place begins with."""

    before: int
    """How many resources of the type lie before it."""


class Counts:
    """The numbers of one tenant's resources, as one transaction sees and changes them."""

    def __init__(self, session: Session, words: Words, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        # Every connection has a lane of its own as far as there are lanes: two that add resources
        # at once would else wait for each other's commit. Sums over lanes are exact all the same.
        self._change = (
            "INSERT INTO resource_count (tenant_id, type, block, lane, resources)"
            f" VALUES (?, ?, ?, {words.lane}, ?) ON CONFLICT (tenant_id, type, block, lane)"
            " DO UPDATE SET resources = resource_count.resources + excluded.resources"
        )

    def change(self, type_: str, seq: int, by: int) -> None:
        """Count a resource that was added (1) or removed (-1)."""
        self._session.run(self._change, (self._tenant_id, type_, seq // BLOCK, by))

    def total(self, types: Iterable[str]) -> int:
        """Return how many resources there are of some types."""
        return sum(self._total(type_) for type_ in types)

    def start_of(self, type_: str, skipped: int) -> Start:
        """Return a place that so many resources of a type, or up to a block fewer, lie before."""
        row = self._session.one(
            "SELECT c.block, c.past FROM (SELECT b.block, b.resources,"
            " sum(b.resources) OVER (ORDER BY b.block) - b.resources AS past"
            " FROM (SELECT block, sum(resources) AS resources FROM resource_count"
            " WHERE tenant_id = ? AND type = ? GROUP BY block) AS b) AS c"
            " WHERE c.past <= ? ORDER BY c.block DESC LIMIT 1",
            (self._tenant_id, type_, skipped),
        )
        return Start(row["block"] * BLOCK, int(row["past"])) if row else Start(0, 0)

    def _total(self, type_: str) -> int:
        row = self._session.one(
            "SELECT sum(resources) AS total FROM resource_count WHERE tenant_id = ? AND type = ?",
            (self._tenant_id, type_),
        )
        return int(row["total"] or 0) if row else 0


def totals(session: Session, tenant_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return how many resources there are, by tenant and type, of those that there are."""
    rows = session.all(
        "SELECT tenant_id, type, sum(resources) AS total FROM resource_count"
        f" WHERE tenant_id IN ({places(tenant_ids)}) GROUP BY tenant_id, type",
        tenant_ids,
    )
    return {(row["tenant_id"], row["type"]): int(row["total"]) for row in rows}
