"""The setup guide in the console: whose it is, what it says, and the test of the connection."""

import html

import pytest

from app import Assembly
from app.audit import CLI
from app.client_apps import ClientApp
from app.guides import GUIDES
from scim.choices import Deletion, ProfileName, ProviderName
from tests.app.console_browser import Browser
from tests.app.provider import resources_in


@pytest.fixture
def page(client_app: ClientApp) -> str:
    return f"/console/apps/{client_app.id}/guide"


def actions(assembly: Assembly) -> set[str]:
    with assembly.database.read() as session:
        return {row["action"] for row in session.all("SELECT action FROM audit")}


def test_the_provider_is_chosen_with_the_app_and_leads_to_its_guide(
    browser: Browser, assembly: Assembly
) -> None:
    browser.open("/console/apps/new/provisioning")
    assert [f'value="{each}"' in browser.text for each in ProviderName] == [True] * 6
    browser.send("/console/apps/new/provisioning", name="HR", description="", provider="entra")

    (app,) = assembly.client_apps.all()
    assert ProviderName.ENTRA is app.choices.provider
    browser.open(f"/console/apps/{app.id}/guide")
    assert "<h1>Connect Entra ID</h1>" in browser.text


def test_a_provider_the_form_does_not_offer_is_refused(
    browser: Browser, assembly: Assembly
) -> None:
    browser.open("/console/apps/new/provisioning")
    for provider in ("", "Okta", "okta ", "\0"):
        browser.send("/console/apps/new/provisioning", name="HR", provider=provider)
        assert 400 == browser.page.status_code

    assert [] == assembly.client_apps.all()


def test_the_provider_can_be_changed_later(
    browser: Browser, assembly: Assembly, client_app: ClientApp, page: str
) -> None:
    assert "Connect Another provider" in browser.open(page).text
    browser.send(page, provider="okta")

    assert "Connect Okta" in browser.text
    assert "The identity provider is saved." in browser.text
    assert ProviderName.OKTA is assembly.client_apps.get(client_app.id).choices.provider
    assert "app.set" in actions(assembly)


def test_a_guide_has_our_values_filled_in(
    browser: Browser, assembly: Assembly, client_app: ClientApp, page: str
) -> None:
    for provider in ProviderName:
        assembly.app_settings.set(client_app.id, {"provider": provider}, CLI)
        text = html.unescape(browser.open(page).text)

        assert f'value="{assembly.settings.scim_url}' in text
        assert "{base_url}" not in text
        for step in GUIDES[provider].steps:
            assert step.title in text
            assert all(field.name in text for field in step.fields)
        for quirk in GUIDES[provider].quirks:
            assert f"<code>{quirk.name}</code>" in text
        assert "Issue the token of this app" in text

    token = browser.issue(client_app)

    assert "as you stored it" in browser.open(page).text
    assert token not in browser.text


def test_the_connection_test_passes_and_leaves_nothing(
    browser: Browser, assembly: Assembly, client_app: ClientApp, page: str
) -> None:
    strict = {"profile": ProfileName.STRICT, "delete": Deletion.SUSPEND}
    for options in ({}, strict):
        assembly.app_settings.set(client_app.id, options, CLI)
        browser.open(page).send(f"{page}/test")

        assert 200 == browser.page.status_code
        assert "All 6 steps passed." in browser.text
        assert 6 == browser.text.count("Passed ·")
        assert "eyJ" not in browser.text
        assert 0 == resources_in(assembly)
        assert [] == assembly.tokens.list(client_app.id)
    assert {"token.issue", "user.create", "user.delete", "token.revoke"} <= actions(assembly)
    assert not [each for each in actions(assembly) if "network" in each]

    assert assembly.log.queue.flush()
    browser.open(f"/console/apps/{client_app.id}/log")
    assert 12 == browser.text.count('<span class="chip">Connection test</span>')
    assert not assembly.log.activity.has_heard(client_app.id)
    browser.open(f"{page}/test")  # where no results are kept
    assert page == browser.path


def test_nothing_is_tested_while_scim_is_off(
    browser: Browser, assembly: Assembly, client_app: ClientApp, page: str
) -> None:
    assembly.client_apps.disable_scim(client_app.id, CLI)
    assert "SCIM is off: every request would get 403." in browser.open(page).text
    browser.send(f"{page}/test")

    assert 409 == browser.page.status_code
    assert [] == assembly.tokens.list(client_app.id)
