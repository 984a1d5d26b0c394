"""The instance in the console: its keys are rotated and replaced there, by owners alone."""

from dataclasses import replace

import pytest

from app import Assembly
from app.audit import CLI, Filters
from app.client_apps import ClientApp
from app.tokens import Use
from app.tokens.errors import InvalidToken
from tests.app.console_browser import Browser, everything_stored, new_admin

PAGE = "/console/instance"
REPLACE = f"{PAGE}/keys/replace"


def states(assembly: Assembly) -> list[str]:
    return [str(listed.key.state) for listed in assembly.signing_keys.list()]


def signing(assembly: Assembly) -> str:
    return next(each.key.kid for each in assembly.signing_keys.list() if each.key.state == "active")


def test_the_page_says_what_holds(browser: Browser, assembly: Assembly) -> None:
    text = browser.open(PAGE).text

    assert signing(assembly) in text
    assert "Another one signs from <time" in text
    assert "22 Feb 2027" in text
    assert "PROVISOR_TOKEN_MAX_DAYS" in text
    assert "3650 days" in text
    assert "SQLite 3." in text
    assert "0.1.0" in text
    assert "curl &#34;http" in text or 'curl "http' in text
    assert len(text) < 40_000


def test_the_secret_of_metrics_is_never_shown(assembly: Assembly, browser: Browser) -> None:
    del browser
    secret = replace(assembly.settings, metrics_token="hunter2", key_rotation_days=0)
    other = Browser(replace(assembly, settings=secret)).sign_in(
        new_admin(assembly, "grace", "owner")
    )

    assert "$PROVISOR_METRICS_TOKEN" in other.open(PAGE).text
    assert "hunter2" not in other.text


def test_a_rotation_publishes_the_next_key_once(browser: Browser, assembly: Assembly) -> None:
    browser.open(PAGE).send(f"{PAGE}/keys/rotate")

    assert ["next", "active"] == states(assembly)
    assert "The next key is published." in browser.text
    assert "disabled" in browser.text
    browser.send(f"{PAGE}/keys/rotate")
    assert ["next", "active"] == states(assembly)
    [line] = assembly.audit.log.page(Filters(action="key.create"), size=1).lines
    assert line.actor.startswith("admin:")
    assert line.request_id


@pytest.mark.parametrize("revokes", [False, True])
def test_a_key_that_leaked_is_replaced_at_once(
    browser: Browser, assembly: Assembly, client_app: ClientApp, *, revokes: bool
) -> None:
    token = assembly.tokens.issue(client_app.id, CLI).text
    former = signing(assembly)
    ticked = {"revoke-tokens": "on"} if revokes else {}

    assert "live tokens (1)" in browser.open(REPLACE).text
    browser.send(REPLACE, kid=former, confirmed="on", **ticked)

    assert former != signing(assembly)
    assert ["active", "revoked"] == states(assembly)
    assert "A new key signs now" in browser.text
    if revokes:
        with pytest.raises(InvalidToken):
            assembly.authenticator.authenticate(token, Use())
    else:
        assembly.authenticator.authenticate(token, Use())


def test_who_comes_second_replaces_nothing(browser: Browser, assembly: Assembly) -> None:
    """The same form sent twice, or two owners at the same time."""
    former = signing(assembly)
    browser.open(REPLACE).send(REPLACE, kid=former, confirmed="on")
    before = everything_stored(assembly)

    browser.send(REPLACE, kid=former, confirmed="on")

    assert 409 == browser.page.status_code
    assert "somebody was first" in browser.text
    assert before == everything_stored(assembly)


def test_nothing_is_replaced_without_the_tick(browser: Browser, assembly: Assembly) -> None:
    before = states(assembly)

    browser.open(REPLACE).send(REPLACE, kid=signing(assembly))

    assert 400 == browser.page.status_code
    assert "Tick the box" in browser.text
    assert before == states(assembly)


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_nobody_but_owners_gets_there(assembly: Assembly, role: str) -> None:
    browser = Browser(assembly).sign_in(new_admin(assembly, "grace", role))  # type: ignore[arg-type]
    before = states(assembly), signing(assembly)

    for method, path in (
        ("GET", PAGE), ("GET", REPLACE), ("POST", REPLACE), ("POST", f"{PAGE}/keys/rotate"),
    ):  # fmt: skip
        assert 403 == browser.ask(method, path)
    assert before == (states(assembly), signing(assembly))
    assert 'href="/console/instance"' not in browser.open("/console/apps").text
