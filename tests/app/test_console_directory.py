"""The directory browser: what the provider sent, found again, and never more than that."""

import html
import json
import re
from urllib.parse import quote

import pytest

from app import Assembly, create_app
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from tests.admins import give_role
from tests.app.console_browser import OUR_SCRIPT, Browser, everything_stored, new_admin
from tests.app.hostile import HOSTILE
from tests.app.provider import Provider
from tests.app.test_console import XSS


@pytest.fixture
def people(assembly: Assembly, client_app: ClientApp) -> Provider:
    """A provider that sent 60 users, every tenth inactive, and a group of all of them."""
    token = assembly.tokens.issue(client_app.id, CLI).text
    provider = Provider(create_app(assembly).test_client(), token)
    made = [
        add(
            provider,
            "Users",
            userName=f"user{n:02}@example.com",
            displayName=f"Person {n}",
            active=n % 10 != 0,
        )
        for n in range(60)
    ]
    add(provider, "Groups", displayName="Everybody", members=[{"value": id_} for id_ in made])
    return provider


def add(provider: Provider, endpoint: str, **fields: object) -> str:
    made = provider.ask("POST", f"/{endpoint}", fields)
    assert made.status_code == 201, made.text
    identifier: str = made.get_json(force=True)["id"]
    return identifier


def directory(app: ClientApp, endpoint: str = "Users") -> str:
    return f"/console/apps/{app.id}/directory/{endpoint}"


def names(browser: Browser) -> list[str]:
    return [
        html.unescape(name) for name in re.findall(r'class="row-name"[^>]*>([^<]*)<', browser.text)
    ]


def follow(browser: Browser, relation: str) -> bool:
    found = re.search(rf'href="([^"]*)" rel="{relation}"', browser.text)
    if found:
        browser.open(html.unescape(found[1]))
    return bool(found)


@pytest.mark.usefixtures("people")
def test_pages_lead_through_everybody_and_back(browser: Browser, client_app: ClientApp) -> None:
    browser.open(directory(client_app))
    seen = names(browser)
    while follow(browser, "next"):
        seen += names(browser)

    assert [f"user{n:02}@example.com" for n in range(60)] == seen
    assert follow(browser, "prev")
    assert follow(browser, "prev")
    assert seen[:25] == names(browser)
    assert len(browser.text) < 40_000


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("q=USER1", 10), ("q=user1&in=userName", 10), ("q=person+1&in=displayName", 11),
        ("q=person+1", 0), ("q=user1&in=nonsense", 10), ("active=no", 6), ("active=maybe", 25),
        ("active=yes", 25), ("q=%25", 0), ('q="', 0), ("q=\\", 0), (f"q={'x' * 100}", 0),
    ],
)  # fmt: skip
def test_a_search_looks_for_the_beginning_of_a_name(
    browser: Browser, client_app: ClientApp, asked: str, count: int
) -> None:
    assert count == len(names(browser.open(f"{directory(client_app)}?{asked}")))
    assert browser.page.status_code == 200
    assert count or "Nobody matches" in browser.text


@pytest.mark.usefixtures("people")
def test_a_page_of_a_search_keeps_what_was_searched(
    browser: Browser, client_app: ClientApp
) -> None:
    seen = names(browser.open(f"{directory(client_app)}?active=yes"))
    while follow(browser, "next"):
        seen += names(browser)

    assert 54 == len(seen)
    assert "Search in" in browser.text


def test_a_resource_is_shown_with_its_json_its_etag_and_its_groups(
    browser: Browser, client_app: ClientApp, people: Provider
) -> None:
    found = people.ask("GET", '/Users?filter=userName eq "user07@example.com"').get_json(force=True)
    user = found["Resources"][0]

    browser.open(f"{directory(client_app)}/{user['id']}")

    shown = json.loads(
        html.unescape(browser.text.partition("<code>{")[2].partition("</code>")[0]).join(["{", ""])
        if False
        else html.unescape("{" + browser.text.partition("<code>{")[2].partition("</code>")[0])
    )
    expected = {name: value for name, value in user.items() if name != "groups"}
    assert expected | {"meta": {**expected["meta"], "location": shown["meta"]["location"]}} == shown
    assert (
        html.escape(user["meta"]["version"], quote=True).replace("&quot;", "&#34;") in browser.text
    )
    assert ["Everybody"] == names(browser)
    assert "user.create" in browser.text
    assert "HR sync" in browser.text


