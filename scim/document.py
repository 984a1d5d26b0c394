"""A resource on its way into the database and out of it.

What is stored is the JSON that a client sees.
An answer splices the rest around it: ``id``, ``meta`` with the base URL the client used, and what
the member rows say. Reading builds no model.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from pydantic import ValidationError
from scim2_models import Context, InvalidValueException, Resource, ScimPolicy

from scim.attributes import never_returned
from scim.errors import from_validation
from scim.folding import fold, folded_name, folds_of
from scim.preconditions import entity_tag
from scim.projection import EVERYTHING, Projection
from scim.provider import Kind, Provider
from scim.storage.members import Member, Membership
from scim.storage.resources import Content, Record

_STORED = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
"""How stored documents are read: a schema that was taken away again is passed over."""

MAX_UNIQUE_KEY = 512
"""Characters of a unique value; PostgreSQL indexes no more than 2,704 bytes."""


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
    body: str


def freeze(kind: Kind, resource: Resource[Any]) -> Content:
    """Return what is stored of a resource.

    :raises InvalidValueException: the unique value is empty or too long
    """
    document = resource.model_dump(scim_ctx=Context.DEFAULT)
    for names in _not_stored(kind):
        _drop(document, names)
    document["schemas"] = _schemas_of(kind, document)
    folded = fold(document, folds_of(kind.model))
    return Content(
        _dumps(document),
        _dumps(folded),
        _unique_value(kind.unique, folded) if kind.unique else None,
        {path: _unique_value(path, folded) for path in kind.also_unique},
    )


def thaw(kind: Kind, record: Record, members: Sequence[Member] = ()) -> Resource[Any]:
    """Return a stored resource as a model, for a PATCH or PUT to work on.

    :raises InvalidValueException: it does not fit its schema, which changed since it was stored
    """
    document = json.loads(record.doc)
    if members:
        document["members"] = [_entry(each.value, each.type, each.display) for each in members]
    try:
        return kind.model.model_validate(document, scim_policy=_STORED)
    except ValidationError as error:
        fault = from_validation(error)
        raise InvalidValueException(
            detail=f"{kind.name} {record.id} was stored under another schema: {fault.detail}"
        ) from error


class Renderer:
    """Shows resources of one kind in one view; what they all share is worked out once."""

    def __init__(self, kind: Kind, view: View, provider: Provider) -> None:
        self._kind = kind
        self._view = view
        self._provider = provider
        self._place = f"{view.base_url}/{kind.endpoint}/"
        self._is_whole = view.projection.leaves_whole(kind)
        self._quoted_type, self._quoted_place = _quoted(kind.name), _quoted(self._place)

    def render(
        self, record: Record, related: Sequence[Member] | Sequence[Membership]
    ) -> Representation:
        """Return a resource as an answer shows it.

        :param related: a group's members, or the groups of a user
        """
        base_url, provider = self._view.base_url, self._provider
        entries = [_related(each, base_url, provider) for each in related] if related else []
        body = self._splice(record, entries) if self._is_whole else self._project(record, entries)
        return Representation(record.version, self._place + record.id, body)

    def _splice(self, record: Record, entries: list[dict[str, str]]) -> str:
        """Return a whole resource, put together from texts that are JSON already.

        Ids, moments and versions are of our own making, and hold nothing that JSON escapes.
        """
        name = self._kind.related
        rows = f',"{name}":{_dumps(entries) if entries else "[]"}' if name else ""
        # the stored document is an object that is never empty: its own braces are replaced
        return (
            f'{{"id":"{record.id}",{record.doc[1:-1]}{rows},'
            f'"meta":{{"resourceType":"{self._quoted_type}","created":"{record.created_at}",'
            f'"lastModified":"{record.modified_at}","location":"{self._quoted_place}{record.id}",'
            f'"version":"W/\\"{record.version}\\""}}}}'
        )

    def _project(self, record: Record, entries: list[dict[str, str]]) -> str:
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
            whole[self._kind.related] = entries
        return _dumps(self._view.projection.apply(self._kind, whole))


@lru_cache(maxsize=256)  # a base URL comes from the Host header: bound what it can fill
def _quoted(text: str) -> str:
    return _dumps(text)[1:-1]


def _unique_value(path: str, folded: dict[str, Any]) -> str | None:
    urn, _, name = path.rpartition(":")
    value = (folded.get(urn, {}) if urn else folded).get(folded_name(name))
    if value is not None and not 0 < len(value) <= MAX_UNIQUE_KEY:
        raise InvalidValueException(
            detail=f"{path} must have between 1 and {MAX_UNIQUE_KEY} characters."
        )
    return value


@cache
def _not_stored(kind: Kind) -> tuple[tuple[str, ...], ...]:
    related = [(kind.related,)] if kind.related else []
    return (("id",), ("meta",), *related, *never_returned(kind.model))


def _drop(value: Any, names: tuple[str, ...]) -> None:  # noqa: ANN401 - any JSON
    name, *below = names
    for each in value if isinstance(value, list) else [value]:
        if below:
            _drop(each.get(name, []), tuple(below))
        else:
            each.pop(name, None)


def _schemas_of(kind: Kind, document: dict[str, Any]) -> list[str]:
    extensions = [urn for urn in kind.model.get_extension_models() if urn in document]
    return [str(kind.model.__schema__), *extensions]


def _related(each: Member | Membership, base_url: str, provider: Provider) -> dict[str, str]:
    if isinstance(each, Membership):
        reference = f"{base_url}/{provider.groups}/{each.value}"
        return {"value": each.value, "$ref": reference, "display": each.display, "type": "direct"}
    entry = _entry(each.value, each.type, each.display)
    entry["$ref"] = f"{base_url}/{provider.kinds[each.type].endpoint}/{each.value}"
    return entry


def _entry(value: str, type_: str, display: str | None) -> dict[str, str]:
    entry = {"value": value, "type": type_}
    if display is not None:
        entry["display"] = display
    return entry


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
