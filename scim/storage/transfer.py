"""Every statement that moves a whole tenant in or out, written once for both engines.

A :class:`Transfer` belongs to one transaction and one tenant, as its resources do.
"""

from collections.abc import Iterator, Mapping, Sequence

from scim.storage.database import Session
from scim.storage.expression import places
from scim.storage.resources import COLUMNS, Record


class Transfer:
    """What one tenant holds, as it is looked through from its first row to its last."""

    def __init__(self, session: Session, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    def by_ids(self, ids: Sequence[str]) -> Mapping[str, Record]:
        """Return those resources of any type that have one of these ids, by their ids."""
        rows = self._session.all(
            f"SELECT {COLUMNS} FROM resource AS r"
            f" WHERE r.tenant_id = ? AND r.id IN ({places(ids)})",
            (self._tenant_id, *ids),
        )
        return {record.id: record for record in (Record(*row) for row in rows)}

    def by_keys(self, type_: str, keys: Sequence[str]) -> Mapping[str, Record]:
        """Return the first resource of a type with each of these unique keys, by its key."""
        rows = self._session.all(
            f"SELECT {COLUMNS}, r.unique_key FROM resource AS r"
            f" WHERE r.tenant_id = ? AND r.type = ? AND r.unique_key IN ({places(keys)})"
            " ORDER BY r.seq DESC",
            (self._tenant_id, type_, *keys),
        )
        return {key: Record(*record) for *record, key in rows}

    def resources(self, type_: str, size: int) -> Iterator[list[Record]]:
        """Return every resource of a type, oldest first, at most so many at once."""
        last = 0
        while True:
            rows = self._session.all(
                f"SELECT {COLUMNS} FROM resource AS r"
                " WHERE r.tenant_id = ? AND r.type = ? AND r.seq > ? ORDER BY r.seq LIMIT ? + 0",
                (self._tenant_id, type_, last, size),
            )
            if not rows:
                return
            last = rows[-1]["seq"]
            yield [Record(*row) for row in rows]
