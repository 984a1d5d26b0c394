"""Signing in with a code, and what too many attempts are told."""

import html
import re

import pyotp
import pytest

from app import Assembly
from app.admins import Admin
from app.admins.origin import Origin
from app.admins.throttle import MOST_ATTEMPTS
from app.audit import CLI
from tests.admins import PASSWORD
from tests.app.console_browser import Browser
from tests.conftest import FakeClock


@pytest.fixture
def phone(assembly: Assembly, owner: Admin, clock: FakeClock) -> pyotp.TOTP:
    """The owner's authenticator app; the second factor is on."""
    phone = pyotp.TOTP(assembly.door.second_factors.begin(owner).key)
    assembly.door.second_factors.confirm(owner, phone.at(clock()), CLI)
    clock.advance(minutes=1)
    return phone


@pytest.fixture
def browser(assembly: Assembly, owner: Admin) -> Browser:
    """A browser in which nobody is signed in."""
    del owner  # who will be
    return Browser(assembly).open("/console/sign-in")


def step(browser: Browser) -> str:
    found = re.search(r'name="step" value="([^"]*)"', browser.text)
    assert found is not None
    return html.unescape(found[1])


def test_the_password_leads_to_the_code_and_the_code_to_the_page_one_wanted(
    browser: Browser, owner: Admin, phone: pyotp.TOTP, clock: FakeClock
) -> None:
    wanted = "/console/account"
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD, next=wanted)
    assert "<h1>Second step</h1>" in browser.text
    assert browser.find_session_cookie() is None
    assert browser.client.get("/console/apps", base_url=browser.base_url).status_code == 303

    secret = step(browser)
    browser.send("/console/sign-in/code", step=secret, code="000000", next=wanted)
    assert browser.page.status_code == 401
    assert "not right" in browser.text
    browser.send("/console/sign-in/code", step=step(browser), code=phone.at(clock()), next=wanted)

    assert browser.path == wanted
    browser.send("/console/sign-out").open("/console/sign-in")
    browser.send("/console/sign-in/code", step=secret, code=phone.at(clock()))
    assert browser.page.status_code == 401
    assert "took too long" in browser.text


def test_a_second_step_without_a_first_begins_again(browser: Browser) -> None:
    for secret in ("", "guess", "\0"):
        browser.send("/console/sign-in/code", step=secret, code="000000")
        assert browser.page.status_code == 401
        assert "Begin again" in browser.text


def test_who_tried_too_often_is_told_how_long_to_wait(
    browser: Browser, owner: Admin, clock: FakeClock
) -> None:
    for email in (owner.email, "nobody@example.com"):
        pages = []
        for _ in range(4):
            browser.send("/console/sign-in", email=email, password="guess")
            pages.append((browser.page.status_code, browser.page.headers.get("Retry-After")))

        assert pages == [(401, None), (401, None), (401, None), (429, "1")]
        assert "Wait 1 second and try again." in browser.text
    clock.advance(seconds=1)
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD)
    assert browser.path == "/console"


def test_guesses_from_elsewhere_do_not_shut_out_a_browser_one_signed_in_with(
    browser: Browser, assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD)
    browser.send("/console/sign-out")
    eve = Browser(assembly).open("/console/sign-in")
    for _ in range(MOST_ATTEMPTS):
        assembly.door.throttle.admit(owner.email, Origin())
        clock.advance(seconds=11)

    eve.send("/console/sign-in", email=owner.email, password=PASSWORD)
    assert eve.page.status_code == 429
    assert "ask an owner for a reset link" in eve.text
    assert "Retry-After" not in eve.page.headers
    browser.open("/console/sign-in")
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD)
    assert browser.path == "/console"


def test_the_cookie_a_browser_is_known_by_opens_nothing(browser: Browser, owner: Admin) -> None:
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD)
    device = browser.find_session_cookie("provisor_device")
    assert device is not None
    assert (device.http_only, device.same_site, device.max_age) == (True, "Lax", 90 * 24 * 60 * 60)

    browser.client.delete_cookie("provisor_session", domain="127.0.0.1")
    assert browser.open("/console/apps").path == "/console/sign-in"
    browser.client.set_cookie("provisor_session", device.value, domain="127.0.0.1")
    assert browser.open("/console/apps").path == "/console/sign-in"


def test_codes_are_throttled_too(browser: Browser, owner: Admin, phone: pyotp.TOTP) -> None:
    del phone  # on, but not at hand
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD)
    for _ in range(3):
        browser.send("/console/sign-in/code", step=step(browser), code="000000")

    assert browser.page.status_code == 429
    assert browser.page.headers["Retry-After"] == "1"
    assert step(browser)