@pytest.mark.usefixtures("people")
def test_the_members_of_a_group_come_in_pages(browser: Browser, client_app: ClientApp) -> None:
    browser.open(directory(client_app, "Groups"))
    [name] = names(browser)
    link = re.search(r'class="row-name" href="([^"]*)"', browser.text)
    assert link is not None
    browser.open(link[1])

    seen = names(browser)
    while follow(browser, "next"):
        seen += names(browser)

    assert ("Everybody", 60, 60) == (name, len(seen), len(set(seen)))
    assert "members" not in browser.text.partition("<code>{")[2].partition("</code>")[0]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("cursor", ["x", "%00", "A" * 60, "é"])
def test_a_page_that_nobody_made_is_the_first(
    browser: Browser, client_app: ClientApp, cursor: str
) -> None:
    browser.open(f"{directory(client_app)}?cursor={quote(cursor, safe='%')}")

    assert (400, 25) == (browser.page.status_code, len(names(browser)))
    assert "too old" in browser.text


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "rest", ["Users/nobody", "Users/%00", "Nothing", "Groups/' OR 1=1 --", "users"]
)
def test_what_is_not_there_is_not_found(browser: Browser, client_app: ClientApp, rest: str) -> None:
    assert 404 == browser.ask("GET", f"/console/apps/{client_app.id}/directory/{rest}")
    assert 400 == browser.ask("GET", f"{directory(client_app)}?q={'x' * 101}")
    assert 400 == browser.ask("GET", f"{directory(client_app)}?q=%00")


def test_another_tenant_is_another_directory(
    browser: Browser, assembly: Assembly, client_app: ClientApp, people: Provider
) -> None:
    user = people.ask("GET", "/Users").get_json(force=True)["Resources"][0]["id"]
    cursor = re.search(r"cursor=([^&\"]*)", browser.open(directory(client_app)).text)
    tenant = assembly.tenants.create("other", CLI)
    other = assembly.client_apps.create(NewApp(tenant.id, "Other"), CLI)

    assert [] == names(browser.open(directory(other)))
    assert "There are no Users yet" in browser.text
    assert 404 == browser.ask("GET", f"{directory(other)}/{user}")
    assert cursor is not None
    assert 400 == browser.ask("GET", f"{directory(other)}?cursor={cursor[1]}")


def test_who_may_view_an_app_looks_at_its_directory_and_nobody_else(
    assembly: Assembly, client_app: ClientApp, people: Provider
) -> None:
    del people
    stranger, viewer = (new_admin(assembly, name, "admin") for name in ("grace", "joan"))
    give_role(assembly.access, client_app.id, viewer.id, "viewer")

    assert 404 == Browser(assembly).sign_in(stranger).ask("GET", directory(client_app))
    looking = Browser(assembly).sign_in(viewer)
    before = everything_stored(assembly)
    assert 200 == looking.ask("GET", directory(client_app))
    assert before == everything_stored(assembly)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert looking.ask(method, directory(client_app)) in {400, 404, 405}


def test_hostile_names_are_text_and_never_markup(
    browser: Browser, client_app: ClientApp, assembly: Assembly, owner: Admin
) -> None:
    del owner
    token = assembly.tokens.issue(client_app.id, CLI).text
    provider = Provider(create_app(assembly).test_client(), token)
    for number, text in enumerate(HOSTILE):
        add(provider, "Users", userName=f"{number}{text}", displayName=text, externalId=text)
    assert len(HOSTILE) >= 200

    browser.open(directory(client_app))
    seen = names(browser)
    check_harmless(browser.text)
    while follow(browser, "next"):
        seen += names(browser)
        check_harmless(browser.text)
    assert [f"{number}{text}" for number, text in enumerate(HOSTILE)] == seen
    for text in (*HOSTILE[::20], XSS):
        browser.open(f"{directory(client_app)}?q={quote(text)}&in=displayName")
        assert browser.page.status_code == 200
        check_harmless(browser.text)
        assert follow_first(browser) == (text in HOSTILE and text == text.strip())
        check_harmless(browser.text)


def follow_first(browser: Browser) -> bool:
    link = re.search(r'class="row-name" href="([^"]*)"', browser.text)
    if link:
        browser.open(html.unescape(link[1]))
        assert browser.page.status_code == 200
    return bool(link)


TAGS = re.compile(r"<(/?[a-zA-Z!][^\s>/]*)([^>]*)>")
KNOWN = (
    "!doctype html head meta title link body a header div img nav form input span button main ol"
    " ul li h1 h2 p time label select option section dl dt dd code pre strong"
)


def check_harmless(text: str) -> None:
    """See to it that no text became a tag, or an attribute that runs."""
    for tag, attributes in TAGS.findall(text.replace(OUR_SCRIPT, "")):
        assert tag.lower().lstrip("/") in KNOWN.split(), tag
        names_only = re.sub(r'"[^"]*"', '""', attributes)
        assert not re.search(r"\s(on\w+|style|srcdoc|formaction)\s*=", names_only), tag
