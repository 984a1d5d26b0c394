"""Lists paged by cursor (RFC 9865) on every engine: their order, their ends, and for what."""

import json
from itertools import chain
from typing import Any

import pytest
from scim2_models import (
    ExpiredCursorException,
    InvalidCountException,
    InvalidCursorException,
    InvalidFilterException,
    InvalidPathException,
)

from scim import Database, Directory, Limits
from scim.projection import read_projection
from scim.provider import GROUP, USER, Kind
from scim.query.paging import KEY_LENGTH
from scim.query.search import Query
from scim.rendering import View
from scim.tolerance import PROFILES
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    Caller,
    as_models,
    caller_of,
    new_group,
    new_tenant,
    new_user,
)
from tests.contract.filter_texts import attributes_of
from tests.contract.people import populate


def walked(caller: Caller, *kinds: Kind, **query: Any) -> list[list[str]]:
    """Return the ids on every page, walking on to the last one."""
    page = caller.search(*kinds, **query, cursor="")
    pages = [ids_of(page)]
    while "nextCursor" in page:
        page = caller.search(*kinds, **query, cursor=page["nextCursor"])
        pages.append(ids_of(page))
    return pages


def walked_back(caller: Caller, *kinds: Kind, **query: Any) -> list[list[str]]:
    """Return the ids on every page but the last one, walking back from it."""
    page = caller.search(*kinds, **query, cursor="")
    while "nextCursor" in page:
        page = caller.search(*kinds, **query, cursor=page["nextCursor"])
    pages = []
    while "previousCursor" in page:
        page = caller.search(*kinds, **query, cursor=page["previousCursor"])
        pages.insert(0, ids_of(page))
    return pages


def ids_of(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["Resources"]]


def in_pages(ids: list[str], count: int) -> list[list[str]]:
    return [ids[start : start + count] for start in range(0, len(ids), count)]


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_pages_are_the_list_cut_in_parts_whatever_it_is_sorted_by(
    caller: Caller, clock: FakeClock, order: str
) -> None:
    """The list itself is judged elsewhere, by scim2-models."""
    populate(caller, clock)
    everything = caller.search(USER, GROUP)["Resources"]
    known = chain.from_iterable(
        attributes_of(kind, as_models(everything)) for kind in (USER, GROUP)
    )

    for path in (None, *sorted({each.path for each in known})):
        query = {"sort_by": path, "descending": order == "descending"}
        try:
            whole = caller.ids(USER, GROUP, **query)
        except InvalidPathException:
            with pytest.raises(InvalidPathException):
                caller.ids(USER, GROUP, **query, cursor="")
            continue
        assert in_pages(whole, 17) == walked(caller, USER, GROUP, **query, count=17), path


@pytest.mark.parametrize(
    "query", [{}, {"sort_by": "externalId"}, {"sort_by": "externalId", "descending": True}]
)
def test_the_way_back_shows_the_same_pages(
    caller: Caller, clock: FakeClock, query: dict[str, Any]
) -> None:
    populate(caller, clock)

    for kinds in ((USER,), (GROUP,), (USER, GROUP)):
        for count in (1, 7):
            there = walked(caller, *kinds, **query, count=count)
            assert there[:-1] == walked_back(caller, *kinds, **query, count=count)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5])
def test_the_last_page_says_so_even_when_it_is_full(caller: Caller, size: int) -> None:
    ids = [new_user(caller, f"user {number}")["id"] for number in range(size)]

    assert in_pages(ids, 2) or [[]] == walked(caller, USER, count=2)


@pytest.mark.parametrize("query", [{}, {"sort_by": "title"}, {"sort_by": "userName"}], ids=str)
def test_a_page_that_others_emptied_is_no_dead_end(caller: Caller, query: dict[str, Any]) -> None:
    """There is a next page as long as anything comes next (RFC 9865 §2)."""
    first, here, last = (new_user(caller, name)["id"] for name in "abc")

    def follow(page: dict[str, Any], name: str) -> dict[str, Any]:
        return caller.search(USER, **query, count=1, cursor=page[name])

    page = follow(follow({"start": ""}, "start"), "nextCursor")

    assert [here] == ids_of(page)
    for gone, there, back in (
        (first, "previousCursor", "nextCursor"),
        (last, "nextCursor", "previousCursor"),
    ):
        caller.delete(USER, gone)
        empty = follow(page, there)
        assert [] == ids_of(empty)
        assert there not in empty
        assert [here] == ids_of(follow(empty, back))


def test_a_count_of_zero_only_counts(caller: Caller) -> None:
    """No cursors: a client would walk on for ever."""
    new_user(caller)

    page = caller.search(USER, cursor="", count=0)

    assert {"schemas", "totalResults", "itemsPerPage", "Resources"} == page.keys()
    assert (1, 0, []) == (page["totalResults"], page["itemsPerPage"], page["Resources"])


def test_a_list_without_a_cursor_is_paged_by_index(caller: Caller) -> None:
    new_user(caller, "a")
    new_user(caller, "b")

    page = caller.search(USER, count=1)

    assert 1 == page["startIndex"]
    assert not {"nextCursor", "previousCursor"} & page.keys()


