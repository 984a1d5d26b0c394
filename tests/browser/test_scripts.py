"""What the console's script adds to its pages, and that they work without it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import ServedProvisor

_PASSWORD = "correct horse battery staple"

_LOOKS = 30
"""How often a page may look before it notices something: a row is written after a moment."""

_SCRIPT = Path(__file__).parents[2] / "app/console/static/console.js"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedProvisor]:
    """One engine is enough: nothing here is about storage."""
    provisor = ServedProvisor(tmp_path / "instance").start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture
def live(browser: Browser) -> Iterator[Page]:
    """A page with JavaScript, whose clipboard may be read, and no line on its console."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.clock.install()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert [] == problems


@pytest.fixture
def picture(live: Page, picture_of: Callable[[Page, str], None]) -> Callable[[str], None]:
    return lambda name: picture_of(live, name)


def notice(live: Page, text: str, where: str) -> None:
    """Let time pass by until the page says something by itself."""
    found = live.locator(where).get_by_text(text)
    for _ in range(_LOOKS):
        live.clock.fast_forward(5_000)  # for nothing where the last look has no answer yet
        with suppress(AssertionError):
            expect(found).to_be_visible(timeout=200)
            return
    expect(found).to_be_visible()


def test_the_script_is_small() -> None:
    assert len(_SCRIPT.read_text().splitlines()) <= 150


def test_an_app_is_connected_with_a_script_at_hand(
    served: ServedProvisor, live: Page, picture: Callable[[str], None]
) -> None:
    clicks = _from_the_account_to_the_token(served, live, picture)
    assert clicks <= 9
    token = _store_the_token(live, picture)
    app_url = live.url.partition("?")[0].partition("#")[0]
    _watch_the_check_list(served, live, token, picture)
    _watch_the_log(served, live, app_url, token, picture)
    _test_the_connection(live, app_url, picture)
    _rotate(served, live, app_url, picture)


def _from_the_account_to_the_token(
    served: ServedProvisor, live: Page, picture: Callable[[str], None]
) -> int:
    """Return how many clicks it took from the owner's account to a token."""
    live.goto(served.setup_url())
    live.get_by_label("Email").fill("owner@example.com")
    live.get_by_label("Password").fill(_PASSWORD)
    live.get_by_role("button", name="Create owner account").click()
    expect(live.get_by_text("It is not HTTPS")).to_be_visible()
    picture("30-first-run")
    way = (
        live.get_by_role("link", name="Add client app").first,
        live.get_by_role("link", name="Provisioning management"),
        live.get_by_label("App name"),
        live.get_by_label("Okta"),
        live.get_by_role("button", name="Create"),
        live.get_by_label("Enable SCIM"),
        live.get_by_role("button", name="Save SCIM setting"),
        live.get_by_role("button", name="Issue Token"),
    )
    for target in way:
        target.click()
        if target is way[2]:
            target.fill("Okta")
            picture("31-new-app")
    return len(way)


def _store_the_token(live: Page, picture: Callable[[str], None]) -> str:
    """Copy and download the token, and leave the one-time window once it is stored."""
    token = live.get_by_role("textbox", name="Token").input_value()
    live.get_by_role("button", name="Copy token").click()
    expect(live.get_by_role("status").get_by_text("Copied: token")).to_be_attached()
    assert token == live.evaluate("navigator.clipboard.readText()")
    assert live.get_by_text("Copied", exact=True).count() == 1
    with live.expect_download() as download:
        live.get_by_role("button", name="Download .txt").click()
    assert token + "\n" == Path(download.value.path()).read_text()
    done = live.get_by_role("button", name="Done")
    expect(done).to_be_disabled()
    picture("32-one-time-window")

    asked: list[str] = []
    live.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    live.get_by_role("link", name="Client apps").click()
    expect(done).to_be_visible()
    assert ["beforeunload"] == asked
    live.get_by_label("I have stored it").check()
    done.click()
    expect(live.get_by_role("heading", name="Check-list")).to_be_visible()
    assert ["beforeunload"] == asked
    assert token not in live.content()
    return token


