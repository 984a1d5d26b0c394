"""Access, told in a browser: a second factor, an invitation, a role, an end."""

from collections.abc import Callable

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.served import ServedProvisor

_PASSWORD = "correct horse battery staple"
_OTHER = "another horse and its battery"


def test_an_owner_turns_on_a_second_factor_and_invites_an_admin(
    served: ServedProvisor, page: Page, browser: Browser, picture: Callable[[str], None]
) -> None:
    served.printed(
        "admin", "create", "owner@example.com", "--owner", "--password-stdin", text=_PASSWORD
    )
    page.goto(f"{served.url}/console/account")
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{served.url}/console/account")
    picture("20-account")

    page.get_by_role("button", name="Turn on").click()
    picture("21-second-factor")
    width = page.get_by_role("img", name="QR code").evaluate("image => image.naturalWidth")
    assert width > 100
    phone = pyotp.TOTP(page.get_by_label("Or enter this key").input_value())
    page.get_by_label("Enter the code").fill(phone.now())
    page.get_by_role("button", name="Turn on").click()
    picture("22-recovery-codes")
    codes = page.get_by_label("Recovery codes").input_value().split()
    page.get_by_role("link", name="Done").click()
    picture("23-account-with-factor")

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    picture("24-second-step")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{served.url}/console")

    page.get_by_role("link", name="Admins").click()
    page.get_by_label("Email").fill("grace@example.com")
    page.get_by_role("button", name="Invite").click()
    picture("25-invitation")
    link = page.get_by_label("Link").input_value()
    page.get_by_role("link", name="Done").click()

    guest = browser.new_context(java_script_enabled=False).new_page()
    guest.goto(link)
    guest.get_by_label("Password").fill(_OTHER)
    guest.get_by_role("button", name="Save password and sign in").click()
    expect(guest.get_by_role("heading", name="No client apps yet")).to_be_visible()

    page.reload()
    picture("26-admins")
    page.get_by_role("button", name="Disable grace@example.com").click()
    expect(page.get_by_role("status")).to_contain_text("their sessions are over")
    picture("27-admin-disabled")
    guest.reload()
    expect(guest.get_by_role("button", name="Sign in")).to_be_visible()
    guest.context.close()
