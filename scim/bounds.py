"""Filters, paths and sort keys of bounded length, depth and number of comparisons.

They are looked at as text before the grammar is, whose parser takes some milliseconds a page.
"""

import json
import re
from collections.abc import Mapping

from scim2_models import (
    InvalidFilterException,
    InvalidPathException,
    InvalidValueException,
    Path,
)
from scim2_models.path import FilterNode, LogicalExpr, Not, ValuePath

from scim.limits import Limits
from scim.payload import check_text

_NAME = re.compile(r"[\w$.:-]+", re.ASCII)
"""A text in which nothing nests and nothing is compared."""

_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""A string, or what is left of the text where one does not end: so no text is read twice."""

_JOINT = re.compile(r"(?<![\w$.:-])(?:and|or)(?![\w$-])", re.IGNORECASE)
"""What stands between two comparisons."""

_LISTS = {"attributes", "excludedattributes"}
_OPENING, _CLOSING = "([", ")]"

Refusal = type[InvalidFilterException] | type[InvalidPathException]


def check_filter(text: str, limits: Limits) -> None:
    """Refuse a filter that is no text, or is too much to be parsed.

    :raises InvalidFilterException: it is too long or too deep, or compares too often
    :raises InvalidValueException: a literal in it spells what is no text
    """
    _check("A filter", text, limits, InvalidFilterException)


def check_path(text: str, limits: Limits) -> None:
    """Refuse a path or a sort key as :func:`check_filter` does a filter.

    :raises InvalidPathException: it is too long or too deep
    :raises InvalidFilterException: it compares too often
    :raises InvalidValueException: a literal in it spells what is no text
    """
    _check("A path", text, limits, InvalidPathException)


def check_terms(node: FilterNode, limits: Limits) -> None:
    """Refuse a filter, or the one within a path, that compares too often.

    :raises InvalidFilterException: it has more comparisons than allowed
    """
    if _terms(node) > limits.filter_terms:
        raise _too_many(limits)


def check_selection(path: str, limits: Limits) -> None:
    """Refuse a path whose filter compares too often.

    :raises InvalidFilterException: it has more comparisons than allowed
    """
    try:
        node = Path(path).ast
    except InvalidPathException:
        return  # it selects nothing: what a value has no name for is refused where it is written
    if isinstance(node, ValuePath):
        check_terms(node, limits)


def check_attributes(parameters: Mapping[str, object], limits: Limits) -> None:
    """Refuse ``attributes`` or ``excludedAttributes`` that list too much, their names in any case.

    :raises InvalidValueException: one of them is too long, or no text
    """
    for name, names in parameters.items():
        if name.lower() in _LISTS:
            listed = names if isinstance(names, list) else [names]
            text = ",".join(each for each in listed if isinstance(each, str))
            check_text(text)
            if len(text.encode()) > limits.filter_length:
                raise InvalidValueException(
                    detail=f"{name} has at most {limits.filter_length} bytes."
                )


def _check(what: str, text: str, limits: Limits, refusal: Refusal) -> None:
    if len(text) <= limits.filter_length and _NAME.fullmatch(text):
        return
    check_text(text)
    if len(text.encode()) > limits.filter_length:
        raise refusal(detail=f"{what} has at most {limits.filter_length} bytes.")
    bare = _LITERAL.sub('""', text)
    if _depth(bare) > limits.filter_depth:
        raise refusal(
            detail=f"{what} nests at most {limits.filter_depth} parentheses and brackets."
        )
    if len(_JOINT.findall(bare)) >= limits.filter_terms:
        raise _too_many(limits)  # what the grammar joins without white space is counted later
    for literal in _LITERAL.findall(text):
        try:
            check_text(json.loads(literal))
        except ValueError:
            continue  # not JSON after all: the grammar has the better sentence


def _too_many(limits: Limits) -> InvalidFilterException:
    return InvalidFilterException(detail=f"A filter has at most {limits.filter_terms} comparisons.")


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        deepest = max(deepest, depth)
    return deepest


def _terms(node: FilterNode) -> int:
    if isinstance(node, LogicalExpr):
        return sum(_terms(term) for term in node.terms)
    if isinstance(node, Not):
        return _terms(node.expr)
    return _terms(node.val_filter) if isinstance(node, ValuePath) else 1