def test_the_longest_values_neither_stop_a_walk_nor_make_long_cursors(caller: Caller) -> None:
    """Values that agree in the part a cursor holds come in order of creation."""
    ends = ("c", "a", "b")
    ids = [new_user(caller, end, title="x" * KEY_LENGTH + end)["id"] for end in ends]
    shorter = new_user(caller, "d", title="x" * KEY_LENGTH)["id"]
    last = new_user(caller, "e", title="😀" * KEY_LENGTH)["id"]

    pages = walked(caller, USER, sort_by="title", count=1)
    first = caller.search(USER, sort_by="title", count=1, cursor="")

    assert [[each] for each in (*ids, shorter, last)] == pages
    assert len(first["nextCursor"]) < 3000


GOOD = {"filter": 'userName sw "u"', "sort_by": "title", "count": 2}


@pytest.fixture
def cursor(caller: Caller) -> str:
    """A cursor of a list of users."""
    for number in range(5):
        new_user(caller, f"u{number}", title=str(number % 2))
    made: str = caller.search(USER, **GOOD, cursor="")["nextCursor"]
    return made


@pytest.mark.parametrize(
    "other",
    [
        {"filter": 'userName sw "U"'},
        {"filter": None},
        {"sort_by": "userName"},
        {"sort_by": None},
        {"descending": True},
    ],
    ids=str,
)
def test_a_cursor_is_good_for_its_own_query_only(
    caller: Caller, cursor: str, other: dict[str, Any]
) -> None:
    assert 2 == caller.search(USER, **GOOD, cursor=cursor)["itemsPerPage"]
    with pytest.raises(InvalidCursorException):
        caller.search(USER, **(GOOD | other), cursor=cursor)


def test_a_cursor_is_good_for_its_own_types_only(caller: Caller) -> None:
    for name in ("a", "b"):
        new_user(caller, name)
        new_group(caller, name)
    lists: tuple[tuple[Kind, ...], ...] = ((USER,), (GROUP,), (USER, GROUP))
    cursors = {kinds: caller.search(*kinds, count=1, cursor="")["nextCursor"] for kinds in lists}

    for kinds, cursor in cursors.items():
        assert caller.search(*kinds, count=1, cursor=cursor)
        for other in set(lists) - {kinds}:
            with pytest.raises(InvalidCursorException):
                caller.search(*other, count=1, cursor=cursor)


def test_a_cursor_is_good_for_its_own_attributes_only(caller: Caller) -> None:
    for number in range(3):
        new_user(caller, f"u{number}", title="x")

    def ask(cursor: str, **projection: str) -> str:
        view = View(BASE_URL, read_projection(projection, PROFILES["strict"]))
        query = Query(count=1, cursor=cursor)
        return caller.directory.search((USER,), query, caller.client, view)

    cursor = _next(ask("", attributes="title,userName"))

    assert ask(cursor, attributes="USERNAME,title")
    for other in ({}, {"attributes": "title"}, {"excludedAttributes": "title,userName"}):
        with pytest.raises(InvalidCursorException):
            ask(cursor, **other)


def test_a_cursor_is_good_for_its_own_tenant_only(
    directory: Directory, database: Database, caller: Caller, cursor: str
) -> None:
    other = caller_of(directory, new_tenant(database, "other"))
    for number in range(5):
        new_user(other, f"u{number}", title=str(number % 2))
    theirs = other.search(USER, **GOOD, cursor="")["nextCursor"]

    for stranger, its in ((other, cursor), (caller, theirs)):
        with pytest.raises(InvalidCursorException):
            stranger.search(USER, **GOOD, cursor=its)
    assert other.search(USER, **GOOD, cursor=theirs)


def test_a_cursor_is_good_for_its_own_count_only(caller: Caller, cursor: str) -> None:
    for count in (0, 1, 3, 500):
        with pytest.raises(InvalidCountException):
            caller.search(USER, **(GOOD | {"count": count}), cursor=cursor)


def test_a_cursor_is_good_for_its_time_only(caller: Caller, clock: FakeClock, cursor: str) -> None:
    clock.advance(seconds=Limits().cursor_timeout)
    assert caller.search(USER, **GOOD, cursor=cursor)

    clock.advance(seconds=1)
    with pytest.raises(ExpiredCursorException):
        caller.search(USER, **GOOD, cursor=cursor)


def test_a_query_that_cannot_be_read_is_that_first(caller: Caller) -> None:
    with pytest.raises(InvalidFilterException):
        caller.search(USER, filter="userName is", cursor="made-up")


def test_a_user_s_cursor_may_be_used_more_than_once(caller: Caller, cursor: str) -> None:
    """Nothing is kept of a walk: a client that lost an answer asks again."""
    first, again = (ids_of(caller.search(USER, **GOOD, cursor=cursor)) for _ in range(2))

    assert first == again


def _next(text: str) -> str:
    cursor: str = json.loads(text)["nextCursor"]
    return cursor
