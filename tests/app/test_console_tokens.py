import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI, Actor
from app.client_apps import ClientApp
from app.tokens import NewToken, Use
from tests.app.console_browser import Browser, everything_stored
from tests.conftest import FakeClock


def test_no_token_is_issued_while_scim_is_off(
    browser: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin
) -> None:
    assembly.client_apps.disable_scim(client_app.id, Actor(f"admin:{owner.id}"))
    browser.open(f"/console/apps/{client_app.id}")

    browser.send(f"/console/apps/{client_app.id}/tokens")

    assert browser.page.status_code == 409
    assert "Enable SCIM" in browser.text
    assert assembly.tokens.list(client_app.id) == []


def test_the_one_time_window_has_what_the_admin_needs(
    browser: Browser, client_app: ClientApp
) -> None:
    token = browser.issue(client_app, "Okta")

    assert "<title>Issue Long-lived Token" in browser.text
    assert "Copy this token now" in browser.text
    assert f">{token}</textarea>" in browser.text
    assert (
        "We keep only a fingerprint. If you lose it, revoke it and issue another." in browser.text
    )
    assert browser.page.headers["Cache-Control"] == "no-store"


def test_a_token_is_shown_once_and_kept_nowhere(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    token = browser.issue(client_app)
    signature = token.rpartition(".")[2]

    again = [
        browser.send(f"/console/apps/{client_app.id}/tokens", label=""),
        browser.open(f"/console/apps/{client_app.id}/tokens"),
        browser.open(f"/console/apps/{client_app.id}"),
    ]

    assert all(signature not in page.text for page in again)
    assert signature not in repr(everything_stored(assembly))
    assert signature not in repr(browser.client._cookies)  # noqa: SLF001 - no public list of them


def test_reloading_the_one_time_window_says_that_a_token_is_active(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.issue(client_app)

    browser.send(f"/console/apps/{client_app.id}/tokens")

    assert browser.page.status_code == 409
    assert "has an active token" in browser.text
    assert len(assembly.tokens.list(client_app.id)) == 1


def test_a_label_that_cannot_be_accepted_is_explained(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.open(f"/console/apps/{client_app.id}")
    browser.send(f"/console/apps/{client_app.id}/tokens", label="x" * 101)

    assert browser.page.status_code == 400
    assert "The label can have at most 100 characters." in browser.text
    assert assembly.tokens.list(client_app.id) == []


def test_the_card_tells_how_a_token_is_used(
    browser: Browser, assembly: Assembly, client_app: ClientApp, clock: FakeClock
) -> None:
    token = browser.issue(client_app, "Okta")
    browser.open(f"/console/apps/{client_app.id}")
    assert "Never." in browser.text

    assembly.authenticator.authenticate(token, Use("203.0.113.7", "Okta SCIM Client"))
    clock.advance(minutes=2)
    browser.open(f"/console/apps/{client_app.id}")

    for fact in (
        "…" + token[-4:], "by ada@example.com", "24 Nov 2026, 12:00 UTC", "2 minutes ago",
        "203.0.113.7", "Okta SCIM Client", "would expire", "22 Feb 2027, 13:00 UTC", "1 time",
    ):  # fmt: skip
        assert fact in browser.text


def test_a_revoked_token_moves_to_the_folded_list_with_who_and_why(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.issue(client_app, "Okta")
    [token] = assembly.tokens.list(client_app.id)
    browser.open(f"/console/apps/{client_app.id}")

    browser.send(f"/console/apps/{client_app.id}/tokens/{token.jti}/revoke", reason="lost it")

    folded = browser.text.partition('<details class="card">')[2].partition("</details>")[0]
    for fact in ("Okta", "…" + token.hint, "Revoked", "by ada@example.com", "lost it"):
        assert fact in folded
    assert browser.issue(client_app).count(".") == 2


@pytest.mark.parametrize(("reason", "status"), [("x" * 201, 400), ("", 404)])
def test_what_cannot_be_revoked_stays_as_it_is(
    browser: Browser, assembly: Assembly, client_app: ClientApp, reason: str, status: int
) -> None:
    browser.issue(client_app)
    [token] = assembly.tokens.list(client_app.id)
    jti = token.jti if reason else "another"
    browser.open(f"/console/apps/{client_app.id}")

    browser.send(f"/console/apps/{client_app.id}/tokens/{jti}/revoke", reason=reason)

    assert browser.page.status_code == status
    assert assembly.tokens.list(client_app.id) == [token]


def test_an_expired_token_is_listed_as_such(
    browser: Browser, assembly: Assembly, client_app: ClientApp, clock: FakeClock, owner: Admin
) -> None:
    browser.issue(client_app)
    clock.advance(days=91)

    browser.sign_in(owner).open(f"/console/apps/{client_app.id}")

    assert "Expired" in browser.text.partition('<details class="card">')[2]
    assert "Renews on use" not in browser.text
    assert assembly.tokens.list(client_app.id)


def test_the_last_of_many_tokens_are_shown(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    for number in range(22):
        issued = assembly.tokens.issue(client_app.id, CLI, NewToken(label=f"Number {number}."))
        assembly.tokens.revoke(client_app.id, issued.token.jti, CLI)

    page = browser.open(f"/console/apps/{client_app.id}").text

    assert "Revoked and expired tokens (22)" in page
    assert [number for number in range(22) if f"Number {number}." not in page] == [0, 1]
    assert "And 2 older ones" in page
    assert browser.open(f"/console/apps/{client_app.id}/log").text.count("<option value=") > 20
    assert "Number 0." not in browser.text
