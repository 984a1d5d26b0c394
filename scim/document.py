"""A resource on its way into the database, and out of it to be changed.

What is stored is the JSON that a client sees, and its comparison form.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError
from scim2_models import Context, InvalidValueException, Resource, ScimPolicy

from scim.changes.validation import Uncertain, form_of_documents
from scim.errors import from_validation
from scim.folding import fold, folded_name, folds_of
from scim.provider import Kind
from scim.query.lookups import looked_up
from scim.schema.attributes import never_returned, outlasting
from scim.storage.members import Member
from scim.storage.resources import Content, Record

_STORED = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
"""How stored documents are read: a schema that was taken away again is passed over."""

MAX_UNIQUE_KEY = 512
"""Characters of a unique value; PostgreSQL indexes no more than 2,704 bytes."""


def freeze(kind: Kind, resource: Resource[Any]) -> Content:
    """Return what is stored of a resource.

    :raises InvalidValueException: the unique value is empty or too long
    """
    return freeze_document(kind, resource.model_dump(scim_ctx=Context.DEFAULT))


def freeze_document(kind: Kind, document: dict[str, Any]) -> Content:
    """Return what is stored of a resource, given as scim2-models dumps it; that is used up.

    :raises InvalidValueException: the unique value is empty or too long, or an attribute has more
        values than allowed
    """
    for names in _not_stored(kind):
        _drop(document, names)
    document["schemas"] = _schemas_of(kind, document)
    _check_values(document, kind.max_values)
    folded = fold(document, folds_of(kind.model))
    return Content(
        _dumps(document),
        _dumps(folded),
        looked_up(kind, folded),
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


def thaw_document(kind: Kind, record: Record) -> dict[str, Any]:
    """Return a stored resource as scim2-models would dump it again.

    :raises Uncertain: it may not fit its schema
    """
    return form_of_documents(kind.model).read(json.loads(record.doc))


def fits(kind: Kind, record: Record) -> bool:
    """Whether a stored resource certainly fits its schema, which may be another one by now."""
    try:
        thaw_document(kind, record)
    except Uncertain:
        return False
    return True


def _check_values(document: dict[str, Any], most: int) -> None:
    for name, value in document.items():
        if isinstance(value, dict):
            _check_values(value, most)
        elif isinstance(value, list) and len(value) > most:
            raise InvalidValueException(detail=f"{name} has at most {most} values.")


def _unique_value(path: str, folded: dict[str, Any]) -> str | None:
    urn, _, name = path.rpartition(":")
    value = (folded.get(urn, {}) if urn else folded).get(folded_name(name))
    if value is not None and not 0 < len(value) <= MAX_UNIQUE_KEY:
        raise InvalidValueException(
            detail=f"{path} must have between 1 and {MAX_UNIQUE_KEY} characters."
        )
    return value


@cache
def is_replaced_whole(kind: Kind) -> bool:
    """Whether nothing that is stored of a resource outlasts a PUT."""
    return all(
        any(names[: len(other)] == other for other in _not_stored(kind))
        for names in outlasting(kind.model)
    )


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


def _entry(value: str, type_: str, display: str | None) -> dict[str, str]:
    entry = {"value": value, "type": type_}
    if display is not None:
        entry["display"] = display
    return entry


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
