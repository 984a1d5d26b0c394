"""The bounds of a request: for each, a request that just meets it, whatever its value."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote_plus

from tests.conformance.bad_input.site import BULK, PATCH, PREFIX, SEARCH, USER, Case

_SEARCH = "/Users/.search"


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound, and how to ask for a number of what it bounds."""

    name: str
    """Of the field of :class:`Limits`."""

    ask: Callable[[int], Case]
    """Returns a request for so many, with the error that answers it where they are too many."""

    profiles: tuple[str, ...] = ("strict", "tolerant")
    """Whose requests may look like this."""

    answered: int = 200
    """The status of what just meets the bound."""


def _url(length: int) -> Case:
    path = "/Users?x="
    return Case("GET", path + "a" * (length - len(PREFIX + path)), None, 400, "")


def _path(length: int) -> Case:
    """Return a request for a resource that is not there, by a URL without a query."""
    path = "/Users/"
    return Case("GET", path + "a" * (length - len(PREFIX + path)), None, 400, "")


def _escaped_path(length: int) -> Case:
    """A percent escape in a path stands for one byte."""
    path = "/Users/%41"
    return Case("GET", path + "a" * (length - len(PREFIX + path) + 2), None, 400, "")


def _body(length: int) -> Case:
    return Case("POST", _SEARCH, json.dumps(_searching()).encode().ljust(length), 413, "")


def _searching(**parameters: object) -> dict[str, object]:
    return {"schemas": [SEARCH], **parameters}


def _with(nested: str) -> bytes:
    """Return the body of a search that has something nested in it."""
    return json.dumps(_searching(x=0)).replace("0}", nested + "}").encode()


def _arrays(depth: int) -> Case:
    return Case("POST", _SEARCH, _with("[" * (depth - 1) + "]" * (depth - 1)), 400, "invalidSyntax")


def _objects(depth: int) -> Case:
    body = _with('{"x": ' * (depth - 2) + "{}" + "}" * (depth - 2))
    return Case("POST", _SEARCH, body, 400, "invalidSyntax")


def _patches(number: int) -> Case:
    return _patch([{"op": "replace", "path": "title", "value": "x"}] * number, 413, "")


def _patches_in_capitals(number: int) -> Case:
    """Of two names that differ in case, either may be the one that is read."""
    operation = {"op": "replace", "path": "title", "value": "x"}
    body = {"schemas": [PATCH], "OPERATIONS": [operation], "operations": [operation] * number}
    return Case("PATCH", "/Users/@user", body, 413, "")


def _bulk(number: int) -> Case:
    """Return deletions of what is not there, each of which fails by itself."""
    body = {"schemas": [BULK], "Operations": [{"method": "DELETE", "path": "/Users/x"}] * number}
    return Case("POST", "/Bulk", body, 413, "")


def _patch(operations: list[object], status: int, scim_type: str) -> Case:
    body = {"schemas": [PATCH], "Operations": operations}
    return Case("PATCH", "/Users/@user", body, status, scim_type)


def _values(number: int) -> tuple[Case, ...]:
    """Return requests with so many values of an attribute, whichever way they are read."""
    values = [{"value": str(each)} for each in range(number)]
    emails = [{"value": "a@b.example", "type": "work"}]  # which other requests select
    user = {"schemas": [USER], "userName": "Ada", "title": "Countess", "emails": emails}
    replaced = {"op": "replace", "path": "phoneNumbers", "value": values}
    added = {"op": "add", "path": "photos", "value": values}  # read by scim2-models
    return (
        Case("PUT", "/Users/@user", user | {"ims": values}, 400, "invalidValue"),
        Case("PUT", "/Users/@user", user | {"IMS": values}, 400, "invalidValue"),
        _patch([replaced], 400, "invalidValue"),
        _patch([added], 400, "invalidValue"),
    )


def _posted_values(number: int) -> Case:
    """Return a user whose name is taken, which is found out once the values have been counted."""
    values = [{"value": str(each)} for each in range(number)]
    body = {"schemas": [USER], "userName": "Ada", "entitlements": values}
    return Case("POST", "/Users", body, 400, "invalidValue")


