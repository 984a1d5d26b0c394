"""The screen of client credentials: secrets shown once, the token style, public keys."""

import html
import json

import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from app.oauth.secret_text import is_secret
from scim.choices import TOKEN_STYLE, TokenStyle
from tests.admins import give_role
from tests.app.console_browser import Browser, everything_stored, new_admin
from tests.conformance.oauth_client import new_signer

KEY = new_signer("ES256")
JWKS = json.dumps({"keys": [KEY.jwk]})


def page(app: ClientApp) -> str:
    return f"/console/apps/{app.id}/credentials"


def issue(browser: Browser, app: ClientApp, label: str = "") -> str:
    """Issue a client secret and return it as the one-time window shows it."""
    browser.open(page(app)).send(f"{page(app)}/secrets", label=label)
    return browser.text.partition('id="secret"')[2].partition(">")[2].partition("</textarea>")[0]


def test_the_page_of_the_app_leads_there(browser: Browser, client_app: ClientApp) -> None:
    text = browser.open(f"/console/apps/{client_app.id}").text

    assert f'href="{page(client_app)}"' in text
    assert TOKEN_STYLE.title not in text


def test_the_screen_has_what_a_provider_asks_for(browser: Browser, client_app: ClientApp) -> None:
    text = html.unescape(browser.open(page(client_app)).text)

    url = browser.assembly.settings.public_url
    for fact in (
        client_app.id,
        f"{url}/oauth2/token",
        f"{url}/.well-known/oauth-authorization-server",
        "grant_type=client_credentials",
        "There is no client secret.",
        *(option.meaning for option in TokenStyle),
    ):
        assert fact in text


def test_a_secret_is_shown_once_and_kept_nowhere(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    secret = issue(browser, client_app, "Entra")

    assert is_secret(secret)
    assert 200 == browser.page.status_code
    assert "no-store" == browser.page.headers["Cache-Control"]
    for fact in ("<title>Issue client secret", "Copy this secret now", "for Entra", client_app.id):
        assert fact in browser.text
    again = [browser.open(page(client_app)).text, browser.open(f"{page(client_app)}/secrets").text]
    assert all(secret not in text for text in again)
    assert "…" + secret[-4:] in again[0]
    assert secret not in repr(everything_stored(assembly))
    assert secret not in repr(browser.client._cookies)  # noqa: SLF001 - no public list of them
    found = assembly.oauth.client_secrets.find_app(client_app.id, secret, None)
    assert found is not None


def test_a_third_secret_is_not_issued(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    for _ in range(2):
        issue(browser, client_app)
    assert "Revoke one first" in browser.open(page(client_app)).text

    browser.send(f"{page(client_app)}/secrets", label="")

    assert 409 == browser.page.status_code
    assert f'href="{page(client_app)}"' in browser.text
    assert 2 == len(assembly.oauth.client_secrets.list(client_app.id))


def test_a_label_that_cannot_be_accepted_is_explained(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    issue(browser, client_app, "x" * 101)

    assert 400 == browser.page.status_code
    assert "The label can have at most 100 characters." in browser.text
    assert [] == assembly.oauth.client_secrets.list(client_app.id)


def test_a_secret_is_revoked(browser: Browser, assembly: Assembly, client_app: ClientApp) -> None:
    issue(browser, client_app)
    (secret,) = assembly.oauth.client_secrets.list(client_app.id)
    browser.open(page(client_app))

    browser.send(f"{page(client_app)}/secrets/{secret.id}/revoke")

    assert "The client secret is revoked." in browser.text
    assert [] == assembly.oauth.client_secrets.list(client_app.id)
    assert 404 == browser.ask("POST", f"{page(client_app)}/secrets/{secret.id}/revoke")


@pytest.mark.parametrize(
    ("value", "status", "style"),
    [
        ("short-lived", 200, TokenStyle.SHORT_LIVED),
        ("eternal", 400, TokenStyle.LONG_LIVED),
        ("", 400, TokenStyle.LONG_LIVED),
    ],
)
def test_the_token_style_is_chosen_there(
    browser: Browser,
    assembly: Assembly,
    client_app: ClientApp,
    value: str,
    status: int,
    style: TokenStyle,
) -> None:
    browser.open(page(client_app)).send(f"{page(client_app)}/style", **{"token-style": value})

    assert status == browser.page.status_code
    assert style is assembly.client_apps.get(client_app.id).choices.token_style


def test_short_lived_tokens_are_counted_and_not_listed(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    for _ in range(3):
        assembly.tokens.issue_short_lived(client_app.id, CLI)

    assert "tokens that are alive: 3" in browser.open(page(client_app)).text
    assert "No token is active" in browser.open(f"/console/apps/{client_app.id}").text
    assert browser.issue(client_app).count(".") == 2


def test_public_keys_are_saved_and_removed(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.open(page(client_app)).send(f"{page(client_app)}/keys", jwks=JWKS)
    assert "The public keys are saved." in browser.text
    assert "<code>ES256</code> <code>one</code>" in browser.text
    assert 1 == len(assembly.oauth.client_keys.list(client_app.id))

    browser.send(f"{page(client_app)}/keys/remove")

    assert "There are no public keys." in browser.text
    assert [] == list(assembly.oauth.client_keys.list(client_app.id))


def test_a_private_key_is_refused_and_not_shown_again(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    private = json.dumps({"keys": [KEY.jwk | {"d": "c2VjcmV0LXNlY3JldA"}]})

    browser.open(page(client_app)).send(f"{page(client_app)}/keys", jwks=private)

    assert 400 == browser.page.status_code
    assert "private key" in browser.text
    assert "c2VjcmV0LXNlY3JldA" not in browser.text + repr(everything_stored(assembly))


def test_a_viewer_sees_all_of_it_and_changes_nothing(
    assembly: Assembly, browser: Browser, client_app: ClientApp, owner: Admin
) -> None:
    issue(browser, client_app, "Entra")
    grace = new_admin(assembly, "grace", "admin")
    give_role(assembly.access, client_app.id, grace.id, "viewer")

    text = Browser(assembly).sign_in(grace).open(page(client_app)).text

    for shown in ("Entra", owner.email, client_app.id, "Long-lived: "):
        assert shown in text
    for hidden in ("Issue client secret", "Save", ">Revoke<", "Remove"):
        assert hidden not in text
