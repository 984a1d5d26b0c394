"""A whole tenant as lines of JSON, one resource each, as it was at one moment.

A line is the resource as a client sees it, but for what follows from the rest and from where it is
served: a user's ``groups``, ``meta.location`` and every ``$ref`` to a member.
Groups come last, so that who reads the lines in order has met their members but for other groups.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from scim.preconditions import entity_tag
from scim.provider import Kind, Provider
from scim.storage import Database
from scim.storage.counts import Counts
from scim.storage.members import Member, Members
from scim.storage.resources import Record
from scim.storage.transfer import Transfer

_RESOURCES = 500
"""How many resources are read at once."""

_MEMBERS = 10_000
"""How many members of a group make a piece: a group may have any number."""


@dataclass(frozen=True, slots=True)
class Export:
    """One state of a tenant, to be written down while its transaction lasts."""

    total: int
    """How many resources, and so how many lines, there are."""

    _transfer: Transfer
    _members: Members
    _provider: Provider

    def pieces(self) -> Iterator[str]:
        """Return the lines in pieces of bounded size: several lines, or a part of one."""
        kinds = sorted(self._provider.kinds.values(), key=lambda kind: kind.has_members)
        for kind in kinds:
            for records in self._transfer.resources(kind.name, _RESOURCES):
                yield from self._of_kind(kind, records)

    def _of_kind(self, kind: Kind, records: list[Record]) -> Iterator[str]:
        if not kind.has_members:
            yield "".join(f"{_beginning(record)},{_end(record)}" for record in records)
            return
        for record in records:
            yield f'{_beginning(record)},"members":['
            members = map(_member, self._members.each_of_group(record.id))
            separator = ""
            while some := ",".join(islice(members, _MEMBERS)):
                yield separator + some
                separator = ","
            yield f"],{_end(record)}"


class Exporter:
    """Shows every resource of a tenant."""

    def __init__(self, database: Database, provider: Provider) -> None:
        self._database = database
        self._provider = provider

    @contextmanager
    def open(self, tenant_id: str) -> Iterator[Export]:
        """Open the state that a tenant has now; others may go on changing it."""
        with self._database.of(tenant_id).read() as session:
            words = self._database.words
            yield Export(
                Counts(session, words, tenant_id).total(self._provider.kinds),
                Transfer(session, tenant_id),
                Members(session, words, tenant_id),
                self._provider,
            )


def _beginning(record: Record) -> str:
    # the stored document is an object that is never empty; it goes on after its last attribute
    return f'{{"id":{json.dumps(record.id)},{record.doc[1:-1]}'


def _end(record: Record) -> str:
    meta = {
        "resourceType": record.type,
        "created": record.created_at,
        "lastModified": record.modified_at,
        "version": entity_tag(record.version),
    }
    return f'"meta":{_dumps(meta)}}}\n'


def _member(member: Member) -> str:
    display = {} if member.display is None else {"display": member.display}
    return _dumps({"value": member.value, "type": member.type, **display})


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
