"""The check-list of an app, and what is said of the public address of an instance."""

import re
from pathlib import Path

import pytest

from app import Assembly, Settings, create_app
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from app.public_address import remarks_on
from tests.app.console_browser import Browser
from tests.app.provider import Provider
from tests.conftest import FakeClock


def ticked(browser: Browser, app: ClientApp) -> list[str]:
    """Return what is done on the list of an app."""
    page = browser.open(f"/console/apps/{app.id}").text
    listed = re.findall(r'<li class="check( check-done)?">\s*<p><strong>(.*?)</strong>', page)
    assert len(listed) == 5
    assert ("data-live" in page) == (len([done for done, _ in listed if done]) < 5)
    return [title for done, title in listed if done]


def test_the_check_list_ticks_what_is_really_so(browser: Browser, assembly: Assembly) -> None:
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Okta"), CLI)
    done: list[str] = []
    assert done == ticked(browser, app)

    assembly.client_apps.enable_scim(app.id, CLI)
    browser.open(f"/console/apps/{app.id}/guide").send(f"/console/apps/{app.id}/guide/test")
    assert assembly.log.queue.flush()  # its requests are no provider's
    done.append("SCIM is on")
    assert done == ticked(browser, app)

    token = assembly.tokens.issue(app.id, CLI).text
    done.append("Token issued")
    assert done == ticked(browser, app)

    provider = Provider(create_app(assembly).test_client(), token)
    provider.ask("GET", "/Users")
    done.append("First request seen")
    assert done == ticked(browser, app)

    provider.ask("POST", "/Users", {"userName": "ada"})
    done.append("First user created")
    assert done == ticked(browser, app)
    assert "1 user in its directory." in browser.text

    provider.ask("POST", "/Groups", {"displayName": "all"})
    done.append("First group created")
    assert done == ticked(browser, app)
    assert "5 of 5 done" in browser.text


def test_a_page_that_updates_itself_keeps_no_session_alive(
    browser: Browser, clock: FakeClock
) -> None:
    clock.advance(minutes=29)
    assert 200 == browser.ask("GET", "/console/apps", {"X-Provisor-Live": "1"})
    clock.advance(minutes=2)
    assert 303 == browser.ask("GET", "/console/apps")


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://scim.example.com", [True, True, True]),
        ("https://scim.example.com:8443", [True, True, True]),
        ("http://scim.example.com", [True, False, True]),
        ("", [False, False, False]),
        ("https://10.0.0.7", [True, True, False]),
        ("https://8.8.8.8", [True, True, True]),
        ("https://[::1]:5000", [True, True, False]),
        ("https://scim.acme.internal", [True, True, False]),
        ("https://provisor", [True, True, False]),
    ],
)
def test_the_public_address_is_judged_by_what_it_says(
    tmp_path: Path, url: str, good: list[bool]
) -> None:
    remarks = remarks_on(Settings(instance=tmp_path, base_url=url))

    assert good == [each.is_good for each in remarks]
