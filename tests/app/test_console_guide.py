"""The setup guide in the console: whose it is, what it says, and the test of the connection."""

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from app import Assembly, Settings, assemble, create_app
from app.audit import CLI
from app.client_apps import ClientApp
from app.guides import GUIDES
from app.rehearsal import Rehearsals
from app.tokens import State
from scim.choices import Deletion, ProfileName, ProviderName
from scim.sweeping import Sweeper
from tests.app.console_browser import Browser, new_admin, new_app
from tests.app.provider import Provider
from tests.conftest import FakeClock


@pytest.fixture
def page(client_app: ClientApp) -> str:
    return f"/console/apps/{client_app.id}/guide"


def users(assembly: Assembly) -> int:
    with assembly.database.read() as session:
        row = session.one("SELECT count(*) AS found FROM resource")
    assert row is not None
    return int(row["found"])


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
        assert 0 == users(assembly)
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


def rehearsals(assembly: Assembly, served: Any, clock: FakeClock) -> Rehearsals:
    sweeper = Sweeper(assembly.directory, assembly.provider.kinds["User"], clock)
    return Rehearsals(served, assembly.settings.public_url, assembly.tokens, sweeper)


def test_a_step_that_fails_ends_the_test_and_the_user_goes_all_the_same(
    assembly: Assembly, client_app: ClientApp, clock: FakeClock
) -> None:
    application = create_app(assembly)

    def served(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PATCH":  # somebody turns SCIM off in the middle
            assembly.client_apps.disable_scim(client_app.id, CLI)
        return application(environ, start_response)

    done = rehearsals(assembly, served, clock).run(client_app, CLI)

    assert not done.is_passed
    assert [True, True, True, False] == [each.is_passed for each in done.exchanges]
    assert "SCIM is off for this app." in done.exchanges[-1].sentence
    assert ("Deactivate the user", "Delete the user") == done.not_run
    assert 0 == users(assembly)
    assert [] == assembly.tokens.list(client_app.id)


def test_the_page_of_a_test_that_failed_says_what_and_what_was_not_run(
    tmp_path: Path, clock: FakeClock
) -> None:
    made = assemble(Settings(instance=tmp_path / "instance", rate_limit=1), clock)
    browser = Browser(made).sign_in(new_admin(made, "ada", "owner"))
    app = new_app(made)

    browser.open(f"/console/apps/{app.id}/guide").send(f"/console/apps/{app.id}/guide/test")

    assert 200 == browser.page.status_code
    assert "failed: " in browser.text
    assert "Failed · 429" in browser.text
    assert "Not run" in browser.text
    assert "All 6 steps passed." not in browser.text
    assert 0 == users(made)
    made.close()


def test_a_server_that_breaks_off_leaves_nothing_either(
    assembly: Assembly, client_app: ClientApp, clock: FakeClock
) -> None:
    application = create_app(assembly)

    def served(environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            raise OSError("the answer is lost")
        return answer

    with pytest.raises(OSError, match="lost"):
        rehearsals(assembly, served, clock).run(client_app, CLI)

    assert 0 == users(assembly)
    assert [] == assembly.tokens.list(client_app.id)


def test_a_test_takes_away_what_an_earlier_one_left_and_nothing_else(
    assembly: Assembly, client_app: ClientApp, provider: Provider, clock: FakeClock
) -> None:
    old, own = "provisor-test-0123456789ab@example.invalid", "provisor-test-lab@acme.example"
    for name in (old, own, "ada"):
        provider.ask("POST", "/Users", {"userName": name})
    clock.advance(minutes=11)
    young = "provisor-test-ba9876543210@example.invalid"
    provider.ask("POST", "/Users", {"userName": young})

    rehearsals(assembly, create_app(assembly), clock).run(client_app, CLI)

    found = provider.ask("GET", "/Users").get_json(force=True)["Resources"]
    assert {own, "ada", young} == {each["userName"] for each in found}


def test_a_lent_token_takes_no_other_s_place(assembly: Assembly, client_app: ClientApp) -> None:
    mine = assembly.tokens.issue(client_app.id, CLI).token
    short = assembly.tokens.issue_short_lived(client_app.id, CLI).token
    rehearsed = rehearsals(assembly, create_app(assembly), assembly.clock)  # type: ignore[arg-type]

    assert rehearsed.run(client_app, CLI).is_passed

    alive = assembly.tokens.list(client_app.id)
    assert {mine.jti, short.jti} == {token.jti for token in alive}
    assert {State.ACTIVE} == {token.state(assembly.clock()) for token in alive}
