"""Resources as answers show them.

An answer splices what is not stored around the JSON that is: ``id``, ``meta`` with the base URL
the client used, and what the member rows say. Reading builds no model.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from scim.preconditions import entity_tag
from scim.projection import EVERYTHING, Projection
from scim.provider import Kind
from scim.storage import Words
from scim.storage.expression import Expression
from scim.storage.resources import Listed, Record


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


_HERE = "\0"
"""Where entries go; no JSON holds it as it is (RFC 8259 §7)."""


class Renderer:
    """Shows resources of one kind in one view; what they all share is worked out once.

    Ids, moments and versions are of our own making, and hold nothing that JSON escapes.
    """

    def __init__(self, kind: Kind, view: View) -> None:
        self._kind = kind
        self._projection = view.projection
        self._place = f"{view.base_url}/{kind.endpoint}/"
        self._is_whole = view.projection.leaves_whole(kind)
        self._opening = f'"{kind.related}":[' if kind.related else ""
        closing = "]," if kind.related else ""
        self._meta = f'{closing}"meta":{{"resourceType":"{quoted(kind.name)}","created":"'
        self._location = f'","location":"{quoted(self._place)}'

    def render(self, record: Record, more: Iterable[str] = ()) -> Representation:
        """Return a resource as an answer shows it.

        :param more: what it is shown with, where that is not in the record: in any number of texts
        """
        parts = self._parts(record, more) if more else (self.bodies([record.listed])[0].encode(),)
        return Representation(record.version, self._place + record.id, parts)

    def bodies(self, listed: Iterable[Listed]) -> list[str]:
        """Return the JSON of resources."""
        if not self._is_whole:
            return [self._project(each) for each in listed]
        opening, meta, location = self._opening, self._meta, self._location
        # the stored document is an object that is never empty: its own braces are replaced
        return [
            f'{{"id":"{id_}",{doc[1:-1]},{opening}{related or ""}{meta}{created_at}'
            f'","lastModified":"{modified_at}{location}{id_}","version":"W/\\"{version}\\""}}}}'
            for id_, _, doc, version, created_at, modified_at, related in listed
        ]

    def written(self, words: Words, related: Expression) -> Expression:
        """Return the JSON of a row ``r`` as :meth:`bodies` has it, put together by the database.

        :param related: the entries it is shown with, an expression on ``r``
        """
        given = "CAST(? AS text)"  # a function of any types cannot tell that of a parameter
        return Expression(
            f"""concat('{{"id":"', r.id, '",', {words.json_members.format("r.doc")}, {given},"""
            f""" {related.sql}, {given}, r.created_at, '","lastModified":"', r.modified_at,"""
            f""" {given}, r.id, '","version":"W/\\"', r.version, '\\""}}}}')""",
            (f",{self._opening}", *related.parameters, self._meta, self._location),
        )

    def _parts(self, record: Record, more: Iterable[str]) -> tuple[bytes, ...]:
        """Return the JSON of a resource around what it is shown with."""
        if not self._is_whole:
            whole = record._replace(related=",".join(more)).listed
            return (self._project(whole).encode(),)
        (around,) = self.bodies([record._replace(related=_HERE).listed])
        head, tail = around.encode().split(_HERE.encode())
        entries = [each.encode() for each in more]
        joined = [part for each in entries for part in (b",", each)][1:]
        return (head, *joined, tail)

    def _project(self, listed: Listed) -> str:
        """Return what a projection shows of a resource."""
        id_, type_, doc, version, created_at, modified_at, related = listed
        meta = {
            "resourceType": type_,
            "created": created_at,
            "lastModified": modified_at,
            "location": self._place + id_,
            "version": entity_tag(version),
        }
        whole = {"id": id_, **json.loads(doc), "meta": meta}
        if self._kind.related:
            whole[self._kind.related] = json.loads(f"[{related or ''}]")
        shown = self._projection.apply(self._kind, whole)
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=256)  # a base URL comes from the Host header: bound what it can fill
def quoted(text: str) -> str:
    """Return a text as it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
