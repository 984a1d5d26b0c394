"""The way in and out: set-up link, sign-in, sign-out."""

import pytest

from app import Assembly
from app.admins import Admin
from tests.admins import PASSWORD
from tests.app.console_browser import Browser
from tests.conftest import FakeClock


def test_before_anybody_can_sign_in_the_page_says_how_to_begin(assembly: Assembly) -> None:
    browser = Browser(assembly).open("/console")

    assert browser.path == "/console/sign-in"
    assert "one-time set-up link" in browser.text
    assert "Password" not in browser.text


@pytest.mark.parametrize(
    ("email", "password", "problem"),
    [("ada", PASSWORD, "Enter an e-mail address"), ("ada@example.com", "short", "at least 15")],
)
def test_an_owner_who_cannot_be_accepted_may_try_again(
    assembly: Assembly, email: str, password: str, problem: str
) -> None:
    secret = assembly.setup_links.issue()
    browser = Browser(assembly).open(f"/console/setup/{secret}")

    browser.send(f"/console/setup/{secret}", email=email, password=password)
    assert browser.page.status_code == 400
    assert problem in browser.text
    assert f'value="{email}"' in browser.text

    browser.send(f"/console/setup/{secret}", email="ada@example.com", password=PASSWORD)
    assert browser.path == "/console/first-run"


def test_a_set_up_link_that_is_void_says_so(assembly: Assembly) -> None:
    secret = assembly.setup_links.issue()
    browser = Browser(assembly).open(f"/console/setup/{secret}")
    browser.send(f"/console/setup/{secret}", email="ada@example.com", password=PASSWORD)

    for visit in (browser.open, browser.send):
        visit(f"/console/setup/{secret}")
        assert browser.page.status_code == 404
        assert "This set-up link is not valid" in browser.text


def test_signing_in_leads_home(assembly: Assembly, owner: Admin) -> None:
    browser = Browser(assembly).open("/console")

    browser.send("/console/sign-in", email=owner.email, password=PASSWORD)

    assert browser.path == "/console"
    assert owner.email in browser.text
    assert browser.open("/console/").path == "/console/"


@pytest.mark.parametrize(
    ("email", "password"), [("ada@example.com", "wrong"), ("eve@example.com", PASSWORD), ("", "")]
)
def test_a_wrong_sign_in_says_not_what_was_wrong(
    assembly: Assembly, owner: Admin, email: str, password: str
) -> None:
    browser = Browser(assembly).open("/console/sign-in")

    browser.send("/console/sign-in", email=email, password=password)

    assert browser.page.status_code == 401
    assert "do not belong together" in browser.text
    assert browser.find_session_cookie() is None
    assert owner.role not in browser.text


def test_after_signing_in_one_is_on_the_page_one_wanted(assembly: Assembly, owner: Admin) -> None:
    browser = Browser(assembly).open("/console/apps/new")
    assert 'name="next" value="/console/apps/new"' in browser.text

    browser.send("/console/sign-in", email=owner.email, password=PASSWORD, next="/console/apps/new")

    assert browser.path == "/console/apps/new"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/\\evil.example",
        "/scim/v2",
        "console/x",
    ],
)
def test_signing_in_leads_nowhere_but_into_the_console(
    assembly: Assembly, owner: Admin, elsewhere: str
) -> None:
    browser = Browser(assembly).open("/console/sign-in")

    browser.send("/console/sign-in", email=owner.email, password=PASSWORD, next=elsewhere)

    assert browser.path == "/console"


def test_a_sign_in_starts_a_session_of_its_own(assembly: Assembly, owner: Admin) -> None:
    """A cookie that was planted or overheard before the sign-in is worth nothing after it."""
    browser = Browser(assembly).sign_in(owner)
    former = browser.find_session_cookie()
    former_form = browser.csrf_token

    browser.open("/console/sign-in")
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD)

    latter = browser.find_session_cookie()
    assert former is not None
    assert latter is not None
    assert assembly.sessions.find(former.value) is None
    assert assembly.sessions.find(latter.value) == owner
    assert (latter.http_only, latter.same_site, latter.path) == (True, "Lax", "/")
    assert browser.csrf_token != former_form
    browser.csrf_token = former_form
    assert browser.ask("POST", "/console/sign-out") == 400


def test_signing_out_ends_the_session_for_good(assembly: Assembly, owner: Admin) -> None:
    browser = Browser(assembly).sign_in(owner)
    cookie = browser.find_session_cookie()
    assert cookie is not None

    browser.send("/console/sign-out")

    assert "You are signed out." in browser.text
    assert browser.find_session_cookie() is None
    assert assembly.sessions.find(cookie.value) is None
    assert browser.open("/console/apps").path == "/console/sign-in"


def test_half_an_hour_without_a_request_ends_the_session(
    assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    browser = Browser(assembly).sign_in(owner)

    clock.advance(minutes=31)

    assert browser.open("/console/apps").path == "/console/sign-in"
