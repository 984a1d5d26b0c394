"""The comparison form of a resource: what filters, sorts and unique keys look at.

A folded document has the shape of the document, with every value as text: strings in the
comparison form of scim2-models (NFC, lower case unless ``caseExact``), booleans as ``true`` and
``false``, moments in UTC with six decimals, numbers so that text order is their order.
Every list is a list of objects, a plain value under ``value``, and its primary value comes first:
that is the one a sort looks at (RFC 7644 §3.4.2.3).
Computing it here, not in SQL, makes both engines agree.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import MINYEAR, UTC, datetime
from functools import cache
from typing import Any

from scim2_models import AttributeBinding

from scim import instant, number
from scim.schema.attributes import Model, binding_of, bindings_of, is_complex, names_of

_BEFORE_ALL, _AFTER_ALL = "", "A"
"""Texts before and after every moment as text: those begin with a digit."""

Fold = Callable[[Any], str]
"""Returns the comparison form of one JSON value of an attribute."""

Folds = Mapping[str, "Fold | Folds"]
"""The folds of a complex attribute, an extension or a whole resource, by attribute name."""


@cache
def folds_of(model: Model) -> Folds:
    """Return how each stored attribute of a model folds; compiled once a model."""
    schema = str(model.__schema__)
    folds: dict[str, Any] = {"schemas": fold_of(binding_of(model, "schemas"))}
    for binding in bindings_of(model):
        _place(folds, schema, binding)
    return folds


def fold(document: Mapping[str, Any], folds: Folds) -> dict[str, Any]:
    """Return the folded form of a document, or of one of its complex values."""
    folded: dict[str, Any] = {}
    for name, value in document.items():
        how = folds.get(name)
        if how is None:
            continue
        key = folded_name(name) if name[0] == "$" else name
        if isinstance(value, list):
            elements = value if len(value) < 2 else _primary_first(value)  # noqa: PLR2004 - few have two
            folded[key] = [_fold_element(element, how) for element in elements]
        else:
            folded[key] = how(value) if callable(how) else fold(value, how)
    return folded


def folded_name(name: str) -> str:
    """Return the key of an attribute in a folded document: ``$ref`` stands under ``ref``.

    SQLite takes a key that begins with a dollar sign for a path.
    """
    return name.removeprefix("$")


def fold_operand(value: object, binding: AttributeBinding) -> str:
    """Return the comparison form of a value that was already read as its attribute's type."""
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, datetime):
        return _moment_operand(value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, int | float):
        return number.to_text(value)
    comparable = binding.comparable(value)
    return comparable if isinstance(comparable, str) else json.dumps(comparable)


def _moment_operand(moment: datetime) -> str:
    try:
        return instant.to_text(moment)
    except OverflowError:  # in UTC it has no year of four digits, so it is compared as one
        return _BEFORE_ALL if moment.year == MINYEAR else _AFTER_ALL


def _place(folds: dict[str, Any], schema: str, binding: AttributeBinding) -> None:
    *parents, name = names_of(binding, schema)
    for parent in parents:
        folds = folds.setdefault(parent, {})
    folds.setdefault(name, {} if is_complex(binding) else fold_of(binding))


def fold_of(binding: AttributeBinding) -> Fold:
    """Return what puts a value of an attribute, as JSON has it, into its comparison form."""
    if binding.target_type is datetime:
        return _fold_moment
    if binding.target_type is bytes:
        return _fold_binary
    if binding.target_type is bool:
        return _fold_boolean
    prepare: Fold = str if binding.case_exact else str.lower

    def fold_other(value: object) -> str:
        if isinstance(value, str) and value.isascii():  # which NFC leaves as it is
            return prepare(value)
        return fold_operand(value, binding)

    return fold_other


def _fold_boolean(value: bool) -> str:  # noqa: FBT001 - any JSON of the attribute
    return "true" if value else "false"


def _fold_moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return _moment_operand(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _fold_binary(text: str) -> str:
    return "".join(text.split())  # base64 is written in lines


def _fold_element(element: object, how: "Fold | Folds") -> object:
    return _fold_value(element, how) if isinstance(element, dict) else {"value": how(element)}  # type: ignore[operator]  # a plain value has a plain fold


def _fold_value(value: Any, how: "Fold | Folds") -> object:  # noqa: ANN401 - any JSON
    return how(value) if callable(how) else fold(value, how)


def _primary_first(elements: list[Any]) -> list[Any]:
    return sorted(elements, key=lambda each: not (isinstance(each, dict) and each.get("primary")))
