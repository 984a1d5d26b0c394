"""The account: password, second factor, recovery codes, sessions."""

import re
from dataclasses import replace

import pyotp
import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.sessions import session_id
from tests.admins import PASSWORD
from tests.app.console_browser import Browser, everything_stored
from tests.conftest import FakeClock

NEW = "another horse battery"


def enrol(browser: Browser, clock: FakeClock) -> tuple[pyotp.TOTP, list[str]]:
    """Turn the second factor on as a person does, and return the app and the recovery codes."""
    browser.open("/console/account").send("/console/account/second-factor")
    found = re.search(r'id="key"[^>]* value="([A-Z2-7]{32})"', browser.text)
    assert found is not None
    phone = pyotp.TOTP(found[1])
    browser.send("/console/account/second-factor/confirm", code=phone.at(clock()))
    codes = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", browser.text)
    clock.advance(seconds=30)
    return phone, codes


def test_a_second_factor_is_turned_on_with_a_picture_and_codes_that_are_shown_once(
    browser: Browser, assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    browser.open("/console/account").send("/console/account/second-factor")
    assert '<img class="qr" src="data:image/svg+xml' in browser.text
    assert "img-src 'self' data:" in browser.page.headers["Content-Security-Policy"]
    browser.send("/console/account/second-factor/confirm", code="000000")
    assert browser.page.status_code == 400
    assert "data:image/svg+xml" in browser.text
    assert not assembly.door.second_factors.is_on(owner.id)

    _, codes = enrol(browser, clock)

    assert len(codes) == 10
    assert assembly.door.second_factors.is_on(owner.id)
    for again in ("/console/account/second-factor", "/console/account"):
        assert browser.open(again).path == "/console/account"
        assert codes[0] not in browser.text
    assert "10 recovery codes left" in browser.text


def test_fresh_recovery_codes_replace_the_former(
    browser: Browser, assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    _, codes = enrol(browser, clock)

    browser.send("/console/account/recovery-codes")

    assert codes[0] not in browser.text
    assert "The former codes are good for nothing" in browser.text
    assert assembly.door.second_factors.codes_left(owner.id) == 10


@pytest.mark.parametrize("path", ["recovery-codes", "second-factor/confirm"])
def test_what_needs_a_second_factor_says_so(browser: Browser, path: str) -> None:
    browser.open("/console/account").send(f"/console/account/{path}", code="000000")

    assert browser.page.status_code == 409
    assert "There is no second factor" in browser.text


def test_the_second_factor_is_turned_off_with_the_password(
    browser: Browser, assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    enrol(browser, clock)
    off = "/console/account/second-factor/off"
    browser.open("/console/account").send(off, password="guess")
    assert browser.page.status_code == 403
    assert assembly.door.second_factors.is_on(owner.id)

    browser.send(off, password=PASSWORD)

    assert "The second factor is off." in browser.text
    assert not assembly.door.second_factors.is_on(owner.id)


def test_a_password_too_short_to_stand_alone_keeps_the_second_factor_on(
    browser: Browser, assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    enrol(browser, clock)
    browser.open("/console/account")
    browser.send("/console/account/password", password=PASSWORD, new_password="xkcd 936")
    assert "The password is changed." in browser.text

    browser.send("/console/account/second-factor/off", password="xkcd 936")

    assert browser.page.status_code == 409
    assert "too few to stand alone" in browser.text
    assert assembly.door.second_factors.is_on(owner.id)


def test_another_password_ends_every_other_session(
    browser: Browser, assembly: Assembly, owner: Admin
) -> None:
    stolen = assembly.sessions.start(owner.id)
    former = browser.find_session_cookie()

    browser.open("/console/account")
    browser.send("/console/account/password", password=PASSWORD, new_password=NEW)

    assert "The password is changed." in browser.text
    assert former is not None
    for secret in (stolen, former.value):
        assert assembly.sessions.find(secret) is None
    assert assembly.admins.find_by_credentials(owner.email, NEW) == owner
    assert assembly.admins.find_by_credentials(owner.email, PASSWORD) is None


@pytest.mark.parametrize(
    ("present", "new", "status", "said"),
    [
        ("guess", NEW, 403, "not your password"),
        (PASSWORD, "short", 400, "at least 15"),
        (PASSWORD, "x" * 129, 400, "at most 128"),
        (PASSWORD, "1qaz2wsx3edc4rfv", 400, "commonest"),
        (PASSWORD, "ada@example.com!", 400, "e-mail address"),
        ("", "", 400, "at least 15"),
    ],
)
def test_a_password_that_is_refused_changes_nothing(
    browser: Browser, assembly: Assembly, present: str, new: str, status: int, said: str
) -> None:
    before = everything_stored(assembly)["admin"]

    browser.open("/console/account")
    browser.send("/console/account/password", password=present, new_password=new)

    assert browser.page.status_code == status
    assert said in browser.text
    assert everything_stored(assembly)["admin"] == before


def test_the_present_password_is_guessed_no_faster_than_at_the_sign_in(browser: Browser) -> None:
    browser.open("/console/account")
    for path in ("password", "second-factor/off", "password", "second-factor/off", "password"):
        browser.send(f"/console/account/{path}", password="guess", new_password=NEW)

    assert browser.page.status_code == 429
    assert "Wait 1 second" in browser.text


def test_sessions_are_listed_and_ended(browser: Browser, assembly: Assembly, owner: Admin) -> None:
    phone, desk = (assembly.sessions.start(owner.id, at) for at in ("192.0.2.1", "192.0.2.2"))
    browser.open("/console/account")
    assert browser.text.count("Sign out there") == 2
    assert "192.0.2.1" in browser.text

    browser.send(f"/console/account/sessions/{session_id(phone)}/end")
    assert assembly.sessions.find(phone) is None
    browser.send("/console/account/sessions/others")
    assert assembly.sessions.find(desk) is None

    assert "Your other sessions are over." in browser.text
    assert "Sign out there" not in browser.text
    assert browser.open("/console/apps").path == "/console/apps"


def test_where_a_second_factor_is_required_nothing_else_is_open_without_one(
    assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    settings = replace(assembly.settings, require_second_factor=1)
    browser = Browser(replace(assembly, settings=settings)).sign_in(owner)
    assert browser.path == "/console/account"
    assert "This instance requires a second factor." in browser.text
    before = everything_stored(assembly)["client_app"]
    assert browser.ask("POST", "/console/apps/new/provisioning") == 403
    assert everything_stored(assembly)["client_app"] == before

    enrol(browser, clock)

    assert browser.open("/console/apps").path == "/console/apps"
    browser.open("/console/account")
    assert "Turn off" not in browser.text
    browser.send("/console/account/second-factor/off", password=PASSWORD)
    assert browser.page.status_code == 409
    assert assembly.door.second_factors.is_on(owner.id)


def test_no_secret_of_the_second_factor_is_logged_or_audited(
    browser: Browser, assembly: Assembly, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    phone, codes = enrol(browser, clock)

    kept = str(everything_stored(assembly)) + caplog.text
    for secret in (phone.secret, *codes):
        assert secret not in kept
    assert CLI.name in kept
