"""Looking through a directory as a person does: a search box, pages, one resource at a time.

It reads as a client with a permission does, through the same queries; it changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scim2_models import NotFoundException, SCIMException

from scim.client import Client
from scim.directory import Directory
from scim.permission import NotPermitted
from scim.preconditions import entity_tag
from scim.projection import Projection, read_projection
from scim.provider import GROUP, USER, Kind
from scim.query.search import Query
from scim.rendering import Renderer, View
from scim.tolerance import PROFILES

PAGE = 25

_SHOWN = "userName,displayName,active,externalId,meta"
_SEARCHED = {USER.name: ("userName", "displayName"), GROUP.name: ("displayName",)}
"""What the search box looks at the beginning of; of other kinds, at their unique attribute."""

_RELATED = {
    USER.name: (GROUP, "members.value eq {}"),
    GROUP.name: (USER, "groups.value eq {}"),
}
"""What resources are shown with, and the filter that leads to it: the groups of a user, and the
users in a group."""


class NoSuchPage(ValueError):  # noqa: N818 - what it is
    """A page cannot be shown: its cursor is too old, or nobody made it."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, and where its page begins."""

    text: str = ""
    """How a name begins, in any case."""

    attribute: str = ""
    """Which name; the first of :func:`searched` where this is none."""

    active: bool | None = None
    """Whether only active ones are shown or only others, where nothing is looked for."""

    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of resources."""

    resources: list[dict[str, Any]]
    previous: object
    """The cursor of the page before, or None."""

    following: object
    """The cursor of the page after, or None."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much a directory holds."""

    users: int
    groups: int


@dataclass(frozen=True, slots=True)
class Found:
    """One resource, without its members or groups."""

    document: dict[str, Any]
    etag: str


class Browser:
    """Looks through the directory of whichever client it is given."""

    def __init__(self, directory: Directory, base_url: str) -> None:
        self._directory = directory
        tolerant = PROFILES["tolerant"]
        self._brief = View(base_url, read_projection({"attributes": _SHOWN}, tolerant))
        self._base_url = base_url

    def sizes(self, tenant_ids: Sequence[str]) -> dict[str, Size]:
        """Return how many users and groups tenants have, by their ids."""
        counted = self._directory.sizes(tenant_ids)
        return {
            id_: Size(counted.get((id_, USER.name), 0), counted.get((id_, GROUP.name), 0))
            for id_ in tenant_ids
        }

    def page(self, kind: Kind, search: Search, client: Client) -> Shelf:
        """Return a page of the resources of a kind, in the order of creation.

        :raises NotPermitted: the client may not read them
        :raises NoSuchPage: the cursor leads nowhere
        """
        return self._shelf(kind, _query(kind, search), client)

    def count(self, kind: Kind, client: Client) -> int:
        """Return how many resources of a kind there are.

        :raises NotPermitted: the client may not read them
        """
        found = self._directory.search((kind,), Query(count=0), client, self._brief)
        return int(json.loads(found)["totalResults"])

    def related(
        self, kind: Kind, id_: str, cursor: str, client: Client
    ) -> tuple[Kind, Shelf] | None:
        """Return a page of the groups of a user or of the users in a group; None for other kinds.

        :raises NotPermitted: the client may not read them
        :raises NoSuchPage: the cursor leads nowhere
        """
        if kind.name not in _RELATED:
            return None
        other, template = _RELATED[kind.name]
        query = Query(template.format(json.dumps(id_)), count=PAGE, cursor=cursor)
        return other, self._shelf(other, query, client)

    def find(self, kind: Kind, id_: str, client: Client) -> Found | None:
        """Return a resource, or None where there is none with this id.

        :raises NotPermitted: the client may not read it
        """
        without = frozenset({kind.related.lower()}) if kind.related else frozenset()
        view = View(self._base_url, Projection(without=without))
        try:
            found = self._directory.get(kind, id_, client, view)
        except NotFoundException:
            return None
        return Found(json.loads(b"".join(found.parts)), entity_tag(found.version))

    def _shelf(self, kind: Kind, query: Query, client: Client) -> Shelf:
        try:
            page = self._directory.browse(kind, query, client, self._brief)
        except NotPermitted:
            raise
        except SCIMException as error:
            raise NoSuchPage(str(error)) from error
        bodies = Renderer(kind, self._brief).bodies(page.resources)
        found = page.attributes
        return Shelf(
            [json.loads(body) for body in bodies],
            found.get("previousCursor"),
            found.get("nextCursor"),
        )


def searched(kind: Kind) -> tuple[str, ...]:
    """Return the attributes of a kind that can be looked for."""
    return _SEARCHED.get(kind.name, (kind.unique,) if kind.unique else ())


def has_active(kind: Kind) -> bool:
    """Whether resources of a kind are active or not."""
    return kind.name == USER.name


def _query(kind: Kind, search: Search) -> Query:
    """Return what finds a page by one index, however many resources there are."""
    attributes = searched(kind)
    if search.text and attributes:
        attribute = search.attribute if search.attribute in attributes else attributes[0]
        quoted = json.dumps(search.text, ensure_ascii=False)
        return Query(f"{attribute} sw {quoted}", count=PAGE, cursor=search.cursor)
    if search.active is not None and has_active(kind):
        wanted = json.dumps(search.active)
        return Query(f"active eq {wanted}", count=PAGE, cursor=search.cursor)
    return Query(count=PAGE, cursor=search.cursor)
