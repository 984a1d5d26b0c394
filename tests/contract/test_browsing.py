"""Looking through a directory as a person does, on every engine."""

from dataclasses import replace

import pytest

from scim import Directory
from scim.browsing import PAGE, Browser, NoSuchPage, Search
from scim.permission import READING, NotPermitted, Permission
from scim.provider import GROUP, USER
from scim.sweeping import Sweeper, new_name
from tests.conftest import FakeClock
from tests.contract.directories import BASE_URL, Caller, body_of

NAMES = ('say "hi"', "O'Brien", "50%_off", "back\\slash", "Crème Brûlée", "<script>", "tab\tbed")


@pytest.fixture
def browser(directory: Directory) -> Browser:
    return Browser(directory, BASE_URL)


def test_a_search_finds_what_begins_like_it(browser: Browser, caller: Caller) -> None:
    for name in NAMES:
        caller.create(USER, body_of(USER, userName=f"{name}@x", displayName=f"{name}!"))
    client = replace(caller.client, permission=READING)

    for name in NAMES:
        for attribute in ("userName", "displayName"):
            found = browser.page(USER, Search(name.upper(), attribute), client).resources
            assert [f"{name}@x"] == [each["userName"] for each in found]


def test_pages_and_relations_lead_on(browser: Browser, caller: Caller) -> None:
    users = [
        caller.create(USER, body_of(USER, userName=f"u{n:03}", active=n % 2 == 0))["id"]
        for n in range(PAGE + 3)
    ]
    members = [{"value": id_} for id_ in users]
    group = caller.create(GROUP, body_of(GROUP, displayName="all", members=members))["id"]
    client = replace(caller.client, permission=READING)

    first = browser.page(USER, Search(), client)
    second = browser.page(USER, Search(cursor=str(first.following)), client)
    inactive = browser.page(USER, Search(active=False), client)
    related = browser.related(GROUP, group, "", client)
    found = browser.find(GROUP, group, client)

    assert users == [each["id"] for each in (*first.resources, *second.resources)]
    assert second.following is None
    assert users[1::2] == [each["id"] for each in inactive.resources]
    assert related is not None
    assert (USER, PAGE) == (related[0], len(related[1].resources))
    assert found is not None
    assert "members" not in found.document
    assert browser.find(USER, group, client) is None
    with pytest.raises(NoSuchPage):
        browser.page(USER, Search("u", cursor=str(first.following)), client)


def test_who_may_not_read_sees_nothing(browser: Browser, caller: Caller) -> None:
    client = replace(caller.client, permission=Permission(frozenset({"groups"}), frozenset()))

    with pytest.raises(NotPermitted):
        browser.page(USER, Search(), client)
    with pytest.raises(NotPermitted):
        browser.find(USER, "x", client)


def test_test_users_are_swept_away_and_all_others_counted(
    directory: Directory, browser: Browser, caller: Caller, clock: FakeClock
) -> None:
    sweeper, left, name = Sweeper(directory, USER, clock), new_name(), new_name()
    for each in (left, "provisor-test-lab@acme.example", "ada"):
        caller.create(USER, body_of(USER, userName=each))
    clock.advance(minutes=11)
    for each in (name, new_name()):
        caller.create(USER, body_of(USER, userName=each))
    assert (5, 0) == tuple(browser.count(kind, caller.client) for kind in (USER, GROUP))

    for _ in range(2):
        assert sweeper.sweep(name, caller.client)
    assert 4 == browser.count(USER, caller.client)
    for _ in range(2):
        sweeper.sweep_left(caller.client)

    assert 3 == browser.count(USER, caller.client)
    assert browser.page(USER, Search("provisor-test-lab"), caller.client).resources
