"""What becomes of a request whose session has ended, and where its sender goes on."""

import html
import re

import pytest

from app import Assembly
from app.admins import Admin
from app.client_apps import ClientApp
from tests.admins import PASSWORD
from tests.app.console_browser import Browser, everything_stored
from tests.conftest import FakeClock

_ENDED = "Your session has ended, and nothing was saved or changed."


def wanted(browser: Browser) -> str:
    [found] = re.findall(r'name="next" value="([^"]*)"', browser.text)
    return html.unescape(found)


@pytest.mark.parametrize(
    ("sent", "page"),
    [
        ("", ""),
        ("/information", "/settings"),
        ("/protocol", "/settings"),
        ("/credentials/keys/remove", "/credentials"),
        ("/guide/test", "/guide/test"),
        ("/members", "/members"),
        ("/scim", ""),
        ("/tokens/none/revoke", "/tokens"),
        ("/log/export.csv?since=15m", "/log"),
        ("/no/such/page", ""),
    ],
)
def test_a_form_of_a_session_that_has_ended_leads_back_to_its_page(
    assembly: Assembly, browser: Browser, client_app: ClientApp, sent: str, page: str
) -> None:
    app = f"/console/apps/{client_app.id}"
    with assembly.database.write() as session:
        session.run("DELETE FROM console_session")
    before = everything_stored(assembly)

    browser.send(app + sent, name="Other", provider="okta")

    assert ("/console/sign-in", 200) == (browser.path, browser.page.status_code)
    assert _ENDED in browser.text
    assert app + page == wanted(browser)
    assert before == everything_stored(assembly)


def test_after_the_sign_in_the_question_in_an_address_is_asked_again(
    assembly: Assembly, owner: Admin, client_app: ClientApp, clock: FakeClock
) -> None:
    browser = Browser(assembly).sign_in(owner)
    clock.advance(minutes=31)
    asked = f"/console/apps/{client_app.id}/log?result=Created&since=15m"

    browser.open(asked)
    assert _ENDED not in browser.text
    assert asked == wanted(browser)
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD, next=wanted(browser))

    assert asked == browser.page.request.full_path


def test_who_signs_out_after_the_end_is_signed_out(browser: Browser, clock: FakeClock) -> None:
    clock.advance(minutes=31)

    text = browser.send("/console/sign-out").text

    assert "You are signed out." in text
    assert _ENDED not in text


def test_an_address_with_line_breaks_makes_no_header(assembly: Assembly, owner: Admin) -> None:
    browser = Browser(assembly).open("/console/sign-in")
    next_ = "/console/x\r\nSet-Cookie: a=b"
    browser.send("/console/sign-in", email=owner.email, password=PASSWORD, next=next_)

    assert ("/console", 200) == (browser.path, browser.page.status_code)
