"""What the value of a removal names, of an attribute that may have several values."""

from typing import Any

from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    ValuePath,
)

from scim.schema.shapes import Shape
from scim.tolerance.quirks import unnoticed
from scim.tolerance.values import list_as_json_text

Named = list[dict[str, Any]]


def named_in(value: Any, shape: Shape) -> Named:  # noqa: ANN401 - any JSON
    """Return what tells the entries that a value names from others; nothing where it names none."""
    value = list_as_json_text(unnoticed(), value, shape)
    entries = value if isinstance(value, list) else [value]
    named = [_identifying(each) for each in entries if each not in (None, "")]
    return [each for each in named if each]


def selection_of(node: ValuePath, named: Named, shape: Shape) -> str | None:
    """Return a path to those entries of a selection that are named; None where none can be."""
    entries = [_comparing(each, shape) for each in named]
    terms = tuple(each for each in entries if each is not None)
    if not terms:
        return None
    which = _joined(LogicalOperator.or_, terms)
    if which == node.val_filter:
        return str(node)
    both = LogicalExpr(LogicalOperator.and_, (node.val_filter, which))
    return str(ValuePath(node.attr_path, both, None))


def _identifying(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return what tells an entry from others: its value where it has one."""
    if not isinstance(entry, dict):
        return {"value": entry}
    if entry.get("value") not in (None, ""):
        return {"value": entry["value"]}
    return {name: part for name, part in entry.items() if part not in (None, "")}


def _comparing(entry: dict[str, Any], shape: Shape) -> FilterNode | None:
    """Return the filter that an entry alone passes; None where it names nothing there is."""
    terms = tuple(
        Comparison(AttrPath(name), CompareOperator.eq, part)
        for name, part in entry.items()
        if (name == "value" or name.lower() in shape.parts) and not isinstance(part, dict | list)
    )
    return _joined(LogicalOperator.and_, terms) if terms else None


def _joined(operator: LogicalOperator, terms: tuple[FilterNode, ...]) -> FilterNode:
    return terms[0] if len(terms) == 1 else LogicalExpr(operator, terms)
