"""A filter finds the same whether it starts at an index or looks at every resource."""

from contextlib import suppress
from dataclasses import replace
from itertools import chain, product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from scim2_models import InvalidFilterException, ScimFilter
from scim2_server.testing import SEARCH_FILTERS

from scim import PROVIDER, Database, Directory
from scim.provider import GROUP, USER, Kind
from scim.query.columns import Place
from scim.query.lookups import LENGTH
from scim.query.paging import Statement
from scim.query.search import Query, compile_query
from scim.storage.lists import Lists
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    Caller,
    as_models,
    body_of,
    caller_of,
    new_group,
    new_tenant,
    open_directory,
)
from tests.contract.filter_texts import attributes_of, filters
from tests.contract.people import ENTERPRISE, populate

EVERYTHING = (10_000, 0)


def statement_of(caller: Caller, database: Database, text: str, *kinds: Kind) -> Statement:
    place = Place(PROVIDER, database.words, BASE_URL, caller.client.tenant_id)
    return compile_query(Query(filter=text), kinds, caller.client.reader, place)


class Both:
    """A directory that is asked in both ways."""

    def __init__(self, caller: Caller, database: Database) -> None:
        self.caller = caller
        self._database = database
        self.started = 0
        """How many filters started at an index and found somebody."""

    def agree(self, text: str, *kinds: Kind) -> list[str]:
        """Return the ids that both ways find, and check that they do."""
        statement = statement_of(self.caller, self._database, text, *kinds)
        scan = replace(statement, candidates=None)
        with self._database.read() as session:
            lists = Lists(session, self._database.words, self.caller.client.tenant_id)
            answers = [
                [each[0] for each in lists.page(way.asked, way.order.terms, EVERYTHING)]
                for way in (statement, scan)
            ]
            totals = [way.total(lists) for way in (statement, scan)]
        assert answers[0] == answers[1], text
        assert [len(answers[0])] * 2 == totals, text
        self.started += bool(answers[0]) and statement.asked.candidates is not None
        return answers[0]


@pytest.fixture
def both(database: Database, clock: FakeClock) -> Both:
    """Users and groups of two tenants."""
    directory = open_directory(database, clock)
    callers = [caller_of(directory, new_tenant(database, name)) for name in ("one", "two")]
    for each in callers:
        populate(each, clock)
    return Both(callers[0], database)


STARTED = (
    'externalId eq "ext-1"',
    'externalId eq "Ext-1"',
    'externalId sw "E"',
    'displayName co "b"',
    'displayName ew "e"',
    'displayName gt "a"',
    'displayName ge ""',
    "displayName pr",
    "emails.value pr",
    'emails eq "same@example.com"',
    'emails.value eq "same@example.com"',
    'emails.value sw "s"',
    'emails.value co "@"',
    'emails[type eq "work" and value eq "same@example.com"]',
    'emails[value eq "same@example.com" or value sw "f"]',
    'emails[value sw "s" and value ew "m"]',
    "emails[value pr and primary eq true]",
    'phoneNumbers.value sw "+41"',
    'name.familyName lt "x"',
    "active eq true",
    "active eq false",
    f'{ENTERPRISE}:employeeNumber le "0010"',
    f'{ENTERPRISE}:manager.value eq "7"',
    'userName sw "c" and active pr',
    'userName eq "CASE" or externalId eq "Ext-1"',
    'externalId pr and not (displayName pr) and userName co "e"',
    'meta.lastModified ge "2026-11-24T00:00:00Z"',
    'meta.created lt "2030-01-01T00:00:00Z"',
    'userName gt "c" and (title pr or nickName pr)',
)
"""Filters on users that somebody meets."""


def test_filters_find_the_same_in_both_ways(both: Both) -> None:
    for text in STARTED:
        assert both.agree(text, USER), text
    for text in SEARCH_FILTERS:
        both.agree(text, USER)
        both.agree(text, USER, GROUP)

    assert both.started > len(STARTED) / 2


MIXED = frozenset(
    {
        *("id", "meta.created", "meta.lastModified", "externalId", "userName", "displayName"),
        *("active", "name.familyName", "name.givenName", "title"),
        *("emails", "emails.value", "emails.type", "phoneNumbers.value", "roles.value"),
        *(f"{ENTERPRISE}:employeeNumber", f"{ENTERPRISE}:manager.value"),
        *("members", "members.value", "members.type", "groups", "groups.value"),
    }
)
"""Attributes that a search starts from, and some that it does not."""


@pytest.mark.parametrize("kinds", [(USER,), (GROUP,), (USER, GROUP)], ids=["user", "group", "root"])
def test_generated_filters_find_the_same_in_both_ways(both: Both, kinds: tuple[Kind, ...]) -> None:
    attributes = [
        each
        for kind in kinds
        for each in attributes_of(kind, as_models(both.caller.search(kind)["Resources"]))
        if each.path in MIXED
    ]

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=150,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(filters(attributes))
    def check(text: str) -> None:
        with suppress(InvalidFilterException):
            both.agree(text, *kinds)

    check()
    assert both.started > 5


