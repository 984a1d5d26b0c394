"""Filters, as providers write them."""

import re
from dataclasses import replace
from typing import Any

from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import (
    AttrPath,
    Comparison,
    FilterNode,
    LogicalExpr,
    Not,
    Present,
    ValuePath,
)

from scim.provider import Kind
from scim.shapes import Shape, shape_of

_BARE_VALUE = re.compile(
    r"""("(?:[^"\\]|\\.)*")          # a string, left as it is
      | (?<=\s)(eq|ne|co|sw|ew|gt|ge|lt|le)\s+([^\s"()\[\]]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_LITERALS = {"true", "false", "null"}


def read_filter(text: str, kinds: tuple[Kind, ...]) -> ScimFilter[Any]:
    """Return a filter that names extension attributes with their URN and quotes its values.

    :raises InvalidFilterException: it is no filter even so
    """
    return ScimFilter(
        _Rewriting(tuple(shape_of(kind.model) for kind in kinds)).rewrite(_parse(text))
    )


def _parse(text: str) -> FilterNode:
    try:
        return ScimFilter(text).ast
    except InvalidFilterException:
        # Entra ID's documentation shows externalId eq jyoung
        quoted = _BARE_VALUE.sub(_quote_value, text)
        if quoted == text:
            raise
        return ScimFilter(quoted).ast


def _quote_value(found: "re.Match[str]") -> str:
    if found[1] or found[3].lower() in _LITERALS:
        return found[0]
    return f"{found[2]} {ScimFilter.quote(found[3])}"


class _Rewriting:
    """Rewrites the attributes a filter names, and the operands they are compared with."""

    def __init__(self, roots: tuple[Shape, ...]) -> None:
        self._roots = roots

    def rewrite(self, node: FilterNode) -> FilterNode:
        """Return a filter with every attribute under its full name."""
        if isinstance(node, LogicalExpr):
            return replace(node, terms=tuple(self.rewrite(term) for term in node.terms))
        if isinstance(node, Not):
            return replace(node, expr=self.rewrite(node.expr))
        if isinstance(node, Present | ValuePath):
            return replace(node, attr_path=self._qualified(node.attr_path))
        if isinstance(node, Comparison):
            return self._compared(node)
        return node

    def _qualified(self, path: AttrPath) -> AttrPath:
        """Return a path with the URN of the extension that alone has such an attribute."""
        if path.uri is not None or any(root.part(path.attr) for root in self._roots):
            return path
        for root in self._roots:
            for shape in root.parts.values():
                if shape.name.startswith("urn:") and shape.part(path.attr):
                    return replace(path, uri=shape.name)
        return path

    def _compared(self, node: Comparison) -> Comparison:
        path = self._qualified(node.attr_path)
        shape = self._shape(path)
        # manager eq "m" compares the id, which stands in manager.value
        if shape and not shape.multivalued and shape.part("value") and path.sub_attr is None:
            path = replace(path, sub_attr="value")
        value = node.value
        # employeeNumber eq 701984: a number only in how it is written
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        return replace(node, attr_path=path, value=value)

    def _shape(self, path: AttrPath) -> Shape | None:
        for root in self._roots:
            holder = root.part(path.uri) if path.uri else root
            if holder and (shape := holder.part(path.attr)):
                return shape
        return None
