"""Every screen: nothing axe objects to, nothing off the side of a phone, little to load.

Whoever wants to look at them finds pictures of all in ``build/screenshots``.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from scim.instant import to_text
from tests.browser.axe import violations
from tests.browser.world import World
from tests.sizes import size

_PICTURES = Path(__file__).parents[2] / "build/screenshots"

_LOOKS = [(1280, "light"), (360, "dark"), (1280, "dark"), (360, "light")][: size(2, 4)]
"""Widths and themes in which screens are looked at."""

_LARGEST = 60_000
"""Bytes of a page with all it loads."""

_BYTES = """
[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, each) => sum + each.encodedBodySize, 0)
"""


class Looker:
    """Looks at pages, and remembers what is wrong with them."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.wrong: dict[str, list[str]] = {}
        self.sizes: dict[str, int] = {}
        self._said: list[str] = []
        self.page.on("console", lambda message: self._said.append(message.text))
        self.page.on("pageerror", lambda error: self._said.append(str(error)))

    def open(self, name: str, url: str) -> None:
        """Go to a page and look at it."""
        self.page.goto(url)
        self.sizes[name] = self.page.evaluate(_BYTES)
        self.look(name)

    def look(self, name: str) -> None:
        """Look at the page that is shown."""
        for width, scheme in _LOOKS:
            self.page.set_viewport_size(ViewportSize(width=width, height=800))
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = violations(self.page)
            wide: int = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"it is {wide} px wide")
            if found:
                self.wrong[f"{name}, {width} px, {scheme}"] = found
            picture = _PICTURES / f"{name}-{width}-{scheme}.png"
            self.page.screenshot(path=picture, full_page=True)
        refused = [text for text in self._said if "Content Security Policy" in text]
        if refused:
            self.wrong[f"{name}, on the browser's console"] = refused
        self._said.clear()


@pytest.fixture
def looker(browser: Browser, world: World) -> Iterator[Looker]:
    """Somebody who looks, signed in as the owner."""
    context = browser.new_context()
    world.sign_in(context)
    yield Looker(context)
    context.close()


@pytest.mark.sized
def test_nothing_is_wrong_with_any_screen(
    looker: Looker, world: World, figure: Callable[[str], None]
) -> None:
    """A screen is what the URL map has: a new one is looked at by itself."""
    for name, path in world.screens().items():
        looker.open(name, world.served.url + path)

    assert {} == looker.wrong, json.dumps(looker.wrong, indent=1)
    assert {} == {name: size for name, size in looker.sizes.items() if size > _LARGEST}
    name = max(looker.sizes, key=lambda each: looker.sizes[each])
    figure(
        f"{len(looker.sizes)} screens x {len(_LOOKS)} looks: 0 violations;"
        f" the largest is {name}, {looker.sizes[name]:,} bytes with all it loads"
    )


@pytest.mark.sized
def test_nothing_is_wrong_with_what_others_see(browser: Browser, world: World) -> None:
    """A viewer and an auditor see pages with parts left out, and refusals."""
    wrong = {}
    for name in ("viewer", "auditor"):
        context = browser.new_context()
        world.sign_in(context, name)
        looker = Looker(context)
        for screen, path in list(world.screens().items())[:: size(12, 1)]:
            looker.open(f"{name}-{screen}", world.served.url + path)
        context.close()
        wrong |= looker.wrong

    assert {} == wrong, json.dumps(wrong, indent=1)


@pytest.mark.sized
def test_nothing_is_wrong_with_what_asks_for_a_proof(looker: Looker, world: World) -> None:
    an_hour_ago = to_text(world.assembly.clock() - timedelta(hours=1))
    with world.assembly.database.write() as session:
        session.run("UPDATE console_session SET proved_at = ?", (an_hour_ago,))
    looker.page.goto(f"{world.served.url}/console/apps/{world.app.id}/tokens/revoke-all")
    looker.page.get_by_role("button", name="Revoke all tokens").click()
    looker.page.get_by_role("heading", name="Confirm that it is you").wait_for()
    looker.look("step-up")
    looker.page.get_by_label("Password").fill("not the password at all")
    looker.page.get_by_role("button", name="Confirm").click()
    looker.look("step-up-refused")

    assert {} == looker.wrong, json.dumps(looker.wrong, indent=1)


