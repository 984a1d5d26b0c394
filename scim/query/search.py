"""What a client asks of a list (RFC 7644 §3.4.2), and the statements that answer it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scim2_models import InvalidCursorException, InvalidPathException, InvalidValueException
from scim2_models.path import ScimFilter

from scim.bounds import check_filter, check_path, check_terms
from scim.limits import Limits
from scim.projection import Projection
from scim.provider import Kind
from scim.query.candidates import candidates_of, either
from scim.query.columns import Columns, Place
from scim.query.filters import compile_filter, compile_sort
from scim.query.paging import Order, Statement
from scim.query.prepared import all_of_kind, find_prepared
from scim.storage.expression import any_of, bind, put
from scim.tolerance import Reader, read_filter

_LAST_INDEX = 2**31
"""A ``startIndex`` beyond every list; both engines count further than that."""

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")


@dataclass(frozen=True, slots=True)
class Query:
    """Filter, order and page of a list, as the client wrote them."""

    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int = Limits().page
    cursor: str | None = None
    """None pages by index; empty asks for the first page by cursor (RFC 9865 §2)."""

    def identity(self, kinds: Sequence[Kind], projection: Projection) -> str:
        """Return a text that all pages of one list share, and no two lists."""
        only, without = projection.only, projection.without
        return json.dumps(
            [
                [kind.name for kind in kinds],
                self.filter,
                self.sort_by,
                self.descending,
                None if only is None else sorted(only),
                sorted(without),
            ]
        )


def read_query(parameters: Mapping[str, Any], limits: Limits) -> Query:
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
        count=min(max(_number(given, "count", limits.page), 0), limits.page),
        cursor=_cursor(given),
    )


def compile_query(query: Query, kinds: Sequence[Kind], reader: Reader, place: Place) -> Statement:
    """Return the statement that answers a query on resources of some kinds.

    :raises InvalidFilterException: the filter cannot be read, or names what no kind has
    :raises InvalidPathException: no kind can be sorted as asked
    """
    if query.filter and query.sort_by is None and len(kinds) == 1:
        prepared = find_prepared(query.filter, kinds[0], reader, place)
        if prepared:
            return prepared
    limits = place.provider.limits
    columns = tuple(Columns(kind, place) for kind in kinds)
    filter_ = _read(query.filter, kinds, reader, limits) if query.filter else None
    conditions = []
    for each in columns:
        condition = compile_filter(filter_, each, strict=len(kinds) == 1) if filter_ else None
        conditions.append(all_of_kind(each.kind, condition))
    order = _order(query, columns, limits)
    if filter_ is None:
        return Statement(any_of(conditions), order, whole=tuple(kind.name for kind in kinds))
    candidates = either([candidates_of(filter_, kind, place) for kind in kinds])
    return Statement(any_of(conditions), order, candidates)


def _read(text: str, kinds: Sequence[Kind], reader: Reader, limits: Limits) -> ScimFilter[Any]:
    check_filter(text, limits)
    filter_ = read_filter(reader, text, kinds)
    check_terms(filter_.ast, limits)
    return filter_


def _order(query: Query, columns: tuple[Columns, ...], limits: Limits) -> Order:
    if query.sort_by is None:
        return Order()
    check_path(query.sort_by, limits)
    keys = {each.kind: compile_sort(query.sort_by, each) for each in columns}
    known = {kind: key for kind, key in keys.items() if key is not None}
    if not known:
        raise InvalidPathException(detail=f"Resources cannot be sorted by {query.sort_by!r}.")
    if len(columns) == 1:
        (key,) = known.values()
        return Order(key, query.descending, is_indexed=columns[0].has_order(key))
    template = "CASE r.type" + " WHEN {} THEN {}" * len(known) + " END"
    parts = [part for kind, key in known.items() for part in (bind(kind.name), key)]
    return Order(put(template, *parts), query.descending)


def _cursor(given: Mapping[str, Any]) -> str | None:
    value = given.get("cursor")
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidValueException(detail="cursor must be a string.")
    if not _UNRESERVED.fullmatch(value):
        raise InvalidCursorException
    if given.get("startindex") not in (None, ""):
        raise InvalidValueException(
            detail="A list is paged by cursor or by startIndex, not by both."
        )
    return value


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
