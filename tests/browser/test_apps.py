"""Looking after an app, told in two browsers: home, members, settings, and its end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import ServedProvisor

_PASSWORD = "correct horse battery staple"


def _sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/console")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{url}/console")


@pytest.mark.parametrize("engine", ["sqlite"])  # which stores the same as the other
def test_two_owners_look_after_an_app(
    served: ServedProvisor, page: Page, browser: Browser, picture: Callable[[str], None]
) -> None:
    for email in ("ada@example.com", "grace@example.com"):
        served.called("admin", "create", email, "--owner", "--password-stdin", text=_PASSWORD)
    served.called("admin", "create", "linus@example.com", "--password-stdin", text=_PASSWORD)
    app_id = served.called("app", "create", "HR sync", "--enable-scim").split()[0]
    token = served.called("token", "issue", app_id).split()[-1]
    for _ in range(6):
        served.ask("GET", "/scim/v2/Users/nobody", token)
    _sign_in(page, served.url, "ada@example.com")
    other = browser.new_context(java_script_enabled=False).new_page()
    _sign_in(other, served.url, "grace@example.com")

    page.get_by_role("link", name="Client apps").click()
    page.get_by_label("Name contains").fill("hr")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="HR sync").click()
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Admin", exact=True).select_option("linus@example.com")
    page.get_by_label("Role", exact=True).select_option("Maintainer")
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("status")).to_contain_text("is saved")
    picture("30-members")
    page.get_by_role("button", name="Remove linus@example.com").click()
    expect(page.get_by_text("Nobody is named here yet.")).to_be_visible()

    page.get_by_role("link", name="Settings").click()
    other.goto(page.url)
    page.get_by_label("App name").fill("Staff")
    page.get_by_role("button", name="Save basic information").dblclick()
    expect(page.get_by_role("status")).to_contain_text("is saved")
    other.get_by_label("App name").fill("People")
    other.get_by_role("button", name="Save basic information").click()
    expect(other.get_by_role("alert")).to_contain_text("Somebody else saved")
    expect(other.get_by_label("App name")).to_have_value("People")
    other.get_by_role("button", name="Save basic information").click()
    expect(other.get_by_role("status")).to_contain_text("is saved")
    picture("31-settings")

    page.get_by_role("link", name="Revoke all tokens").click()
    picture("32-revoke-all")
    page.get_by_role("button", name="Revoke all tokens of People").click()
    assert served.ask("GET", "/scim/v2/Users", token).status == 401

    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.locator(".health")).to_contain_text("No token")
    expect(page.get_by_role("region", name="What needs somebody")).to_contain_text(
        "last requests failed"
    )
    expect(page.get_by_role("img", name="People, the last 24 hours")).to_be_visible()
    picture("33-home")
    page.get_by_role("link", name="People", exact=True).last.click()
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Delete app").click()
    page.get_by_label("App name").fill("People")
    picture("34-delete")
    page.get_by_role("button", name="Delete app").click()
    expect(page.get_by_role("status")).to_contain_text("The app is deleted")
    picture("35-no-apps")
    other.context.close()