def _watch_the_check_list(
    served: ServedProvisor, live: Page, token: str, picture: Callable[[str], None]
) -> None:
    expect(live.locator("#checklist").get_by_text("2 of 5 done")).to_be_visible()
    picture("33-check-list")
    live.get_by_role("button", name="Pause").click()
    expect(live.get_by_text("Paused")).to_be_visible()
    live.get_by_role("button", name="Resume").click()

    served.ask("POST", "/scim/v2/Users", token, {"userName": "ada@example.com"})

    notice(live, "4 of 5 done", "#checklist")
    expect(live.get_by_role("status").get_by_text("4 of 5 done")).to_be_attached()
    live.get_by_label("Enable SCIM").uncheck()
    expect(live.get_by_text("Requests get 403 from then on.")).to_be_visible()
    picture("34-scim-off")


def _watch_the_log(
    served: ServedProvisor, live: Page, app_url: str, token: str, picture: Callable[[str], None]
) -> None:
    live.goto(f"{app_url}/log")
    notice(live, "Created", "#log-rows")
    served.ask("POST", "/scim/v2/Users", token, {"userName": "ada@example.com"})
    notice(live, "409 uniqueness", "#log-rows")
    picture("35-log")


def _test_the_connection(live: Page, app_url: str, picture: Callable[[str], None]) -> None:
    live.goto(f"{app_url}/guide")
    live.get_by_role("button", name="Copy SCIM connector base URL").click()
    assert live.evaluate("navigator.clipboard.readText()").endswith("/scim/v2")
    live.mouse.click(1, 1)
    picture("36-guide")
    live.get_by_role("button", name="Test the connection").click()
    expect(live.get_by_text("All 6 steps passed.")).to_be_visible()
    live.get_by_text("Request and answer").nth(1).click()
    picture("37-test")


def _rotate(
    served: ServedProvisor, live: Page, app_url: str, picture: Callable[[str], None]
) -> None:
    live.goto(f"{app_url}/tokens/rotation")
    live.get_by_role("button", name="Rotate").click()
    token = live.get_by_role("textbox", name="Token").input_value()
    live.get_by_label("I have stored it").check()
    live.goto(f"{app_url}/tokens/rotation")
    expect(live.get_by_text("It has not been used so far.")).to_be_visible()
    picture("38-rotation")
    served.ask("GET", "/scim/v2/Users", token)
    notice(live, "It was used", "#rotation")


def test_what_is_live_says_when_it_is_not(served: ServedProvisor, browser: Browser) -> None:
    """The browser itself writes a line on its console where an answer is missing."""
    served.called(
        "admin", "create", "owner@example.com", "--owner", "--password-stdin", text=_PASSWORD
    )
    app_id = served.called("app", "create", "Okta")
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{served.url}/console/apps/{app_id}/log")
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    notice(page, "Updates itself every 5 seconds", ".live-line")
    context.set_offline(True)
    notice(page, "No answer, trying again", ".live-line")
    expect(page.get_by_role("status").get_by_text("No answer, trying again")).to_be_attached()
    context.set_offline(False)
    notice(page, "Updates itself every 5 seconds", ".live-line")
    page.route("**/log", lambda route: route.fulfill(status=503))
    notice(page, "No answer, trying again", ".live-line")
    page.unroute("**/log")
    notice(page, "Updates itself every 5 seconds", ".live-line")
    context.clear_cookies()
    notice(page, "Stopped: sign in again", ".live-line")
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    context.close()


def test_an_app_is_connected_without_a_script(served: ServedProvisor, page: Page) -> None:
    served.called(
        "admin", "create", "owner@example.com", "--owner", "--password-stdin", text=_PASSWORD
    )
    app_id = served.called("app", "create", "Entra", "--enable-scim")
    served.called("app", "set", app_id, "provider=entra")
    page.goto(f"{served.url}/console/apps/{app_id}/guide")
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    url = page.get_by_label("Tenant URL").input_value()
    assert f"{served.url}/scim/v2?aadOptscim062020" == url
    assert 0 == page.get_by_role("button", name="Copy").count()
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("All 6 steps passed.")).to_be_visible()

    page.goto(f"{served.url}/console/apps/{app_id}")
    expect(page.get_by_text("1 of 5 done", exact=True)).to_be_visible()
    assert 0 == page.get_by_role("button", name="Pause").count()
    page.get_by_role("button", name="Issue Token").click()
    done = page.get_by_role("button", name="Done")
    done.click()
    expect(done).to_be_visible()  # the browser itself wants the tick first
    page.get_by_label("I have stored it").check()
    done.click()
    expect(page.get_by_text("2 of 5 done", exact=True)).to_be_visible()