@pytest.mark.sized
def test_nothing_is_wrong_with_what_forms_are_answered(looker: Looker, world: World) -> None:
    page, app = looker.page, f"{world.served.url}/console/apps/{world.app.id}"
    for name, act in _ACTS.items():
        act(page, app)
        looker.look(name)

    assert {} == looker.wrong, json.dumps(looker.wrong, indent=1)


@pytest.mark.sized
def test_nothing_is_wrong_with_what_strangers_see(browser: Browser, world: World) -> None:
    context = browser.new_context()
    looker = Looker(context)
    looker.open("sign-in", f"{world.served.url}/console")
    looker.page.get_by_label("Email").fill("nobody@example.com")
    looker.page.get_by_label("Password").fill("not the password at all")
    looker.page.get_by_role("button", name="Sign in").click()
    looker.look("sign-in-refused")
    context.close()

    assert {} == looker.wrong, json.dumps(looker.wrong, indent=1)


def _revoke_all(page: Page, app: str) -> None:
    page.goto(app)
    for _ in range(page.get_by_role("button", name="Revoke").count()):
        page.goto(app)
        page.get_by_role("button", name="Revoke").first.click()


def _issue(page: Page, app: str) -> None:
    _revoke_all(page, app)
    page.goto(app)
    page.get_by_role("button", name="Issue Token").first.click()
    page.get_by_label("I have stored it").check()


def _rotate(page: Page, app: str) -> None:
    page.goto(f"{app}/tokens/rotation")
    page.get_by_role("button", name="Rotate").click()
    page.get_by_label("I have stored it").check()


def _issue_secret(page: Page, app: str) -> None:
    page.goto(f"{app}/credentials")
    page.get_by_role("button", name="Issue").first.click()
    page.get_by_label("I have stored it").check()


def _test_connection(page: Page, app: str) -> None:
    page.goto(f"{app}/guide")
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("Request and answer").first.click()


def _come_second(page: Page, app: str) -> None:
    page.goto(f"{app}/settings")
    first = page.context.new_page()
    first.goto(f"{app}/settings")
    first.get_by_label("Description").fill("Theirs")
    first.get_by_role("button", name="Save basic information").click()
    first.get_by_text("The basic information is saved.").wait_for()
    first.close()
    page.get_by_label("Description").fill("Ours")
    page.get_by_role("button", name="Save basic information").click()
    page.get_by_text("Somebody else saved other basic information").wait_for()


def _issue_twice(page: Page, app: str) -> None:
    _revoke_all(page, app)
    page.goto(app)
    first = page.context.new_page()
    first.goto(app)
    first.get_by_role("button", name="Issue Token").first.click()
    first.get_by_text("Copy this token now").wait_for()
    first.close()
    page.get_by_role("button", name="Issue Token").first.click()
    page.get_by_role("link", name="Back to the app").wait_for()


def _name_nothing(page: Page, app: str) -> None:
    page.goto(app.rpartition("/")[0])
    page.get_by_role("link", name="Add client app").first.click()
    page.get_by_role("link", name="Provisioning management").click()
    page.get_by_label("App name").fill(" ")
    page.get_by_role("button", name="Create").click()


def _begin_second_factor(page: Page, app: str) -> None:
    page.goto(f"{app.partition('/apps/')[0]}/account")
    page.get_by_role("button", name="Turn on").click()


_ACTS: dict[str, Callable[[Page, str], None]] = {
    "token-issued": _issue,
    "token-rotated": _rotate,
    "secret-issued": _issue_secret,
    "connection-tested": _test_connection,
    "settings-of-two": _come_second,
    "token-refused": _issue_twice,
    "app-without-a-name": _name_nothing,
    "second-factor-begun": _begin_second_factor,
}
