"""A resource on its way into the database and out of it.

What is stored is the JSON that a client sees.
An answer splices the rest around it: ``id``, ``meta`` with the base URL the client used, and what
the member rows say. Reading builds no model.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from scim2_models import Context, InvalidValueException, Resource

from scim.attributes import never_returned
from scim.folding import fold, folds_of
from scim.preconditions import entity_tag
from scim.projection import EVERYTHING, Projection
from scim.provider import Kind, Provider
from scim.storage.members import Member, Membership
from scim.storage.resources import Content, Record

MAX_UNIQUE_KEY = 512
"""Characters of a unique value; PostgreSQL indexes no more than 2,704 bytes."""


@dataclass(frozen=True, slots=True)
class View:
    """How a client wants to see resources."""

    base_url: str
    """The SCIM base URL that the client used, without a slash at its end."""

    projection: Projection = EVERYTHING


@dataclass(frozen=True, slots=True)
class Representation:
    """One resource as an answer shows it."""

    version: int
    location: str
    body: str


def freeze(kind: Kind, resource: Resource[Any]) -> Content:
    """Return what is stored of a resource.

    :raises InvalidValueException: the unique value is empty or too long
    """
    document = resource.model_dump(scim_ctx=Context.DEFAULT)
    for name in _not_stored(kind):
        document.pop(name, None)
    document["schemas"] = _schemas_of(kind, document)
    folded = fold(document, folds_of(kind.model))
    unique = folded.get(kind.unique, "")
    if not 0 < len(unique) <= MAX_UNIQUE_KEY:
        raise InvalidValueException(
            detail=f"{kind.unique} must have between 1 and {MAX_UNIQUE_KEY} characters."
        )
    return Content(_dumps(document), _dumps(folded), unique)


def thaw(kind: Kind, record: Record, members: Sequence[Member] = ()) -> Resource[Any]:
    """Return a stored resource as a model, for a PATCH or PUT to work on."""
    document = json.loads(record.doc)
    if members:
        document[kind.related] = [_entry(each.value, each.type, each.display) for each in members]
    return kind.model.model_validate(document)


def represent(
    record: Record,
    related: Sequence[Member] | Sequence[Membership],
    view: View,
    provider: Provider,
) -> Representation:
    """Return a resource as an answer shows it.

    :param related: a group's members, or the groups of a user
    """
    kind = provider.kinds[record.type]
    location = f"{view.base_url}/{kind.endpoint}/{record.id}"
    entries = [_related(each, view.base_url, provider) for each in related]
    meta = {
        "resourceType": record.type,
        "created": record.created_at,
        "lastModified": record.modified_at,
        "location": location,
        "version": entity_tag(record.version),
    }
    if view.projection is EVERYTHING:
        # the stored document is an object that is never empty: its own braces are replaced
        body = (
            f'{{"id":"{record.id}",{record.doc[1:-1]}'
            f',"{kind.related}":{_dumps(entries)},"meta":{_dumps(meta)}}}'
        )
    else:
        whole = {"id": record.id, **json.loads(record.doc), kind.related: entries, "meta": meta}
        body = _dumps(view.projection.apply(whole))
    return Representation(record.version, location, body)


@cache
def _not_stored(kind: Kind) -> tuple[str, ...]:
    return ("id", "meta", kind.related, *never_returned(kind.model))


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
