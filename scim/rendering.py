"""Resources as answers show them.

An answer splices what is not stored around the JSON that is: ``id``, ``meta`` with the base URL
the client used, and what the member rows say. Reading builds no model.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from scim.preconditions import entity_tag
from scim.projection import EVERYTHING, Projection
from scim.provider import Kind, Provider
from scim.storage.members import Member, Membership
from scim.storage.resources import Record

_AT_A_TIME = 1000
"""Members that become one part of an answer."""

Related = Iterable[Member] | Iterable[Membership]
"""A group's members, or the groups of a user."""


@dataclass(frozen=True, slots=True)
class View:
    """How a client wants to see resources."""

    base_url: str
    """The SCIM base URL that the client used, without a slash at its end."""

    projection: Projection = EVERYTHING


class Representation(NamedTuple):
    """One resource as an answer shows it."""

    version: int
    location: str
    parts: tuple[bytes, ...]
    """Its JSON, in parts, so that a large group is never put together in one piece."""

    @property
    def body(self) -> bytes:
        """Its JSON as a whole."""
        return self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)


class Renderer:
    """Shows resources of one kind in one view; what they all share is worked out once.

    Ids, moments and versions are of our own making, and hold nothing that JSON escapes.
    """

    def __init__(self, kind: Kind, view: View, provider: Provider) -> None:
        self._kind = kind
        self._view = view
        self._place = f"{view.base_url}/{kind.endpoint}/"
        self._is_whole = view.projection.leaves_whole(kind)
        self._quoted_type, self._quoted_place = _quoted(kind.name), _quoted(self._place)
        self._opening = f'"{kind.related}":[' if kind.related else ""
        self._closing = "]," if kind.related else ""
        self._entry = _entries_of(kind, view.base_url, provider)

    def render(self, record: Record, related: Related = ()) -> Representation:
        """Return a resource as an answer shows it."""
        parts = self._splice(record, related) if self._is_whole else self._project(record, related)
        return Representation(record.version, self._place + record.id, parts)

    def _splice(self, record: Record, related: Related) -> tuple[bytes, ...]:
        """Return a whole resource, put together from texts that are JSON already."""
        # the stored document is an object that is never empty: its own braces are replaced
        head = f'{{"id":"{record.id}",{record.doc[1:-1]},{self._opening}'
        tail = (
            f'{self._closing}"meta":{{"resourceType":"{self._quoted_type}",'
            f'"created":"{record.created_at}","lastModified":"{record.modified_at}",'
            f'"location":"{self._quoted_place}{record.id}","version":"W/\\"{record.version}\\""}}}}'
        )
        if not related:
            return ((head + tail).encode(),)
        entries = map(self._entry, related)
        some = list(islice(entries, _AT_A_TIME))
        if len(some) < _AT_A_TIME:
            return (f"{head}{','.join(some)}{tail}".encode(),)
        parts = [head.encode()]
        while some:
            joint = "," if len(parts) > 1 else ""
            parts.append(f"{joint}{','.join(some)}".encode())
            some = list(islice(entries, _AT_A_TIME))
        return (*parts, tail.encode())

    def _project(self, record: Record, related: Related) -> tuple[bytes]:
        """Return what a projection shows of a resource."""
        meta = {
            "resourceType": record.type,
            "created": record.created_at,
            "lastModified": record.modified_at,
            "location": self._place + record.id,
            "version": entity_tag(record.version),
        }
        whole = {"id": record.id, **json.loads(record.doc), "meta": meta}
        if self._kind.related:
            whole[self._kind.related] = json.loads(f"[{','.join(map(self._entry, related))}]")
        shown = self._view.projection.apply(self._kind, whole)
        return (json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode(),)


def _entries_of(kind: Kind, base_url: str, provider: Provider) -> Callable[[Any], str]:
    """Return what writes the JSON of one entry of a kind's related attribute."""
    if not kind.has_members:
        place = _quoted(f"{base_url}/{provider.groups}/")
        return lambda group: _group_entry(group, place)
    places = {
        name: (_quoted(name), _quoted(f"{base_url}/{each.endpoint}/"))
        for name, each in provider.kinds.items()
    }
    return lambda member: _member_entry(member, *places[member.type])


def _group_entry(group: Membership, place: str) -> str:
    return (
        f'{{"value":"{group.value}","$ref":"{place}{group.value}",'
        f'"display":{encode_basestring(group.display)},"type":"direct"}}'
    )


def _member_entry(member: Member, type_: str, place: str) -> str:
    shown = "" if member.display is None else f',"display":{encode_basestring(member.display)}'
    return f'{{"value":"{member.value}","type":"{type_}"{shown},"$ref":"{place}{member.value}"}}'


@lru_cache(maxsize=256)  # a base URL comes from the Host header: bound what it can fill
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
