"""Step-up: who signed in a while ago proves again who they are, and loses nothing entered."""

import html
import re

import pyotp
import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from tests.admins import PASSWORD
from tests.app.console_browser import Browser, everything_stored
from tests.conftest import FakeClock

HOSTILE = "\"'><script>alert(1)</script>"


@pytest.fixture
def late(browser: Browser, clock: FakeClock) -> Browser:
    """A browser whose owner signed in ten minutes ago."""
    clock.advance(minutes=10)
    return browser.open("/console/apps")


def held(browser: Browser) -> dict[str, str]:
    """Return what the page that asks for a proof sends again."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', browser.text)
    pairs = {name: html.unescape(value) for name, value in found}
    pairs.pop("csrf_token", None)
    return pairs


def test_what_was_entered_goes_on_after_the_proof(
    late: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    action = f"/console/apps/{client_app.id}/tokens"
    late.send(action, label=HOSTILE, scope="scim:read", networks="192.0.2.0/24")
    assert late.page.status_code == 403
    assert f'action="{action}"' in late.text
    assert "Nothing has been done so far." in late.text  # which may be a change or a download
    assert "<script>" not in late.text
    assert [] == assembly.tokens.list(client_app.id)

    late.send(action, proof=PASSWORD, **held(late))

    assert "<h1>Issue Long-lived Token</h1>" in late.text
    [token] = assembly.tokens.list(client_app.id)
    assert (token.label, token.scope, token.ip_allow) == (HOSTILE, "scim:read", "192.0.2.0/24")


def test_a_wrong_proof_asks_again_and_then_to_wait(
    late: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    action = f"/console/apps/{client_app.id}/tokens"
    late.send(action, label="Okta")
    before = everything_stored(assembly)["token"]

    for said in ("not your password", "not your password", "not your password", "Wait 1 second"):
        late.send(action, proof="guess", **held(late))
        assert late.page.status_code == 403
        assert said in late.text
        assert held(late) == {"label": "Okta"}
        assert "guess" not in late.text

    assert everything_stored(assembly)["token"] == before


def test_a_proof_gives_the_session_another_secret(
    late: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin, clock: FakeClock
) -> None:
    former = late.find_session_cookie()
    late.send(f"/console/apps/{client_app.id}/tokens", proof=PASSWORD)
    latter = late.find_session_cookie()

    assert former is not None
    assert latter is not None
    assert assembly.sessions.find(former.value) is None
    assert assembly.sessions.find(latter.value) == owner
    clock.advance(minutes=9)
    [token] = assembly.tokens.list(client_app.id)
    late.send(f"/console/apps/{client_app.id}/tokens/{token.jti}/revoke")
    assert "The token is revoked." in late.text


def test_with_a_second_factor_its_code_is_the_proof(
    browser: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin, clock: FakeClock
) -> None:
    phone = pyotp.TOTP(assembly.door.second_factors.begin(owner).key)
    assembly.door.second_factors.confirm(owner, phone.at(clock()), CLI)
    clock.advance(minutes=10)
    action = f"/console/apps/{client_app.id}/tokens"

    browser.send(action, label="Okta")
    assert "authenticator app" in browser.text
    browser.send(action, proof=PASSWORD, **held(browser))
    assert [] == assembly.tokens.list(client_app.id)
    browser.send(action, proof=phone.at(clock()), **held(browser))

    assert [token.label for token in assembly.tokens.list(client_app.id)] == ["Okta"]


def test_what_may_be_secret_is_not_held(late: Browser, client_app: ClientApp) -> None:
    late.send(f"/console/apps/{client_app.id}/credentials/keys", jwks="PRIVATE", password="SECRET")

    assert "Confirm that it is you" in late.text
    assert held(late) == {}
    assert "PRIVATE" not in late.text
    assert "SECRET" not in late.text


def test_a_field_that_stands_twice_is_held_twice(late: Browser, client_app: ClientApp) -> None:
    late.page = late.client.post(
        f"/console/apps/{client_app.id}/tokens",
        base_url=late.base_url,
        data={"csrf_token": late.csrf_token, "scope": ["scim:users", "scim:groups:read"]},
    )

    found = re.findall(r'name="scope" value="([^"]*)"', late.page.text)
    assert found == ["scim:users", "scim:groups:read"]


def test_a_proof_is_no_way_around_the_csrf_token(
    late: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    late.csrf_token = ""
    late.send(f"/console/apps/{client_app.id}/tokens", proof=PASSWORD)

    assert late.page.status_code == 400
    assert [] == assembly.tokens.list(client_app.id)
