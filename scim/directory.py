"""The directory: users and groups of every tenant, read and changed on behalf of clients.

One public method is one use case and one transaction.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from scim2_models import (
    Context,
    NotFoundException,
    UniquenessException,
)

from scim import instant, listing, membership, reading
from scim.client import Client
from scim.document import Representation, View, freeze, represent, thaw
from scim.membership import Patch
from scim.preconditions import Preconditions
from scim.provider import GROUP, KINDS, Kind
from scim.search import Query, compile_query
from scim.storage import Conflict, Database, Session
from scim.storage.members import Member, Members, Membership
from scim.storage.resources import Content, Record, Resources
from scim.tolerance import PROFILES, Profile


class Recorder(Protocol):
    """Keeps, in the transaction of a change, that it was made."""

    def __call__(
        self, session: Session, client: Client, action: str, record: Record, now: str, /
    ) -> None:
        """Record that a client did something, such as ``user.create``, to a resource."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """The tables of one tenant in one transaction."""

    session: Session
    client: Client
    resources: Resources
    members: Members


class Directory:
    """Users and groups, as RFC 7644 lets clients manage them."""

    def __init__(self, database: Database, clock: instant.Clock, record: Recorder) -> None:
        self._database = database
        self._clock = clock
        self._record = record

    def get(self, kind: Kind, id_: str, client: Client, view: View) -> Representation:
        """Return a resource (RFC 7644 §3.4.1).

        :raises NotFoundException: the tenant has no such resource
        """
        with self._read(client) as unit:
            record = unit.resources.find(kind.name, id_)
            if record is None:
                raise _not_found(kind, id_)
            return _represent(unit, record, view)

    def search(self, kinds: tuple[Kind, ...], query: Query, client: Client, view: View) -> str:
        """Return the ListResponse that answers a query (RFC 7644 §3.4.2).

        Without ``sortBy`` it is in the order of creation.

        :raises InvalidFilterException: the filter cannot be read
        :raises InvalidPathException: resources cannot be sorted as asked
        """
        profile = _profile(client)
        words = self._database.words
        statement = compile_query(query, kinds, profile, words, view.base_url)
        condition, order = statement.condition, statement.order
        with self._read(client) as unit:
            total = unit.resources.count(condition.sql, condition.parameters)
            records = unit.resources.page(
                condition.sql,
                order.sql,
                condition.parameters + order.parameters,
                (query.count, query.start_index - 1),
            )
            bodies = [each.body for each in _represent_all(unit, records, view)]
        return listing.response(bodies, total, query.start_index)

    def create(
        self, kind: Kind, body: dict[str, Any], client: Client, view: View
    ) -> Representation:
        """Add a resource and return it (RFC 7644 §3.3).

        :raises UniquenessException: its unique value is taken
        :raises SCIMException: the body cannot be read
        """
        resource = reading.read_resource(
            kind, body, _profile(client), Context.RESOURCE_CREATION_REQUEST
        )
        entries = reading.take_members(resource)
        content = freeze(kind, resource)
        now = instant.to_text(self._clock())
        with self._write(client) as unit:
            unit.members.keep_references()
            with _unique(kind):
                record = unit.resources.insert(str(uuid.uuid4()), kind.name, content, now)
            membership.apply(membership.Join(entries), unit.members, record.id)
            self._record(unit.session, client, f"{kind.name.lower()}.create", record, now)
            return _represent(unit, record, view)

    def replace(
        self,
        kind: Kind,
        id_: str,
        body: dict[str, Any],
        preconditions: Preconditions,
        client: Client,
        view: View,
    ) -> Representation:
        """Replace a resource and return it (RFC 7644 §3.5.1).

        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        :raises SCIMException: the body cannot be read, or changes what may not change
        """
        resource = reading.read_resource(
            kind, body, _profile(client), Context.RESOURCE_REPLACEMENT_REQUEST
        )
        entries = reading.take_members(resource)
        with self._change(kind, id_, preconditions, client) as (unit, record):
            resource.replace(thaw(kind, record))
            joined = kind is GROUP and membership.apply(
                membership.Become(entries), unit.members, id_
            )
            saved = self._save(unit, record, freeze(kind, resource), "replace", touched=joined)
            return _represent(unit, saved, view)

    def patch(
        self,
        kind: Kind,
        id_: str,
        body: dict[str, Any],
        preconditions: Preconditions,
        client: Client,
        view: View,
    ) -> Representation:
        """Carry out operations on a resource, all or none, and return it (RFC 7644 §3.5.2).

        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        :raises SCIMException: an operation cannot be read or carried out
        """
        patch = reading.read_patch(kind, body, _profile(client))
        with self._change(kind, id_, preconditions, client) as (unit, record):
            if kind is GROUP:
                content, touched = _patch_group(unit, record, patch)
            else:
                content, touched = _patch_document(kind, record, patch, client), False
            saved = self._save(unit, record, content, "patch", touched=touched)
            return _represent(unit, saved, view)

    def delete(self, kind: Kind, id_: str, preconditions: Preconditions, client: Client) -> None:
        """Remove a resource, from its groups too (RFC 7644 §3.6).

        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        """
        now = instant.to_text(self._clock())
        with self._write(client) as unit:
            unit.members.end_references()
            record = _locked(unit, kind, id_, preconditions)
            unit.resources.delete(record, now)
            self._record(unit.session, client, f"{kind.name.lower()}.delete", record, now)

    @contextmanager
    def _read(self, client: Client) -> Iterator[_Unit]:
        with self._database.read() as session:
            yield self._unit(session, client)

    @contextmanager
    def _write(self, client: Client) -> Iterator[_Unit]:
        with self._database.write() as session:
            yield self._unit(session, client)

    @contextmanager
    def _change(
        self, kind: Kind, id_: str, preconditions: Preconditions, client: Client
    ) -> Iterator[tuple[_Unit, Record]]:
        """Open a transaction that holds a resource in the version demanded."""
        with self._write(client) as unit:
            unit.members.keep_references()
            yield unit, _locked(unit, kind, id_, preconditions)

    def _unit(self, session: Session, client: Client) -> _Unit:
        words, tenant_id = self._database.words, client.tenant_id
        return _Unit(
            session,
            client,
            Resources(session, words, tenant_id),
            Members(session, words, tenant_id),
        )

    def _save(
        self, unit: _Unit, record: Record, content: Content, verb: str, *, touched: bool
    ) -> Record:
        """Store what changed and return the resource; no change is no new version (§3.5.2.1)."""
        now = instant.to_text(self._clock())
        kind = KINDS[record.type]
        if content.doc != record.doc:
            with _unique(kind):
                record = unit.resources.update(record, content, now)
        elif touched:
            record = unit.resources.touch(record, now)
        else:
            return record
        self._record(unit.session, unit.client, f"{kind.name.lower()}.{verb}", record, now)
        return record


def _patch_document(kind: Kind, record: Record, patch: Patch, client: Client) -> Content:
    resource = thaw(kind, record)
    patch.patch(resource, scim_policy=_profile(client).policy)
    return freeze(kind, resource)


def _patch_group(unit: _Unit, record: Record, patch: Patch) -> tuple[Content, bool]:
    """Return the patched document of a group, and whether its members changed."""
    policy = _profile(unit.client).policy
    plan = membership.plan(patch, policy)
    members = [] if plan else unit.members.of_groups([record.id])[record.id]
    resource = thaw(GROUP, record, members)
    if plan is None:
        patch.patch(resource, scim_policy=policy)
        changes: Sequence[membership.RowChange] = [
            membership.Become(reading.take_members(resource))
        ]
    else:
        if plan.rest:
            rest = patch.model_copy(update={"operations": list(plan.rest)})
            rest.patch(resource, scim_policy=policy)
        changes = plan.rows
    changed = [membership.apply(change, unit.members, record.id) for change in changes]
    return freeze(GROUP, resource), any(changed)


def _profile(client: Client) -> Profile:
    return PROFILES[client.profile]


def _locked(unit: _Unit, kind: Kind, id_: str, preconditions: Preconditions) -> Record:
    record = unit.resources.find_locked(kind.name, id_)
    if record is None:
        raise _not_found(kind, id_)
    preconditions.check(record.version)
    return record


def _represent(unit: _Unit, record: Record, view: View) -> Representation:
    return _represent_all(unit, [record], view)[0]


def _represent_all(unit: _Unit, records: Sequence[Record], view: View) -> list[Representation]:
    """Return resources as answers show them, with one query for the rows of each kind."""
    related: dict[str, Sequence[Member] | Sequence[Membership]] = {}
    for kind in KINDS.values():
        ids = [record.id for record in records if record.type == kind.name]
        if ids and view.projection.shows(kind.related):
            load = unit.members.of_groups if kind is GROUP else unit.members.of_members
            related.update(load(ids))
    return [represent(record, view, related.get(record.id, ())) for record in records]


def _not_found(kind: Kind, id_: str) -> NotFoundException:
    return NotFoundException(detail=f"{kind.name} {id_!r} not found.")


@contextmanager
def _unique(kind: Kind) -> Iterator[None]:
    try:
        yield
    except Conflict as error:
        raise UniquenessException(
            detail=f"Another {kind.name} has this {kind.unique}; its case does not tell them apart."
        ) from error