def _query(parameter: str, value: str, scim_type: str) -> Iterable[Case]:
    yield Case("GET", f"/Users?{parameter}={quote_plus(value, safe='[](),')}", None, 400, scim_type)
    for path in (_SEARCH, "/.search"):
        yield Case("POST", path, _searching(**{parameter: value}), 400, scim_type)


def _named(path: str, scim_type: str) -> Case:
    """Return an operation that names what it writes to in its value."""
    return _patch([{"op": "replace", "value": {path: "x"}}], 400, scim_type)


def _at(path: str, scim_type: str) -> Case:
    return _patch([{"op": "replace", "path": path, "value": "x"}], 400, scim_type)


def _long(length: int) -> tuple[Case, ...]:
    """Return expressions with white space in front, which means nothing to them."""
    listed = ("title," * length)[:length]
    return (
        *_query("filter", "title pr".rjust(length), "invalidFilter"),
        *_query("sortBy", "title".rjust(length), "invalidPath"),
        *_query("attributes", listed, "invalidValue"),
        *_query("excludedAttributes", listed, "invalidValue"),
        Case("POST", _SEARCH, _searching(attributes=_two_names(length)), 400, "invalidValue"),
        _at(_long_path(length), "invalidPath"),
    )


def _two_names(length: int) -> list[str]:
    return ["x" * (length - 6), "title"]


def _long_path(length: int) -> str:
    return 'emails[type eq "work"].display'.rjust(length)


def _deep(depth: int) -> tuple[Case, ...]:
    negated = "not (" * depth + "title pr" + ")" * depth
    return (
        *_query("filter", _within("title pr", depth), "invalidFilter"),
        *_query("filter", negated, "invalidFilter"),
        *_query("filter", f"emails[{_within('type pr', depth - 1)}]", "invalidFilter"),
        _at(_deep_path(depth), "invalidPath"),
    )


def _deep_path(depth: int) -> str:
    return f"emails[{_within('type pr', depth - 1)}].display"


def _within(text: str, parentheses: int) -> str:
    return "(" * parentheses + text + ")" * parentheses


def _many(number: int) -> tuple[Case, ...]:
    return (
        *_query("filter", _any_of("title pr", number), "invalidFilter"),
        *_query("filter", f"emails[{_any_of('type pr', number)}]", "invalidFilter"),
        _at(_many_path(number), "invalidFilter"),
    )


def _many_path(number: int) -> str:
    return f"emails[{_any_of('type pr', number)}].display"


def _joined_tightly(number: int) -> Case:
    """Return a filter whose joints no white space tells from what stands before them."""
    filter_ = "or ".join(["title ne 1"] * number)
    return Case("POST", _SEARCH, _searching(filter=filter_), 400, "invalidFilter")


def _any_of(term: str, number: int) -> str:
    return " or ".join([term] * number)


def _each(name: str, ask: Callable[[int], tuple[Case, ...]]) -> Iterable[Bound]:
    """Return a bound for each of several requests that meet the same one."""
    for index in range(len(ask(20))):
        yield Bound(name, lambda number, index=index: ask(number)[index])


BOUNDS = (
    Bound("url", _url),
    Bound("url", _path, answered=404),
    Bound("url", _escaped_path, answered=404),
    Bound("body", _body),
    Bound("json_depth", _arrays),
    Bound("json_depth", _objects),
    Bound("patch_operations", _patches),
    Bound("patch_operations", _patches_in_capitals),
    Bound("bulk_operations", _bulk),
    *_each("values", _values),
    Bound("values", _posted_values, answered=409),
    *_each("filter_length", _long),
    *_each("filter_depth", _deep),
    *_each("filter_terms", _many),
    Bound("filter_terms", _joined_tightly, ("tolerant",)),
    Bound("filter_length", lambda number: _named(_long_path(number), "invalidPath"), ("tolerant",)),
    Bound("filter_depth", lambda number: _named(_deep_path(number), "invalidPath"), ("tolerant",)),
    Bound(
        "filter_terms", lambda number: _named(_many_path(number), "invalidFilter"), ("tolerant",)
    ),
)
"""Every bound at every place where a request can meet it."""
