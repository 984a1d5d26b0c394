"""Hypothesis puts requests together, of every kind and in any order."""

from itertools import chain
from typing import Any

from hypothesis import strategies as st

from tests.differential.bulks import bulks
from tests.differential.exchanges import Request
from tests.differential.groups import groups
from tests.differential.labels import UNKNOWN_VERSION, label
from tests.differential.patches import patches
from tests.differential.queries import projections, queries, wrong_projections
from tests.differential.users import users
from tests.differential.walks import walks

_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_ENDPOINTS = {"User": "/Users", "Group": "/Groups"}

_BODIES: dict[str, st.SearchStrategy[Any]] = {"User": users(), "Group": groups()}

types = st.sampled_from(("User", "User", "Group"))
numbers = st.integers(0, 9)


@st.composite
def creations(draw: st.DrawFn) -> Request:
    """Return requests to make a resource."""
    type_ = draw(types)
    return Request("POST", _ENDPOINTS[type_], body=draw(_BODIES[type_]))


@st.composite
def replacements(draw: st.DrawFn) -> Request:
    """Return requests to replace a resource."""
    type_, number = draw(types), draw(numbers)
    return Request(
        "PUT",
        _place(type_, number),
        _maybe(draw, projections(type_)),
        _demands(draw, type_, number),
        draw(_BODIES[type_]),
    )


@st.composite
def changes(draw: st.DrawFn) -> Request:
    """Return requests to patch a resource."""
    type_, number = draw(types), draw(numbers)
    return Request(
        "PATCH",
        _place(type_, number),
        _maybe(draw, projections(type_)),
        _demands(draw, type_, number),
        draw(patches(type_)),
    )


@st.composite
def removals(draw: st.DrawFn) -> Request:
    """Return requests to delete a resource."""
    type_, number = draw(types), draw(numbers)
    return Request("DELETE", _place(type_, number), headers=_demands(draw, type_, number))


@st.composite
def reads(draw: st.DrawFn) -> Request:
    """Return requests for one resource."""
    type_, number = draw(types), draw(numbers)
    query = _maybe(draw, wrong_projections(type_))
    return Request("GET", _place(type_, number), query, _demands(draw, type_, number))


@st.composite
def lists(draw: st.DrawFn) -> Request:
    """Return requests for resources of a type, asked in the URL or in a body."""
    type_ = draw(types)
    query = draw(queries(type_))
    if draw(st.booleans()):
        asked = {name: str(value) for name, value in query.items()}
        return Request("GET", _ENDPOINTS[type_], asked)
    everywhere = not draw(st.integers(0, 3))
    path = "/.search" if everywhere else f"{_ENDPOINTS[type_]}/.search"
    for name in {"attributes", "excludedAttributes"} & set(query):
        query[name] = query[name].split(",")
    schemas = [_SEARCH] if draw(st.integers(0, 19)) else []
    return Request("POST", path, body={"schemas": schemas, **query})


def sequences(length: int) -> st.SearchStrategy[list[Request]]:
    """Return about so many requests; the first ones make something."""
    writes = creations() | replacements() | changes() | removals()
    one = st.one_of(writes, changes(), reads(), lists(), lists(), bulks())
    some = st.one_of(*(one.map(lambda each: [each]),) * 8, walks(writes))
    beginning = st.lists(creations(), min_size=5, max_size=5)
    rest = st.lists(some, min_size=length - 5, max_size=length - 5)
    return st.tuples(beginning, rest).map(
        lambda both: (both[0] + list(chain.from_iterable(both[1])))[:length]
    )


def _place(type_: str, number: int) -> str:
    return f"{_ENDPOINTS[type_]}/{label(type_, number)}"


def _maybe(draw: st.DrawFn, given: st.SearchStrategy[dict[str, str]]) -> dict[str, str]:
    return {} if draw(st.integers(0, 3)) else draw(given)


def _demands(draw: st.DrawFn, type_: str, number: int) -> dict[str, str]:
    """Return headers that demand a version, rarely."""
    if draw(st.integers(0, 3)):
        return {}
    current, past = label(type_, number, "current"), label(type_, number, "past")
    tags = (current, past, "*", UNKNOWN_VERSION, f"{past}, {current}", f'"0",{past}')
    name = draw(st.sampled_from(("If-Match", "If-None-Match")))
    return {name: draw(st.sampled_from(tags))}
