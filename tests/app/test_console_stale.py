"""Pages that stayed open while somebody else was faster, and forms that are sent twice."""

import json
import re

import pytest

from app import Assembly
from app.audit import CLI
from app.client_apps import ClientApp
from scim.choices import Option, ProviderName, TokenStyle
from tests.app.console_browser import Browser, everything_stored
from tests.conformance.oauth_client import new_signer

THEIRS, OURS = (json.dumps({"keys": [new_signer("ES256").jwk]}) for _ in range(2))


def held(text: str, action: str) -> dict[str, str]:
    """Return what the form of an action holds without being shown, but for the CSRF token."""
    form = text.partition(f'action="{action}"')[2].partition("</form>")[0]
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in fields if name != "csrf_token"}


def test_tokens_that_a_page_never_showed_are_not_revoked_with_the_others(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    assembly.tokens.issue(client_app.id, CLI)
    to = f"/console/apps/{client_app.id}/tokens/revoke-all"
    fields = held(browser.open(to).text, to)
    assembly.tokens.revoke_all(client_app.id, CLI)
    other = assembly.tokens.issue(client_app.id, CLI).token

    text = browser.send(to, **fields).text

    assert 409 == browser.page.status_code
    assert "The tokens are others than those this page showed." in text
    assert other.hint in text
    assert [other] == assembly.tokens.alive([client_app.id])[client_app.id]
    browser.send(to, **held(text, to))
    assert {} == assembly.tokens.alive([client_app.id])


@pytest.mark.parametrize("what", ["guide", "style", "keys", "keys/remove"])
def test_nobody_overwrites_what_they_never_saw(
    assembly: Assembly, browser: Browser, client_app: ClientApp, what: str
) -> None:
    page = f"/console/apps/{client_app.id}/credentials"
    to = f"{page}/{what}"
    if what == "guide":
        to = page = f"/console/apps/{client_app.id}/guide"
    if what == "keys/remove":
        assembly.oauth.client_keys.set(client_app.id, OURS, CLI)
    fields = held(browser.open(page).text, to)
    assert ["edition"] == list(fields)
    options: dict[str, Option] = {
        "provider": ProviderName.OKTA,
        "token_style": TokenStyle.SHORT_LIVED,
    }
    assembly.app_settings.set(client_app.id, options, CLI)
    assembly.oauth.client_keys.set(client_app.id, THEIRS, CLI)
    before = everything_stored(assembly)

    chosen = {"provider": "entra", "token-style": "long-lived", "jwks": OURS}
    browser.send(to, **fields, **chosen)

    assert 409 == browser.page.status_code
    assert "Somebody else changed this while the page was open." in browser.text
    assert before == everything_stored(assembly)


def test_a_form_that_is_sent_twice_makes_one_app(assembly: Assembly, browser: Browser) -> None:
    to = "/console/apps/new/provisioning"
    fields = held(browser.open(to).text, to)
    for status in (200, 409, 409):
        browser.send(to, name="Payroll", directory="own", **fields)
        assert status == browser.page.status_code

    assert "Payroll was added the first time. No second app was added." in browser.text
    (app,) = assembly.client_apps.all()
    assert f'href="/console/apps/{app.id}"' in browser.text
    browser.send(to, name="Payroll", **held(browser.open(to).text, to))
    assert 2 == len(assembly.client_apps.all())


def test_a_form_that_is_sent_twice_issues_one_client_secret(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    page = f"/console/apps/{client_app.id}/credentials"
    fields = held(browser.open(page).text, f"{page}/secrets")
    for status in (200, 409):
        browser.send(f"{page}/secrets", **fields)
        assert status == browser.page.status_code

    assert "If you did not see it, revoke it and issue another." in browser.text
    assert 1 == len(assembly.oauth.client_secrets.list(client_app.id))


@pytest.mark.parametrize("form", ["", "\0", "0" * 33, "x" * 5000])
def test_an_id_that_no_form_has_is_refused(assembly: Assembly, browser: Browser, form: str) -> None:
    assert (
        400 == browser.send("/console/apps/new/provisioning", name="A", form=form).page.status_code
    )
    assert [] == assembly.client_apps.all()
