"""The directory: resources of every tenant, read and changed on behalf of clients.

One public method is one use case and one transaction.
Bodies are read and checked before the transaction begins, so that nobody waits for a validation.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from scim import instant
from scim.bulk import run as bulk
from scim.bulk.request import read_job
from scim.changes import reading
from scim.client import Client
from scim.preconditions import Preconditions, Target
from scim.provider import Kind, Provider
from scim.query import listing
from scim.query.columns import Place
from scim.query.cursors import Cursors, Use
from scim.query.paging import ByCursor, ByIndex, Page, Statement, Written
from scim.query.search import Query, compile_query
from scim.rendering import Renderer, Representation, View
from scim.showing import Showing
from scim.sizes import sizes
from scim.storage import Database, Session
from scim.storage.lists import Lists
from scim.storage.resources import Record, Resources
from scim.unit import Recorder, Unit, not_found

_Found = TypeVar("_Found", Page, Written)


class Directory:
    """The resources of a provider, as RFC 7644 lets clients manage them."""

    def __init__(
        self,
        database: Database,
        clock: instant.Clock,
        record: Recorder,
        provider: Provider,
        cursors: Cursors,
    ) -> None:
        self._database = database
        self._clock = clock
        self._record = record
        self._provider = provider
        self._cursors = cursors
        self._showing = Showing(provider, database.words)

    def get(self, kind: Kind, id_: str, client: Client, view: View) -> Representation:
        """Return a resource (RFC 7644 §3.4.1).

        :raises NotPermitted: the client may not read resources of this type
        :raises NotFoundException: the tenant has no such resource
        """
        client.permission.check_reads(kind)
        if kind.has_members:  # perhaps more than one statement gives
            with self._database.of(client.tenant_id).read() as session:
                unit = self._unit(session, client)
                found = _required(unit.resources.find(kind.name, id_), kind, id_)
                return self._showing.one(unit, kind, found, view)
        shown = self._showing.related((kind,), view)
        with self._database.of(client.tenant_id).glance() as session:
            resources = Resources(session, self._database.words, client.tenant_id)
            found = _required(resources.find(kind.name, id_, shown), kind, id_)
        return Renderer(kind, view).render(found)

    def search(self, kinds: Sequence[Kind], query: Query, client: Client, view: View) -> bytes:
        """Return the ListResponse that answers a query (RFC 7644 §3.4.2).

        Without ``sortBy`` it is in the order of creation.
        Types a client may not read are left out.

        :raises NotPermitted: the client may read none of the types
        :raises InvalidFilterException: the filter cannot be read
        :raises InvalidPathException: resources cannot be sorted as asked
        :raises InvalidCursorException: the cursor is not one of this list
        :raises InvalidCountException: the cursor was made for another ``count``
        :raises ExpiredCursorException: the cursor is too old
        """
        client.trace.filter = query.filter
        kinds = client.permission.readable(kinds)
        place = Place(self._provider, self._database.words, view.base_url, client.tenant_id)
        statement = compile_query(query, kinds, client.reader, place)
        paging = self._paging(query, kinds, client, view)
        body = self._showing.body(kinds, view) if statement.order.key is None else None
        if body and isinstance(paging, ByIndex):
            written, total = self._found(
                statement, client, lambda lists: paging.written(lists, statement, body), once=True
            )
            return listing.response(written.text, written.size, total, written.attributes)
        shown = self._showing.related(kinds, view)
        page, total = self._found(
            statement,
            client,
            lambda lists: paging.page(lists, statement, shown),
            once=isinstance(paging, ByIndex),
        )
        bodies = self._showing.bodies(page.resources, kinds, view)
        return listing.response(",".join(bodies), len(bodies), total, page.attributes)

    def browse(self, kind: Kind, query: Query, client: Client, view: View) -> Page:
        """Return a page as :meth:`search` finds it, of a list that nobody counts.

        :raises NotPermitted: the client may not read resources of this type
        :raises SCIMException: as :meth:`search` does
        """
        client.permission.check_reads(kind)
        place = Place(self._provider, self._database.words, view.base_url, client.tenant_id)
        statement = compile_query(query, (kind,), client.reader, place)
        paging = self._paging(query, (kind,), client, view)
        shown = self._showing.related((kind,), view)
        with self._database.of(client.tenant_id).read() as session:
            lists = Lists(session, self._database.words, client.tenant_id)
            return paging.page(lists, statement, shown)

    def create(
        self, kind: Kind, body: dict[str, Any], client: Client, view: View
    ) -> Representation:
        """Add a resource and return it (RFC 7644 §3.3).

        :raises NotPermitted: the client may not change resources of this type
        :raises UniquenessException: its unique value is taken
        :raises SCIMException: the body cannot be read
        """
        client.permission.check_changes(kind)
        new = reading.read_creation(kind, body, client.reader)
        with self._write(client) as unit:
            record = unit.create(new)
            if not new.members:  # made just now, it has no rows to ask for
                return Renderer(kind, view).render(record)
            return self._showing.one(unit, kind, record, view)

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

        :raises NotPermitted: the client may not change resources of this type
        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        :raises SCIMException: the body cannot be read, or changes what may not change
        """
        client.permission.check_changes(kind)
        new = reading.read_replacement(kind, body, client.reader)
        with self._write(client) as unit:
            record = unit.replace(Target(kind, id_, preconditions), new)
            return self._showing.one(unit, kind, record, view)

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

        :raises NotPermitted: the client may not change resources of this type
        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        :raises SCIMException: an operation cannot be read or carried out
        """
        client.permission.check_changes(kind)
        patch = reading.read_patch(kind, body, client.reader, self._provider.limits)
        with self._write(client) as unit:
            record = unit.patch(Target(kind, id_, preconditions), patch)
            return self._showing.one(unit, kind, record, view)

    def delete(self, kind: Kind, id_: str, preconditions: Preconditions, client: Client) -> None:
        """Remove a resource, from its groups too (RFC 7644 §3.6).

        :raises NotPermitted: the client may not change resources of this type
        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        """
        client.permission.check_changes(kind)
        with self._write(client) as unit:
            unit.delete(Target(kind, id_, preconditions))

    def bulk(self, body: dict[str, Any], client: Client, base_url: str) -> bytes:
        """Carry out operations, each all or nothing, and return the BulkResponse (RFC 7644 §3.7).

        :raises PayloadTooLargeException: there are more than this server takes
        :raises SCIMException: the body is no Bulk request; an operation's error is its outcome
        """
        job = read_job(body, self._provider, client.reader)
        with self._write(client, at_length=True) as unit:
            return bulk.carry_out(job, unit, base_url)

    def sizes(self, tenant_ids: Sequence[str]) -> dict[tuple[str, str], int]:
        """Return how many resources tenants have, by tenant and type, of those that there are."""
        return sizes(self._database, tenant_ids)

    def _found(
        self, statement: Statement, client: Client, read: Callable[[Lists], _Found], *, once: bool
    ) -> tuple[_Found, int]:
        """Return what is read of a list, and how many resources the whole of it has.

        :param once: whether a single statement reads it
        """
        words, tenant_id = self._database.words, client.tenant_id
        transactions = self._database.of(tenant_id)
        if once and statement.is_narrow:
            with transactions.glance() as session:
                found = read(Lists(session, words, tenant_id))
            if found.total is not None:
                return found, found.total
        with transactions.read() as session:
            lists = Lists(session, words, tenant_id)
            found = read(lists)
            return found, statement.total(lists) if found.total is None else found.total

    def _paging(
        self, query: Query, kinds: Sequence[Kind], client: Client, view: View
    ) -> ByIndex | ByCursor:
        if query.cursor is None:
            return ByIndex(query.start_index, query.count)
        use = Use(client.tenant_id, query.identity(kinds, view.projection), query.count)
        return ByCursor(query.cursor, use, self._cursors)

    @contextmanager
    def _write(self, client: Client, *, at_length: bool = False) -> Iterator[Unit]:
        with self._database.of(client.tenant_id).write(at_length=at_length) as session:
            yield self._unit(session, client)

    def _unit(self, session: Session, client: Client) -> Unit:
        words = self._database.words
        return Unit.of(session, words, client, self._provider, self._clock, self._record)


def _required(record: Record | None, kind: Kind, id_: str) -> Record:
    if record is None:
        raise not_found(kind, id_)
    return record
