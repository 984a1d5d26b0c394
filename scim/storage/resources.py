"""Every statement on resources, written once for both engines.

A :class:`Resources` belongs to one transaction and one tenant: it is the only door to the table,
so no statement can forget whose directory it is about.
In every SELECT ``r`` is the row of the resource, which conditions may name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scim.storage.counts import Counts
from scim.storage.database import Conflict, Session, Words
from scim.storage.expression import Expression, put
from scim.storage.lookups import LookedUp, Lookups


@dataclass(frozen=True, slots=True)
class Content:
    """What a write puts into a resource."""

    doc: str
    """The JSON a client sees, without ``id``, ``meta``, ``members`` and ``groups``."""

    folded: str
    """The same in its comparison form."""

    looked_up: LookedUp
    """The values it is looked up by."""

    unique_key: str | None
    """The comparison form of the value no other resource of the type may have."""

    also_unique: Mapping[str, str | None] = field(default_factory=dict)
    """The same for every further unique attribute of the type, by its path."""

    is_exclusive: bool = True
    """Whether the unique key is; a resource keeps what it was when it got its key."""


class Record(NamedTuple):
    """One stored resource."""

    seq: int
    """Its number in the order of creation."""

    id: str
    type: str
    doc: str
    version: int
    created_at: str
    modified_at: str
    related: str | None = None
    """The entries of its members or groups, as JSON with commas between them, where it was found
    to be shown with them; None where there are none."""

    folded: str = ""
    """Its comparison form, where it was found to be changed."""

    @property
    def listed(self) -> "Listed":
        """The same as lists read it."""
        _, id_, type_, doc, version, created_at, modified_at, related, _ = self
        return id_, type_, doc, version, created_at, modified_at, related


Listed = tuple[str, str, str, int, str, str, str | None]
"""One resource as lists read it: its id, its type, its document, its version, when it was made and
last changed, and what it is shown with. A page makes hundreds of them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a resource was in the directory it comes from, as far as that is known."""

    created_at: str | None = None
    modified_at: str | None = None
    version: int = 1


_NEW = Origin()

COLUMNS = ", ".join(f"r.{name}" for name in Record._fields if name not in {"related", "folded"})
"""What a SELECT of resources needs to return, before what they are shown with."""

LISTED = "r.id, r.type, r.doc, r.version, r.created_at, r.modified_at"
"""What a SELECT of a list needs to return, before what they are shown with."""

ALONE = Expression("NULL")
"""What a resource is shown with that is shown without members and groups."""


class Resources:
    """The resources of one tenant, as one transaction sees and changes them."""

    def __init__(self, session: Session, words: Words, tenant_id: str) -> None:
        self._session = session
        self._words = words
        self._tenant_id = tenant_id
        self._lookups = Lookups(session, tenant_id)
        self._counts = Counts(session, words, tenant_id)

    def insert(
        self, id_: str, type_: str, content: Content, now: str, origin: Origin = _NEW
    ) -> Record:
        """Add a resource and return it.

        :param origin: what it was before, which it stays
        :raises Conflict: another resource of the type has the same unique key
        """
        created_at, modified_at = origin.created_at or now, origin.modified_at or now
        row = self._session.one(
            "INSERT INTO resource (tenant_id, type, id, unique_key, exclusive, doc, folded,"
            " version, created_at, modified_at)"
            f" VALUES (?, ?, ?, ?, ?, ?, {self._words.json_value}, ?, ?, ?) RETURNING seq",
            (
                self._tenant_id,
                type_,
                id_,
                content.unique_key,
                int(content.is_exclusive),
                content.doc,
                content.folded,
                origin.version,
                created_at,
                modified_at,
            ),
        )
        seq = int(row["seq"]) if row else 0
        self._lookups.change(type_, seq, frozenset(), content.looked_up)
        self._counts.change(type_, seq, 1)
        return Record(seq, id_, type_, content.doc, origin.version, created_at, modified_at)

    def find(self, type_: str, id_: str, shown: Expression = ALONE) -> Record | None:
        """Return a resource, or None when the tenant has none of this type and id.

        :param shown: what it is shown with, an expression on ``r``
        """
        return self._find(type_, id_, put("{}, ''", shown), "")

    def find_locked(self, type_: str, id_: str) -> Record | None:
        """Return a resource that no one else changes until the transaction ends, or None."""
        folded = self._words.json_text.format("r.folded")
        return self._find(type_, id_, Expression(f"NULL, {folded}"), self._words.lock_row)

    def update(self, record: Record, content: Content, before: LookedUp, now: str) -> Record:
        """Give a locked resource new content and return it with its next version.

        :param before: the values it was looked up by
        :raises Conflict: another resource of the type has the same unique key
        """
        self._session.run(
            "UPDATE resource SET unique_key = ?,"
            " exclusive = CASE WHEN unique_key = ? THEN exclusive ELSE ? END,"
            f" doc = ?, folded = {self._words.json_value},"
            " version = version + 1, modified_at = ? WHERE tenant_id = ? AND id = ?",
            (
                content.unique_key,
                content.unique_key,
                int(content.is_exclusive),
                content.doc,
                content.folded,
                now,
                self._tenant_id,
                record.id,
            ),
        )
        self._lookups.change(record.type, record.seq, before, content.looked_up)
        return record._replace(doc=content.doc, version=record.version + 1, modified_at=now)

    def refuse_shared_key(self, type_: str, content: Content, id_: str) -> None:
        """Refuse a resource a new unique key that others have who share it.

        Those who do not share it are met by the index when the key is stored.

        :raises Conflict: another resource of the type shares the key
        """
        row = self._session.one(
            "SELECT 1 AS shared FROM resource AS r WHERE r.tenant_id = ? AND r.type = ?"
            " AND r.unique_key = ? AND r.exclusive = 0 AND NOT EXISTS"
            " (SELECT 1 FROM resource AS o WHERE o.tenant_id = r.tenant_id AND o.id = ?"
            " AND o.unique_key = r.unique_key)",
            (self._tenant_id, type_, content.unique_key, id_),
        )
        if row is not None:
            raise Conflict("the unique key is shared by another resource")

    def touch(self, record: Record, now: str) -> Record:
        """Give a locked resource its next version; its members changed, not its document."""
        self._session.run(
            "UPDATE resource SET version = version + 1, modified_at = ?"
            " WHERE tenant_id = ? AND id = ?",
            (now, self._tenant_id, record.id),
        )
        return record._replace(version=record.version + 1, modified_at=now)

    def claim(self, record: Record, path: str, value: str | None) -> None:
        """Give a locked resource the only right to a value, instead of the one it had.

        :raises Conflict: another resource of the type has the value
        """
        self._session.run(
            "DELETE FROM unique_value WHERE tenant_id = ? AND id = ? AND path = ?",
            (self._tenant_id, record.id, path),
        )
        if value is not None:
            self._session.run(
                "INSERT INTO unique_value (tenant_id, type, path, value, id)"
                " VALUES (?, ?, ?, ?, ?)",
                (self._tenant_id, record.type, path, value, record.id),
            )

    def delete(self, record: Record, before: LookedUp, now: str) -> None:
        """Remove a locked resource; it leaves its groups, which thereby get their next version.

        :param before: the values it was looked up by
        """
        self._session.run(
            "UPDATE resource SET version = version + 1, modified_at = ? WHERE tenant_id = ? AND id"
            " IN (SELECT group_id FROM member WHERE tenant_id = ? AND value = ?)",
            (now, self._tenant_id, self._tenant_id, record.id),
        )
        self._session.run(
            "DELETE FROM resource WHERE tenant_id = ? AND id = ?", (self._tenant_id, record.id)
        )
        self._lookups.change(record.type, record.seq, before, frozenset())
        self._counts.change(record.type, record.seq, -1)

    def _find(self, type_: str, id_: str, rest: Expression, lock: str) -> Record | None:
        if "\0" in id_:  # which PostgreSQL does not even compare
            return None
        row = self._session.one(
            f"SELECT {COLUMNS}, {rest.sql} FROM resource AS r"
            f" WHERE r.tenant_id = ? AND r.type = ? AND r.id = ?{lock}",
            (*rest.parameters, self._tenant_id, type_, id_),
        )
        return Record(*row) if row else None
