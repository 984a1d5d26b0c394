"""Admins: invited, promoted, disabled and reset by owners."""

import html
import re
from urllib.parse import urlsplit

import pytest

from app import Assembly
from app.admins import Admin
from tests.admins import PASSWORD
from tests.app.console_browser import Browser, everything_stored, new_admin

XSS = "\"'><script>alert(1)</script>"


def link(browser: Browser) -> str:
    """Return the path of the link that the page at hand shows."""
    found = re.search(r"<textarea id=\"link\"[^>]*>([^<]+)</textarea>", browser.text)
    assert found is not None
    return urlsplit(html.unescape(found[1])).path


def test_an_invitation_makes_an_admin(browser: Browser, assembly: Assembly) -> None:
    browser.open("/console/admins")
    browser.send("/console/admins/invitations", email=" grace@example.com ", role="auditor")
    path = link(browser)
    browser.open("/console/admins/invitations")
    assert browser.path == "/console/admins"
    assert "invited as auditor" in browser.text
    assert path not in browser.text

    guest = Browser(assembly).open(path)
    assert "grace@example.com" in guest.text
    guest.send(path, password="short")
    assert guest.page.status_code == 400
    guest.send(path, password=PASSWORD)

    assert guest.path == "/console/apps"
    assert assembly.admins.get_by_email("grace@example.com").role == "auditor"
    for visit in (guest.open, guest.send):
        visit(path)
        assert guest.page.status_code == 404
        assert "This link is not valid" in guest.text


@pytest.mark.parametrize(
    ("email", "role", "status", "said"),
    [
        ("grace", "admin", 400, "Enter an e-mail address"),
        ("grace@example.com", "king", 400, "A role is one of"),
        ("ADA@example.com", "admin", 409, "exists"),
        (XSS, "admin", 400, "Enter an e-mail address"),
        ("", "", 400, "A role is one of"),
    ],
)
def test_who_cannot_be_invited_is_not(
    browser: Browser, assembly: Assembly, email: str, role: str, status: int, said: str
) -> None:
    before = everything_stored(assembly)

    browser.open("/console/admins")
    browser.send("/console/admins/invitations", email=email, role=role)

    assert browser.page.status_code == status
    assert said in browser.text
    assert "<script>" not in browser.text
    assert everything_stored(assembly) == before


def test_an_invitation_is_withdrawn(browser: Browser, assembly: Assembly) -> None:
    browser.open("/console/admins")
    browser.send("/console/admins/invitations", email="grace@example.com", role="admin")
    path = link(browser)
    browser.open("/console/admins")

    browser.send("/console/admins/invitations/withdraw", email="grace@example.com")

    assert "The invitation is withdrawn." in browser.text
    assert Browser(assembly).open(path).page.status_code == 404


def test_a_role_holds_from_the_next_request_on(browser: Browser, assembly: Assembly) -> None:
    grace = new_admin(assembly, "grace", "admin")
    theirs = Browser(assembly).sign_in(grace)
    browser.open("/console/admins")

    browser.send(f"/console/admins/{grace.id}/role", role="owner")
    assert "The role is saved." in browser.text
    assert theirs.ask("GET", "/console/admins") == 200
    browser.send(f"/console/admins/{grace.id}/role", role="auditor")
    assert theirs.ask("GET", "/console/admins") == 403
    assert theirs.ask("GET", "/console/apps/new") == 403
    browser.send(f"/console/admins/{grace.id}/role", role="king")
    assert browser.page.status_code == 400


def test_the_last_owner_stays(browser: Browser, assembly: Assembly, owner: Admin) -> None:
    browser.open("/console/admins")

    for path, fields in (("role", {"role": "admin"}), ("disable", {})):
        browser.send(f"/console/admins/{owner.id}/{path}", **fields)
        assert browser.page.status_code == 409
        assert "This is the last owner." in browser.text

    assert assembly.admins.get(owner.id) == owner


def test_an_owner_who_steps_down_is_led_away(
    browser: Browser, assembly: Assembly, owner: Admin
) -> None:
    new_admin(assembly, "grace", "owner")
    browser.open("/console/admins")

    browser.send(f"/console/admins/{owner.id}/role", role="admin")

    assert browser.path == "/console/apps"
    assert ">Admins</a>" not in browser.text


def test_who_is_disabled_is_out_at_once(browser: Browser, assembly: Assembly) -> None:
    grace = new_admin(assembly, "grace", "admin")
    theirs = Browser(assembly).sign_in(grace)
    browser.open("/console/admins")

    browser.send(f"/console/admins/{grace.id}/disable")
    assert "their sessions are over" in browser.text
    assert theirs.open("/console/apps").path == "/console/sign-in"
    theirs.send("/console/sign-in", email=grace.email, password=PASSWORD)
    assert theirs.page.status_code == 401

    browser.send(f"/console/admins/{grace.id}/enable")
    theirs.send("/console/sign-in", email=grace.email, password=PASSWORD)
    assert theirs.path == "/console"


def test_a_reset_link_lets_an_admin_choose_another_password(
    browser: Browser, assembly: Assembly
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    theirs = Browser(assembly).sign_in(grace)
    browser.open("/console/admins").send(f"/console/admins/{grace.id}/reset")
    path = link(browser)
    assert theirs.ask("GET", "/console/apps") == 200

    guest = Browser(assembly).open(path)
    assert "Choose another password" in guest.text
    guest.send(path, password="another horse battery")

    assert guest.path == "/console/apps"
    assert theirs.ask("GET", "/console/apps") == 303
    assert assembly.admins.find_by_credentials(grace.email, PASSWORD) is None


@pytest.mark.parametrize("action", ["role", "disable", "enable", "reset"])
@pytest.mark.parametrize("admin_id", ["adm_nobody", "adm%00", "%22%3E%3Cscript%3E"])
def test_who_is_nobody_is_not_found(browser: Browser, action: str, admin_id: str) -> None:
    browser.open("/console/admins")
    browser.send(f"/console/admins/{admin_id}/{action}", role="admin")

    assert browser.page.status_code == 404
    assert "There is nothing here" in browser.text


def test_many_admins_stand_on_several_pages(browser: Browser, assembly: Assembly) -> None:
    for number in range(10):
        new_admin(assembly, f"admin{number}", "admin")

    assert browser.open("/console/admins").text.count("Role of") == 10
    assert 'href="/console/admins?page=2"' in browser.text
    assert browser.open("/console/admins?page=2").text.count("Role of") == 1
