"""Rotating a token in the console: what is shown, who may, and what stands in the way."""

import pytest

from app import Assembly
from app.admins import Admin
from app.client_apps import ClientApp
from app.tokens import Use
from tests.app.console_browser import Browser
from tests.conftest import FakeClock


@pytest.fixture
def page(client_app: ClientApp) -> str:
    return f"/console/apps/{client_app.id}/tokens/rotation"


def test_a_rotation_shows_the_successor_once_and_who_uses_the_old_one(
    browser: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin, clock: FakeClock
) -> None:
    page = f"/console/apps/{client_app.id}/tokens/rotation"
    old = browser.issue(client_app, "Okta")
    assembly.authenticator.authenticate(old, Use("203.0.113.7", "Okta SCIM Client"))
    browser.open(f"/console/apps/{client_app.id}")
    assert f'href="{page}"' in browser.text

    browser.open(page)
    assert 'value="Okta"' in browser.text
    browser.send(page, label="Okta 2027", scope="scim:read", networks="203.0.113.0/24")
    new = browser.issued()
    browser.open(page)

    assert new not in browser.text
    for fact in ("It has not been used so far.", "…" + old[-4:], "203.0.113.7"):
        assert fact in browser.text
    browser.open(f"/console/apps/{client_app.id}")
    for fact in ("Being replaced", "Waiting for its first use", "scim:read", "203.0.113.0/24"):
        assert fact in browser.text
    assert f'href="{page}"' not in browser.text

    assembly.authenticator.authenticate(new, Use("203.0.113.7"))
    clock.advance(hours=25)
    browser.sign_in(owner).open(f"/console/apps/{client_app.id}")
    assert "Superseded" in browser.text.partition('<details class="card">')[2]


def test_a_second_rotation_and_one_without_a_token_are_refused_in_words(
    browser: Browser, client_app: ClientApp, page: str
) -> None:
    browser.open(page)
    assert "no active token to rotate" in browser.text
    browser.send(page)
    assert 409 == browser.page.status_code

    browser.issue(client_app)
    browser.open(page)
    browser.send(page)
    browser.open(page)
    browser.send(page)

    assert 409 == browser.page.status_code
    assert "This app is being rotated" in browser.text


@pytest.mark.parametrize("asked", [{"scope": "everything"}, {"networks": "nowhere"}])
def test_what_cannot_be_asked_of_a_token_is_told_and_changes_nothing(
    browser: Browser, assembly: Assembly, client_app: ClientApp, page: str, asked: dict[str, str]
) -> None:
    browser.issue(client_app)
    before = assembly.tokens.list(client_app.id)
    browser.open(page)

    browser.send(page, **asked)

    assert 400 == browser.page.status_code
    assert before == assembly.tokens.list(client_app.id)
