"""The product's story, told in a browser: from the set-up link to a token, and to its end."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.served import ServedProvisor

_PASSWORD = "correct horse battery staple"


def test_an_administrator_gets_from_the_set_up_link_to_a_token_and_ends_it(
    served: ServedProvisor, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(served.setup_url())
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill(_PASSWORD)
    picture("1-set-up")
    page.get_by_role("button", name="Create owner account").click()

    picture("2-no-apps")
    page.get_by_role("link", name="Add client app").first.click()
    picture("3-type")
    page.get_by_role("link", name="Provisioning management").click()
    page.get_by_label("App name").fill("Okta")
    picture("4-new-app")
    page.get_by_role("button", name="Create").click()

    issue = page.get_by_role("button", name="Issue Token")
    expect(issue).to_be_disabled()
    picture("5-app-scim-off")
    page.get_by_label("Enable SCIM").check()
    page.get_by_role("button", name="Save SCIM setting").click()
    picture("6-app-scim-on")
    app_url = page.url

    issue.click()
    expect(page).to_have_title(re.compile("^Issue Long-lived Token"))
    picture("7-one-time-window")
    token = page.locator("textarea, input[readonly]").first.input_value()
    assert served.ask("GET", "/scim/v2/Users", token).status == 200

    page.goto(app_url)
    assert token not in page.content()
    expect(issue).to_be_disabled()
    picture("8-app-with-token")
    page.get_by_role("button", name="Revoke").click()
    picture("9-revoked")

    answer = served.ask("GET", "/scim/v2/Users", token)
    assert answer.status == 401
    assert "revoked" in answer.body["detail"]
    expect(issue).to_be_enabled()


def test_signing_out_closes_the_console_and_signing_in_opens_it(
    served: ServedProvisor, page: Page
) -> None:
    served.printed(
        "admin", "create", "admin@example.com", "--owner", "--password-stdin", text=_PASSWORD
    )

    page.goto(f"{served.url}/console")
    page.get_by_label("Email").fill("admin@example.com")
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_label("Email").fill("admin@example.com")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{served.url}/console")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{served.url}/console/apps")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
