"""The list of apps: found by name and by state, in pages."""

import html
import re

import pytest

from app import Assembly
from app.audit import CLI
from app.client_apps import NewApp
from tests.app.console_browser import Browser, new_app


def names(browser: Browser, query: str = "") -> list[str]:
    return re.findall(r'row-name"[^>]*>([^<]+)<', browser.open(f"/console/apps{query}").text)


@pytest.fixture
def three(assembly: Assembly, browser: Browser) -> Browser:
    """A browser of an owner who has three apps: without a token, off, and ready."""
    new_app(assembly, "HR Sync")
    assembly.client_apps.disable_scim(new_app(assembly, "Payroll sync").id, CLI)
    assembly.tokens.issue(new_app(assembly, "Okta").id, CLI)
    return browser


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["HR Sync", "Payroll sync", "Okta"]),
        ("?q=SYNC", ["HR Sync", "Payroll sync"]),
        ("?q=%20okta%20", ["Okta"]),
        ("?state=No+token", ["HR Sync"]),
        ("?state=SCIM+off&q=sync", ["Payroll sync"]),
        ("?state=Failing", []),
        ("?q=nobody", []),
        ("?page=2", []),
    ],
)
def test_apps_are_found_by_name_and_state(three: Browser, query: str, found: list[str]) -> None:
    assert names(three, query) == found
    if not found:
        assert "No app is like this" in three.text
        assert 'href="/console/apps">Show all<' in three.text


def test_each_state_there_is_can_be_chosen(three: Browser) -> None:
    options = re.findall(r"<option[^>]*>([^<]+)<", three.open("/console/apps").text)

    assert options == ["Any", "No token (1)", "SCIM off (1)", "Waiting (1)"]


@pytest.mark.parametrize(
    "query", ["?state=Odd", "?q=" + "x" * 101, "?q=%00", "?page=0", "?page=x", "?page=9999999"]
)
def test_what_nobody_offers_is_refused(three: Browser, query: str) -> None:
    assert three.ask("GET", f"/console/apps{query}") == 400


def test_many_apps_stand_on_several_pages(assembly: Assembly, browser: Browser) -> None:
    added = [new_app(assembly, f"App {number}").name for number in range(26)]

    assert names(browser) == added[:25]
    [following] = re.findall(r'rel="next" href="/console/apps([^"]+)"', browser.text)
    assert names(browser, following.replace("&amp;", "&")) == added[25:]
    assert 'rel="prev"' in browser.text
    assert 'rel="next"' not in browser.text
    assert names(browser, "?page=3") == []


def test_a_long_description_is_cut(assembly: Assembly, browser: Browser) -> None:
    assembly.client_apps.create(
        NewApp(assembly.tenants.default().id, "HR sync", "<b> long & " * 90), CLI
    )

    [shown] = re.findall(r'class="row-about">([^<]+)<', browser.open("/console/apps").text)
    assert html.unescape(shown) == "<b> long & " * 10 + "<b> long…"
