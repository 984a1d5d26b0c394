"""The product's story, told in a browser: from the set-up link to a token, and to its end."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import skip
from tests.served import ServedProvisor

_CHROMIUM = Path("/usr/bin/chromium")
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not _CHROMIUM.exists():
        skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, headless=True, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without JavaScript: the console needs none."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    yield page
    context.close()
    assert [] == [text for text in problems if "Content Security Policy" in text]


def picture(page: Page, name: str) -> None:
    """Keep a screenshot where somebody asked for them."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_an_administrator_gets_from_the_set_up_link_to_a_token_and_ends_it(
    served: ServedProvisor, page: Page
) -> None:
    page.goto(served.setup_url())
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill(_PASSWORD)
    picture(page, "1-set-up")
    page.get_by_role("button", name="Create owner account").click()

    picture(page, "2-no-apps")
    page.get_by_role("link", name="Add client app").first.click()
    picture(page, "3-type")
    page.get_by_role("link", name="Provisioning management").click()
    page.get_by_label("App name").fill("Okta")
    picture(page, "4-new-app")
    page.get_by_role("button", name="Create").click()

    issue = page.get_by_role("button", name="Issue Token")
    expect(issue).to_be_disabled()
    picture(page, "5-app-scim-off")
    page.get_by_label("Enable SCIM").check()
    page.get_by_role("button", name="Save SCIM setting").click()
    picture(page, "6-app-scim-on")
    app_url = page.url

    issue.click()
    expect(page).to_have_title(re.compile("^Issue Long-lived Token"))
    picture(page, "7-one-time-window")
    token = page.locator("textarea, input[readonly]").first.input_value()
    assert served.ask("GET", "/scim/v2/Users", token).status == 200

    page.goto(app_url)
    assert token not in page.content()
    expect(issue).to_be_disabled()
    picture(page, "8-app-with-token")
    page.get_by_role("button", name="Revoke").click()
    picture(page, "9-revoked")

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

    expect(page).to_have_url(f"{served.url}/console/apps")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{served.url}/console/apps")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
