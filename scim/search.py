"""What a client asks of a list (RFC 7644 §3.4.2), and the statements that answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim2_models import InvalidFilterException, InvalidPathException, InvalidValueException
from scim2_models.path import FilterNode, LogicalExpr, Not, ScimFilter, ValuePath

from scim.columns import Columns
from scim.expression import Expression, all_of, any_of, bind, put
from scim.filters import compile_filter, compile_sort
from scim.payload import check_expression
from scim.provider import MAX_RESULTS, Kind
from scim.storage import Words
from scim.tolerance import Profile, read_filter

MAX_TERMS = 100
"""Comparisons in one filter; SQLite takes no deeper expression than 1,000."""

_LAST_INDEX = 2**31
"""A ``startIndex`` beyond every list; both engines count further than that."""


@dataclass(frozen=True, slots=True)
class Query:
    """Filter, order and page of a list, as the client wrote them."""

    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int = MAX_RESULTS


@dataclass(frozen=True, slots=True)
class Statement:
    """A condition on ``r`` and an order, ready to run."""

    condition: Expression
    order: Expression


def read_query(parameters: Mapping[str, Any]) -> Query:
    """Return the query that parameters describe, their names in any case.

    Numbers out of range are clamped as RFC 7644 §3.4.2.4 says.

    :raises InvalidValueException: a value is not of its type
    """
    given = {name.lower(): value for name, value in parameters.items()}
    order = _text(given, "sortOrder") or "ascending"
    if order.lower() not in {"ascending", "descending"}:
        raise InvalidValueException(detail="sortOrder must be ascending or descending.")
    return Query(
        filter=_text(given, "filter"),
        sort_by=_text(given, "sortBy"),
        descending=order.lower() == "descending",
        start_index=min(max(_number(given, "startIndex", 1), 1), _LAST_INDEX),
        count=min(max(_number(given, "count", MAX_RESULTS), 0), MAX_RESULTS),
    )


def compile_query(
    query: Query, kinds: tuple[Kind, ...], profile: Profile, words: Words, base_url: str
) -> Statement:
    """Return the statement that answers a query on resources of some kinds.

    :raises InvalidFilterException: the filter cannot be read, or names what no kind has
    :raises InvalidPathException: no kind can be sorted as asked
    """
    columns = tuple(Columns(kind, words, base_url) for kind in kinds)
    filter_ = _read(query.filter, kinds, profile) if query.filter else None
    conditions = [_of_kind(each, filter_, strict=len(kinds) == 1) for each in columns]
    return Statement(any_of(conditions), _order(query, columns))


def _read(text: str, kinds: tuple[Kind, ...], profile: Profile) -> ScimFilter[Any]:
    check_expression(text)
    filter_ = read_filter(text, kinds) if profile.tolerant else ScimFilter(text)
    if _terms(filter_.ast) > MAX_TERMS:
        raise InvalidFilterException(detail=f"A filter has at most {MAX_TERMS} comparisons.")
    return filter_


def _terms(node: FilterNode) -> int:
    if isinstance(node, LogicalExpr):
        return sum(_terms(term) for term in node.terms)
    if isinstance(node, Not):
        return _terms(node.expr)
    return _terms(node.val_filter) if isinstance(node, ValuePath) else 1


def _of_kind(columns: Columns, filter_: ScimFilter[Any] | None, *, strict: bool) -> Expression:
    of_kind = put("r.type = {}", bind(columns.kind.name))
    if filter_ is None:
        return of_kind
    return all_of([of_kind, compile_filter(filter_, columns, strict=strict)])


def _order(query: Query, columns: tuple[Columns, ...]) -> Expression:
    if query.sort_by is None:
        return Expression("r.seq")
    check_expression(query.sort_by)
    keys = {each.kind: compile_sort(query.sort_by, each) for each in columns}
    known = {kind: key for kind, key in keys.items() if key is not None}
    if not known:
        raise InvalidPathException(detail=f"Resources cannot be sorted by {query.sort_by!r}.")
    template = "CASE r.type" + " WHEN {} THEN {}" * len(known) + " END"
    parts = [part for kind, key in known.items() for part in (bind(kind.name), key)]
    key = put(template, *parts)
    # resources without the value come last in ascending order and first in descending order
    way = "DESC" if query.descending else "ASC"
    return put(f"({{}} IS NULL) {way}, {{}} {way}, r.seq", key, key)


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name.lower())
    if value is not None and not isinstance(value, str):
        raise InvalidValueException(detail=f"{name} must be a string.")
    return value or None


def _number(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name.lower())
    if value is None or value == "":
        return default
    try:
        return int(str(value)) if not isinstance(value, bool) else _refuse(name)
    except ValueError:
        return _refuse(name)


def _refuse(name: str) -> int:
    raise InvalidValueException(detail=f"{name} must be a whole number.")
