"""One client's directory inside one transaction: what a use case reads and changes.

A unit takes what was read and checked before the transaction began, and never opens or ends it.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol, Self

from scim2_models import NotFoundException, UniquenessException

from scim import instant
from scim.changes import membership
from scim.changes.edits import Edits
from scim.changes.membership import Patch
from scim.changes.reading import Creation, Modification, Replacement, take_members
from scim.changes.suspension import can_be_suspended, suspended
from scim.changes.validation import Uncertain
from scim.choices import Deletion, GroupNames
from scim.client import Client
from scim.document import freeze, thaw
from scim.preconditions import Target
from scim.provider import Kind, Provider
from scim.query.lookups import looked_up
from scim.storage import Conflict, Session, Words
from scim.storage.lists import Lists
from scim.storage.lookups import LookedUp
from scim.storage.members import Members
from scim.storage.resources import Content, Origin, Record, Resources
from scim.tolerance import carry_out
from scim.trace import Change


class Recorder(Protocol):
    """Keeps, in the transaction of a change, that it was made."""

    def __call__(
        self, session: Session, client: Client, action: str, record: Record, now: str, /
    ) -> None:
        """Record that a client did something, such as ``user.create``, to a resource."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The tables of one tenant in one transaction, and who works on them."""

    session: Session
    client: Client
    provider: Provider
    resources: Resources
    lists: Lists
    members: Members
    clock: instant.Clock
    record: Recorder

    @classmethod
    def of(
        cls,
        session: Session,
        words: Words,
        client: Client,
        provider: Provider,
        clock: instant.Clock,
        record: Recorder,
    ) -> Self:
        """Return what a client works on in a transaction."""
        tenant_id = client.tenant_id
        return cls(
            session,
            client,
            provider,
            Resources(session, words, tenant_id),
            Lists(session, words, tenant_id),
            Members(session, words, tenant_id),
            clock,
            record,
        )

    def create(self, new: Creation, id_: str | None = None, origin: Origin | None = None) -> Record:
        """Add a resource and return it.

        :param id_: its id, where something refers to it already
        :param origin: what it was in another directory, where it comes from one
        :raises UniquenessException: its unique value is taken
        """
        now = instant.to_text(self.clock())
        id_ = id_ or str(uuid.uuid4())
        self.members.keep_references()
        with _unique(new.kind, new.kind.unique):
            content = self._named(new.kind, new.content, id_)
            record = self.resources.insert(id_, new.kind.name, content, now, origin or Origin())
        self._claim(new.kind, record, new.content)
        membership.apply(membership.Join(new.members), self.members, record.id)
        self._note("create", new.kind, record, now, ("", record.doc), members=bool(new.members))
        return record

    def replace(self, target: Target, new: Replacement) -> Record:
        """Replace a resource and return it.

        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        :raises MutabilityException: it changes what may not change
        """
        record = self._locked(target)
        content = new.of(target.kind, record)
        joined = target.kind.has_members and membership.apply(
            membership.Become(new.members), self.members, record.id
        )
        return self._save("replace", record, content, touched=joined)

    def patch(self, target: Target, change: Modification) -> Record:
        """Carry out operations on a resource, all or none, and return it.

        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        :raises SCIMException: an operation cannot be carried out
        """
        record = self._locked(target)
        try:
            content, touched = self._edit(target.kind, record, change.edits)
        except Uncertain:
            content, touched = self._patch(target.kind, record, change.message())
        return self._save("patch", record, content, touched=touched)

    def delete(self, target: Target) -> None:
        """Remove a resource, from its groups too, or suspend it where the app chose so.

        :raises NotFoundException: the tenant has no such resource
        :raises PreconditionFailedException: it has another version than demanded
        """
        if self.client.choices.delete is Deletion.SUSPEND and can_be_suspended(target.kind):
            record = self._locked(target)
            self._save("suspend", record, suspended(target.kind, record), touched=False)
            return
        self.members.end_references()
        record = self._find_locked(target)
        now = instant.to_text(self.clock())
        self.resources.delete(record, _looked_up(target.kind, record), now)
        self._note("delete", target.kind, record, now, ("", ""))

    def touch(self, record: Record) -> Record:
        """Give a group whose members changed its next version, and return it."""
        return self._save("patch", record, None, touched=True)

    def _locked(self, target: Target) -> Record:
        self.members.keep_references()
        return self._find_locked(target)

    def _find_locked(self, target: Target) -> Record:
        record = self.resources.find_locked(target.kind.name, target.id)
        if record is None:
            raise not_found(target.kind, target.id)
        target.preconditions.check(record.version)
        return record

    def _edit(self, kind: Kind, record: Record, edits: Edits | None) -> tuple[Content | None, bool]:
        """Return the document that edits leave, if it is another, and whether members changed.

        :raises Uncertain: they are none that can be carried out here; nothing has changed yet
        """
        if edits is None:
            raise Uncertain
        content = edits.of(kind, record)
        changed = [membership.apply(change, self.members, record.id) for change in edits.rows]
        return content, any(changed)

    def _patch(self, kind: Kind, record: Record, patch: Patch) -> tuple[Content | None, bool]:
        """Return the patched document, if it may be another, and whether members changed."""
        if kind.has_members:
            return self._patch_group(kind, record, patch)
        resource = thaw(kind, record)
        carry_out(self.client.reader, patch, resource)
        return freeze(kind, resource), False

    def _patch_group(self, kind: Kind, record: Record, patch: Patch) -> tuple[Content | None, bool]:
        reader = self.client.reader
        plan = membership.plan(patch, reader.profile.policy)
        content = None
        if plan.rest:
            resource = thaw(kind, record)
            rest = patch.model_copy(update={"operations": list(plan.rest)})
            carry_out(reader, rest, resource)
            content = freeze(kind, resource)
        changed = False
        for step in plan.steps:
            if isinstance(step, membership.Edit):
                met = plan.members_met(step, self.members, record.id)
                group = thaw(kind, record, met)
                carry_out(reader, step.patch, group)
                entries = take_members(group)
                changed |= membership.settle(met, entries, self.members, record.id)
            else:
                changed |= membership.apply(step, self.members, record.id)
        return content, changed

    def _save(self, verb: str, record: Record, content: Content | None, *, touched: bool) -> Record:
        """Store what changed and return the resource; no change is no new version (§3.5.2.1)."""
        now = instant.to_text(self.clock())
        kind = self.provider.kinds[record.type]
        before = record.doc
        if content and content.doc != record.doc:
            with _unique(kind, kind.unique):
                named = self._named(kind, content, record.id)
                record = self.resources.update(record, named, _looked_up(kind, record), now)
            self._claim(kind, record, content)
        elif touched:
            record = self.resources.touch(record, now)
        else:
            return record
        self._note(verb, kind, record, now, (before, record.doc), members=touched)
        return record

    def _named(self, kind: Kind, content: Content, id_: str) -> Content:
        """Return what to store of a resource, a group being named as the app chose.

        :raises Conflict: the name of a group is taken
        """
        if kind.has_members and self.client.choices.group_names is GroupNames.SHARED:
            return replace(content, is_exclusive=False)
        if kind.has_members:
            self.resources.refuse_shared_key(kind.name, content, id_)
        return content

    def _claim(self, kind: Kind, record: Record, content: Content) -> None:
        for path, value in content.also_unique.items():
            with _unique(kind, path):
                self.resources.claim(record, path, value)

    def _note(
        self,
        verb: str,
        kind: Kind,
        record: Record,
        now: str,
        documents: tuple[str, str],
        *,
        members: bool = False,
    ) -> None:
        """Keep that a resource changed, for the audit log here and for the log of requests.

        :param documents: what was stored of it and what is now
        """
        change = Change(verb, kind.name, record.id, *documents, members)
        self.client.trace.note(change)
        self.record(self.session, self.client, f"{kind.name.lower()}.{verb}", record, now)


def _looked_up(kind: Kind, record: Record) -> LookedUp:
    return looked_up(kind, json.loads(record.folded))


def not_found(kind: Kind, id_: str) -> NotFoundException:
    """Return what is raised where a tenant has no such resource (RFC 7644 §3.12)."""
    return NotFoundException(detail=f"{kind.name} {id_!r} not found.")


@contextmanager
def _unique(kind: Kind, path: str | None) -> Iterator[None]:
    try:
        yield
    except Conflict as error:
        raise UniquenessException(
            detail=f"Another {kind.name} has this {path}; its case does not tell them apart."
        ) from error