def test_members_are_found_by_their_groups_and_groups_by_their_members(
    caller: Caller, database: Database
) -> None:
    both = Both(caller, database)
    users = [
        caller.create(USER, body_of(USER, userName=f"user {number}"))["id"] for number in range(3)
    ]
    group, other = new_group(caller, "group", *users[:2])["id"], new_group(caller, "other")["id"]
    nested = new_group(caller, "nested", group, users[0])["id"]

    assert [group, nested] == both.agree(f'members.value eq "{users[0]}"', GROUP)
    assert [group, nested] == both.agree(f'members[value eq "{users[0]}"]', GROUP)
    assert [nested] == both.agree(f'members eq "{group}"', GROUP)
    assert users[:2] == both.agree(f'groups.value eq "{group}"', USER)
    assert [] == both.agree(f'groups.value eq "{other}" or groups.value eq "x"', USER)
    assert 6 > both.started > 3


ENDS = ("", "a", "b", "\U0010ffff", "\ud7ff", "\N{GRINNING FACE}")
OPERATORS = ("eq", "ne", "sw", "ew", "co", "gt", "ge", "lt", "le")


def test_values_longer_than_what_is_kept_of_them_are_compared_whole(
    caller: Caller, database: Database
) -> None:
    texts = [
        "m" * length + end
        for length in (LENGTH - 2, LENGTH - 1, LENGTH, LENGTH + 1)
        for end in ENDS
    ]
    both = Both(caller, database)
    users = [
        caller.create(USER, body_of(USER, userName=f"user {n}", displayName=text))
        for n, text in enumerate(texts)
    ]
    models = as_models(users)

    for operator, text in product(OPERATORS, texts):
        filter_ = f'displayName {operator} "{text}"'
        judge = ScimFilter[USER.model](filter_)  # type: ignore[name-defined]
        found = both.agree(filter_, USER)
        assert [each.id for each in models if judge.match(each)] == found, filter_


@pytest.mark.parametrize("last", ["a", "\ud7ff", "\U0010ffff", "a\U0010ffff", "\U0010ffff" * 2])
def test_what_begins_like_an_operand_ends_before_the_next_text(
    directory: Directory, database: Database, last: str
) -> None:
    caller = caller_of(directory, new_tenant(database))
    both = Both(caller, database)
    for number, end in enumerate(("", last[:-1], last, last + "x", last + "\U0010ffff", "\ue000")):
        body = body_of(USER, userName=f"{number}", displayName=f"x{end}", externalId=end)
        caller.create(USER, body)

    assert 3 <= len(both.agree(f'displayName sw "x{last}"', USER))
    assert 3 == len(both.agree(f'externalId sw "{last}"', USER))
    assert 6 == len(both.agree('displayName sw ""', USER))


def test_any_number_of_terms_is_taken(caller: Caller, database: Database) -> None:
    """SQLite unites no more than 500 SELECTs; a filter has at most 100 terms, for each kind."""
    both = Both(caller, database)
    ids = [
        caller.create(USER, body_of(USER, userName=f"{number}", externalId=f"{number}"))["id"]
        for number in (7, 99)
    ]
    text = " or ".join(f'externalId eq "{number}"' for number in range(100))

    assert ids == both.agree(text, USER)
    assert ids == both.agree(text, USER, GROUP)
    assert ids == both.agree(text, *[USER, GROUP] * 2)
    assert 2 == both.started


@pytest.mark.parametrize("sort_by", [None, "meta.lastModified", "userName", "displayName"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_what_a_filter_finds_are_the_whole_of_it_once(
    database: Database, clock: FakeClock, sort_by: str | None, *, descending: bool
) -> None:
    caller = caller_of(open_directory(database, clock), new_tenant(database))
    populate(caller, clock)
    query = {"sort_by": sort_by, "descending": descending}
    for text in (
        "externalId pr",
        'userName sw "0" or emails pr',
        'meta.lastModified ge "2026-11-24T00:00:05Z"',
        'userName co "e" and displayName pr',
    ):
        whole = caller.ids(USER, filter=text, **query)
        starts = range(1, len(whole) + 5, 4)
        by_index = [
            caller.ids(USER, filter=text, start_index=start, count=4, **query) for start in starts
        ]
        assert whole == list(chain.from_iterable(by_index)), text
        assert whole == walked(caller, filter=text, **query), text


def walked(caller: Caller, **query: Any) -> list[str]:
    """Return the ids on every page by cursor, having looked back from each page on the way."""
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = caller.search(USER, count=4, cursor=cursor, **query)
        here = [each["id"] for each in page["Resources"]]
        if ids:
            back = caller.search(USER, count=4, cursor=page["previousCursor"], **query)
            assert ids[-4:] == [each["id"] for each in back["Resources"]]
        ids += here
        cursor = page.get("nextCursor")
    return ids
