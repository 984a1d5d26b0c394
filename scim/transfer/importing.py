"""Adding resources by the thousand, in two passes.

The first adds every resource, groups without their members; the second adds the members, so that
groups may come before their members and be members of each other in circles.
Each call is one transaction: what was cut off in between is gone on with by doing it all again,
because a resource that already stands there as its line describes it is passed over.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Self

from scim2_models import (
    InvalidValueException,
    NotFoundException,
    SCIMException,
    UniquenessException,
)

from scim import instant
from scim.changes.member_entries import strangers_in
from scim.client import Client
from scim.provider import Provider
from scim.storage import Conflict, Database
from scim.storage.members import NewMember
from scim.storage.resources import Record
from scim.storage.transfer import Transfer
from scim.transfer.arrivals import Arrival, Batch, Refusal
from scim.unit import Recorder, Unit

_PATIENCE = 60.0
"""Seconds to wait for other writers: an import is in no hurry."""

MEMBERS_AT_ONCE = 5_000
"""How many members one joining, and so the transaction it is part of, has at most."""

_NAMED = 3
"""How many of the members that are missing a refusal names."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Members of a group that wait for the second pass."""

    number: int
    """The line they come from."""

    type: str
    group_id: str
    members: tuple[NewMember, ...]

    unless_changed: int | None
    """The version the group must still have, or None where this import made it."""


@dataclass(slots=True)
class Outcome:
    """What became of some lines."""

    added: int = 0
    standing: int = 0
    """How many stood there already."""

    refusals: list[Refusal] = field(default_factory=list)
    joinings: list[Joining] = field(default_factory=list)

    def __iadd__(self, other: "Outcome") -> Self:
        self.added += other.added
        self.standing += other.standing
        self.refusals += other.refusals
        self.joinings += other.joinings
        return self


@dataclass(frozen=True, slots=True)
class _Standing:
    """The resources of the tenant that lines may describe."""

    by_id: Mapping[str, Record]
    by_key: Mapping[tuple[str, str | None], Record]

    def find(self, arrival: Arrival) -> Record | None:
        """Return the resource with the id of a line, or else the one that is just like it."""
        if arrival.id is not None:
            return self.by_id.get(arrival.id)
        found = self.by_key.get((arrival.new.kind.name, arrival.new.content.unique_key))
        return found if found and _is_as_described(found, arrival) else None


