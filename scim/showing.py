"""What resources are shown with: their members, or the groups they are in.

The database writes those entries itself, as the JSON of an answer, so that neither a page nor a
group of 100,000 becomes objects here.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from scim.provider import Kind, Provider
from scim.rendering import Renderer, Representation, View, quoted
from scim.storage import Words
from scim.storage.expression import Expression, bind, put
from scim.storage.members import entries_of_each
from scim.storage.resources import ALONE, Listed, Record
from scim.unit import Unit

_LONGEST_TEXT = 900_000_000
"""Bytes of a text that both engines put together; a little below what they refuse to."""


class Showing:
    """Shows the resources of a provider, from a database whose words are these."""

    def __init__(self, provider: Provider, words: Words) -> None:
        self._provider = provider
        self._words = words
        # a base URL comes from the Host header: bound what it can fill
        self._entry = lru_cache(maxsize=256)(self._written_entry)
        self._all = lru_cache(maxsize=256)(self._written)
        self._body = lru_cache(maxsize=256)(self._written_body)
        limits = provider.limits
        self._writes_pages = limits.page * limits.body <= _LONGEST_TEXT

    def related(self, kinds: Sequence[Kind], view: View) -> Expression:
        """Return what rows ``r`` of some kinds are shown with in a view."""
        shown = [
            kind for kind in kinds if kind.related and view.projection.shows(kind, kind.related)
        ]
        return self._all(tuple(shown), view.base_url) if shown else ALONE

    def body(self, kinds: Sequence[Kind], view: View) -> Expression | None:
        """Return the JSON of a row ``r`` in a view, where a page of such is for the database.

        It is not where only a part of a resource is shown, nor of groups: nobody knows how long a
        page of them gets.
        """
        if len(kinds) != 1 or not self._writes_pages:
            return None
        kind = kinds[0]
        is_bounded = not kind.has_members and view.projection.leaves_whole(kind)
        return self._body(kind, view.base_url) if is_bounded else None

    def one(self, unit: Unit, kind: Kind, record: Record, view: View) -> Representation:
        """Return a resource that was read alone, with what it is shown with."""
        renderer = Renderer(kind, view)
        if not (kind.related and view.projection.shows(kind, kind.related)):
            return renderer.render(record)
        if kind.has_members:
            entry = self._entry(kind, view.base_url)
            return renderer.render(record, unit.members.entries_of(record.id, entry))
        (listed,) = unit.lists.shown([record.listed], self.related((kind,), view))
        return renderer.render(record._replace(related=listed[-1]))

    def bodies(self, listed: Iterable[Listed], kinds: Sequence[Kind], view: View) -> list[str]:
        """Return the JSON of resources that were read together with what they are shown with."""
        if len(kinds) == 1:
            return Renderer(kinds[0], view).bodies(listed)
        shows = {kind.name: Renderer(kind, view).bodies for kind in kinds}
        return [body for each in listed for body in shows[each[1]]((each,))]

    def _written(self, kinds: tuple[Kind, ...], base_url: str) -> Expression:
        entries = [
            entries_of_each(self._words, self._entry(kind, base_url), of_groups=kind.has_members)
            for kind in kinds
        ]
        if len(entries) == 1:
            return entries[0]
        template = "CASE r.type" + " WHEN {} THEN {}" * len(kinds) + " END"
        parts = zip((bind(kind.name) for kind in kinds), entries, strict=True)
        return put(template, *(part for pair in parts for part in pair))

    def _written_body(self, kind: Kind, base_url: str) -> Expression:
        view = View(base_url)
        return Renderer(kind, view).written(self._words, self.related((kind,), view))

    def _written_entry(self, kind: Kind, base_url: str) -> Expression:
        """Return the JSON of one entry, an expression on ``m`` and ``o``."""
        if kind.has_members:
            return self._member(base_url)
        display = self._words.json_part.format("displayName", "o.doc")
        return Expression(
            """'{"value":"' || o.id || '","$ref":"' || ? || o.id || '","display":'"""
            f""" || {display} || ',"type":"direct"}}'""",
            (quoted(f"{base_url}/{self._provider.groups}/"),),
        )

    def _member(self, base_url: str) -> Expression:
        kinds = self._provider.kinds
        of_each = "CASE o.type" + " WHEN ? THEN ?" * len(kinds) + " END"
        types = [part for name in kinds for part in (name, quoted(name))]
        places = [
            part
            for name, kind in kinds.items()
            for part in (name, quoted(f"{base_url}/{kind.endpoint}/"))
        ]
        display = self._words.json_quoted.format("m.display")
        return Expression(
            f"""'{{"value":"' || m.value || '","type":"' || {of_each} || '"'"""
            f""" || CASE WHEN m.display IS NULL THEN '' ELSE ',"display":' || {display} END"""
            f""" || ',"$ref":"' || {of_each} || m.value || '"}}'""",
            (*types, *places),
        )
