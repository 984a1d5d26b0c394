"""The list of apps: found by name and by state, in pages."""

import re

import pytest

from app import Assembly
from app.audit import CLI
from app.console import apps
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


def test_many_apps_stand_on_several_pages(three: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "_PAGE", 2)

    assert names(three) == ["HR Sync", "Payroll sync"]
    [following] = re.findall(r'rel="next" href="/console/apps([^"]+)"', three.text)
    assert names(three, following.replace("&amp;", "&")) == ["Okta"]
    assert 'rel="prev"' in three.text
    assert 'rel="next"' not in three.text