class Importer:
    """Adds to the directory of a tenant what lines describe."""

    def __init__(
        self, database: Database, clock: instant.Clock, record: Recorder, provider: Provider
    ) -> None:
        self._database = database
        self._clock = clock
        self._record = record
        self._provider = provider
        self._changed: dict[str, int] = {}
        """The version that groups which stood there got here, by their ids."""

    def add(self, batch: Batch, client: Client) -> Outcome:
        """Add the resources of some lines, groups without members, and say what became of each.

        :raises Unavailable: the database cannot be used; none was added
        """
        outcome = Outcome(refusals=list(batch.refusals))
        outcome += self._add_all(batch.arrivals, client)
        return outcome

    def join(self, joinings: Sequence[Joining], client: Client) -> list[Refusal]:
        """Add members to groups, and say which could not be added.

        :raises Unavailable: the database cannot be used; none was added
        """
        refusals: list[Refusal] = []
        changed = dict(self._changed)
        with self._write(client) as unit:
            for each in joinings:
                known = changed.get(each.group_id, each.unless_changed)
                refusals += _join(replace(each, unless_changed=known), unit, changed)
        self._changed = changed
        return refusals

    def _add_all(self, arrivals: Sequence[Arrival], client: Client) -> Outcome:
        try:
            with self._write(client) as unit:
                return self._settle(arrivals, unit)
        except (SCIMException, Conflict):
            pass  # one of them: the transaction is undone, and each now gets a part of its own
        outcome = Outcome()
        with self._write(client) as unit:
            for each in arrivals:
                try:
                    with unit.session.savepoint():
                        outcome += self._settle([each], unit)
                except SCIMException as error:
                    outcome.refusals.append(Refusal.of(each.number, each.id, error))
        return outcome

    def _settle(self, arrivals: Sequence[Arrival], unit: Unit) -> Outcome:
        """Add what does not stand there yet.

        :raises SCIMException: one of them cannot be added
        """
        outcome = Outcome()
        standing = self._standing(arrivals, unit)
        for each in arrivals:
            found = standing.find(each)
            if found is None:
                new = replace(each.new, members=()) if each.new.members else each.new
                record = unit.create(new, each.id, each.origin)
                outcome.added += 1
                outcome.joinings += _joinings(each, record.id, None)
            elif _is_as_described(found, each):
                outcome.standing += 1
                outcome.joinings += _joinings(each, found.id, each.origin.version)
            else:
                outcome.refusals.append(Refusal.of(each.number, each.id, _taken(found)))
        return outcome

    def _standing(self, arrivals: Sequence[Arrival], unit: Unit) -> _Standing:
        transfer = Transfer(unit.session, unit.client.tenant_id)
        ids = [each.id for each in arrivals if each.id is not None]
        by_id = transfer.by_ids(ids) if ids else {}
        keys = defaultdict(list)
        for each in arrivals:
            if each.id is None and each.new.content.unique_key is not None:
                keys[each.new.kind.name].append(each.new.content.unique_key)
        by_key: dict[tuple[str, str | None], Record] = {
            (type_, key): record
            for type_, sought in keys.items()
            for key, record in transfer.by_keys(type_, sought).items()
        }
        return _Standing(by_id, by_key)

    @contextmanager
    def _write(self, client: Client) -> Iterator[Unit]:
        words = self._database.words
        transactions = self._database.of(client.tenant_id)
        with transactions.write(_PATIENCE, at_length=True) as session:
            unit = Unit.of(session, words, client, self._provider, self._clock, self._record)
            # the lock that Bulk takes for the same reason: unique values come in the order of the
            # file, so that two transactions could wait for each other in a circle
            unit.members.end_references()
            yield unit


def _join(joining: Joining, unit: Unit, changed: dict[str, int]) -> Iterator[Refusal]:
    """Add members to a group; those that are no resource are left out and refused.

    :param changed: where the next version of a group that stood there is noted
    """
    group = unit.resources.find_locked(joining.type, joining.group_id)
    if group is None:
        error: SCIMException = NotFoundException(detail="The group is gone again.")
    elif joining.unless_changed in {None, group.version}:
        strangers = strangers_in(unit.members, joining.members)
        known = [each for each in joining.members if each.value not in strangers]
        joined = unit.members.add(group.id, known)
        if joined and joining.unless_changed is not None:
            changed[group.id] = unit.touch(group).version
        if not strangers:
            return
        error = InvalidValueException(
            detail=f"It was taken without {_some(strangers)}: no user or group of this directory."
        )
    else:
        values = {each.value for each in joining.members}
        missing = values - {each.value for each in unit.members.of_group(group.id, values)}
        if not missing:
            return
        error = UniquenessException(
            detail=f"The group was changed since and is without {_some(missing)}."
        )
    yield Refusal.of(joining.number, joining.group_id, error)


def _joinings(arrival: Arrival, group_id: str, unless_changed: int | None) -> list[Joining]:
    members = arrival.new.members
    return [
        Joining(
            arrival.number,
            arrival.new.kind.name,
            group_id,
            members[start : start + MEMBERS_AT_ONCE],
            unless_changed,
        )
        for start in range(0, len(members), MEMBERS_AT_ONCE)
    ]


def _is_as_described(found: Record, arrival: Arrival) -> bool:
    kind, doc = arrival.new.kind, arrival.new.content.doc
    return found.type == kind.name and (
        found.doc == doc or bool(json.loads(found.doc) == json.loads(doc))
    )


def _taken(found: Record) -> SCIMException:
    return UniquenessException(detail=f"A {found.type} with this id has other content.")


def _some(ids: set[str]) -> str:
    named = ", ".join(map(repr, sorted(ids)[:_NAMED]))
    return f"{named} and {len(ids) - _NAMED} more" if len(ids) > _NAMED else named
