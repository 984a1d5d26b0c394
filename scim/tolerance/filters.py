"""Filters, and the selections within paths of PATCH, as providers write them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scim2_models import InvalidFilterException, InvalidPathException, ScimFilter
from scim2_models.path import (
    AttrPath,
    Comparison,
    FilterNode,
    LogicalExpr,
    Not,
    Path,
    Present,
    ValuePath,
)

from scim.provider import Kind
from scim.schema.shapes import Parts, ResourceShape, Shape, shape_of
from scim.tolerance.paths import parsed, read_head
from scim.tolerance.quirks import Reader, quirk

_STRING = r'"(?:[^"\\]|\\.)*+"?'  # to the end where it is not closed, so that no text is slow

_BARE_VALUE = re.compile(
    rf"""({_STRING})          # left as it is
      | (?<=\s)(eq|ne|co|sw|ew|gt|ge|lt|le)\s++([^\s"'()\[\]][^\s"()\[\]]*+)""",
    re.IGNORECASE | re.VERBOSE,
)
_AFTER_BRACKETS = re.compile(rf"{_STRING}|(\]\s*+\.)")
_LITERALS = {"true", "false", "null"}

_BOOLEANS = {"true": True, "false": False}


def read_filter(reader: Reader, text: str, kinds: Sequence[Kind]) -> ScimFilter[Any]:
    """Return a filter in the RFC's grammar, with every attribute under its full name.

    :raises InvalidFilterException: it is no filter even so
    """
    text = sub_attribute_after_brackets(reader, bare_value(reader, text, ScimFilter))
    filter_: ScimFilter[Any] = ScimFilter(text)
    meant = _Rewriting(reader, tuple(shape_of(kind.model) for kind in kinds)).rewrite(filter_.ast)
    return filter_ if meant == filter_.ast else ScimFilter(meant)


def read_path(reader: Reader, path: str, resource: ResourceShape) -> str:
    """Return a path of PATCH in the RFC's grammar, with its attribute under its full name."""
    head, bracket, rest = path.partition("[")
    path = read_head(reader, head, (resource,)) + bracket + rest
    if not bracket:
        return path
    path = bare_value(reader, path, Path)
    node = parsed(path)
    if not isinstance(node, ValuePath):
        return path
    meant = _Rewriting(reader, (resource,)).rewrite(node)
    return path if meant == node else str(meant)


@quirk(
    "Q5",
    sent_by="Entra ID's documentation, WSO2's and Microsoft's test suites",
    strict="invalidFilter, in a path invalidPath",
)
def bare_value(text: str, grammar: Any) -> str:  # noqa: ANN401 - a class of scim2-models
    """Read a value without quotes, as in `externalId eq jyoung`, as a text."""
    try:
        grammar(text)
    except (InvalidFilterException, InvalidPathException):
        quoted = _BARE_VALUE.sub(_quote_value, text)
        return text if quoted == text else quoted
    return text


@quirk(
    "Q6",
    sent_by="Entra ID",
    strict=InvalidFilterException,
    because='A filter selects with emails[type eq "work" and value eq "…"]: nothing follows "]".',
)
def sub_attribute_after_brackets(text: str) -> str:
    """Read a comparison of `emails[type eq "work"].value` as part of the selection."""
    if "]" not in text or not any(found[1] for found in _AFTER_BRACKETS.finditer(text)):
        return text
    return str(ScimFilter(text).ast)


@quirk("Q42", sent_by="Ping", strict="invalidFilter")
def singular_attribute(path: AttrPath, resources: tuple[ResourceShape, ...]) -> AttrPath:
    """Read a multi-valued attribute in the singular, as in `email co "x"`, as that attribute."""
    plural = f"{path.attr}s"
    for resource in resources:
        shape = resource.parts.get(plural.lower())
        if path.uri is None and shape is not None and shape.multivalued:
            return replace(path, attr=plural)
    return path


@quirk("Q7", sent_by="Entra ID", strict="matches nothing")
def reference_compared_with_text(node: Comparison, shape: Shape | None) -> Comparison:
    """Read a reference compared with a text, as in `manager eq "m"`, as its `value`."""
    if shape is None or shape.multivalued or "value" not in shape.parts:
        return node
    if not isinstance(node.value, str):
        return node
    return replace(node, attr_path=replace(node.attr_path, sub_attr="value"))


@quirk("Q5", sent_by="Entra ID", strict="invalidFilter")
def number_for_text(node: Comparison, shape: Shape | None) -> Comparison:
    """Read digits without quotes, as in `employeeNumber eq 701984`, as a text."""
    if shape is None or shape.type not in {"string", "complex"} or isinstance(node.value, bool):
        return node
    return replace(node, value=str(node.value)) if isinstance(node.value, int | float) else node


@quirk(
    "Q8",
    sent_by="Entra ID",
    strict=InvalidFilterException,
    because="{0.name} is compared with true or false, not with a text.",
)
def boolean_compared_with_text(node: Comparison, shape: Shape | None) -> Comparison:
    """Read `"True"` and `"False"` that a boolean is compared with as booleans, in any case."""
    if shape is None or shape.type != "boolean" or not isinstance(node.value, str):
        return node
    value = _BOOLEANS.get(node.value.lower())
    return node if value is None else replace(node, value=value)


class _Rewriting:
    """Rewrites the attributes a filter names, and the operands they are compared with."""

    def __init__(self, reader: Reader, resources: tuple[ResourceShape, ...]) -> None:
        self._reader = reader
        self._resources = resources

    def rewrite(self, node: FilterNode, within: Parts | None = None) -> FilterNode:
        """Return a filter as the RFC has it.

        :param within: the sub-attributes it is about, where it stands in brackets
        """
        if isinstance(node, LogicalExpr):
            return replace(node, terms=tuple(self.rewrite(term, within) for term in node.terms))
        if isinstance(node, Not):
            return replace(node, expr=self.rewrite(node.expr, within))
        if isinstance(node, Comparison):
            return self._compared(node, within)
        if isinstance(node, ValuePath):
            path = self._named(node.attr_path)
            shape = self._find(path)
            inner = self.rewrite(node.val_filter, shape.parts if shape else {})
            return replace(node, attr_path=path, val_filter=inner)
        if isinstance(node, Present) and within is None:
            return replace(node, attr_path=self._named(node.attr_path))
        return node

    def _compared(self, node: Comparison, within: Parts | None) -> Comparison:
        if within is None:
            node = replace(node, attr_path=self._named(node.attr_path))
            shape = self._find(node.attr_path)
            node = reference_compared_with_text(self._reader, node, shape)
        else:
            shape = within.get(str(node.attr_path).lower())
        node = number_for_text(self._reader, node, shape)
        compared: Comparison = boolean_compared_with_text(self._reader, node, shape)
        return compared

    def _named(self, path: AttrPath) -> AttrPath:
        if self._find(path):
            return path
        head = str(path)
        read = read_head(self._reader, head, self._resources)
        if read != head and isinstance(node := Path(read).ast, AttrPath):
            return node
        named: AttrPath = singular_attribute(self._reader, path, self._resources)
        return named

    def _find(self, path: AttrPath) -> Shape | None:
        found = (resource.find(str(path)) for resource in self._resources)
        return next((shape for shape in found if shape), None)


def _quote_value(found: "re.Match[str]") -> str:
    if found[1] or found[3].lower() in _LITERALS:
        return found[0]
    return f"{found[2]} {ScimFilter.quote(found[3])}"
