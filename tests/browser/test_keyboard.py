"""The console without a mouse: from the sign-in to a token, and to its end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.world import World
from tests.served import ServedProvisor
from tests.sizes import size

_PASSWORD = "correct horse battery staple"

_FAR = 80
"""Presses of Tab within which everything on a page has its turn."""

_FOCUSED = """
() => {
    const at = document.activeElement;
    const label = at.labels?.[0] ?? at;
    const style = getComputedStyle(at);
    const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return [(at.getAttribute("aria-label") ?? label.innerText).trim(), seen];
}
"""


_MARK = """
() => {
    const own = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    const all = [...document.querySelectorAll(own)]
        .filter(each => !each.disabled && each.type !== "hidden" && each.checkVisibility());
    return all.map((each, number) => {
        const isRadio = each.type === "radio"; // arrows lead from one to the others
        each.dataset.place = isRadio ? `radio ${each.name}` : `${number} ${each.outerHTML}`;
        return each.dataset.place;
    });
}
"""
"""Marks what Tab has to lead to, and returns the marks."""

_PLACE = """
() => {
    const at = document.activeElement;
    const seen = [at, ...(at.labels ?? [])].map(each => getComputedStyle(each))
        .some(style => style.outlineStyle !== "none" || style.boxShadow !== "none");
    return [at.dataset.place ?? "", seen];
}
"""

_FEW = ("home", "app", "settings", "log", "credentials")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedProvisor]:
    provisor = ServedProvisor(tmp_path / "instance").start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


def _reach(page: Page, name: str, key: str = "") -> None:
    """Press Tab until something has the focus, and then a key; one has to see where one is."""
    for _ in range(_FAR):
        page.keyboard.press("Tab")
        text, is_seen = page.evaluate(_FOCUSED)
        if text == name:
            assert is_seen, f"nobody sees that {name!r} has the focus"
            _press(page, key)
            return
    raise AssertionError(f"Tab does not lead to {name!r} on {page.url}")


def _press(page: Page, key: str) -> None:
    if key == "Enter":
        with page.expect_navigation():
            page.keyboard.press(key)
    elif key:
        page.keyboard.press(key)


def test_a_token_is_issued_and_revoked_by_keyboard_alone(
    served: ServedProvisor, page: Page
) -> None:
    served.called("admin", "create", "o@example.com", "--owner", "--password-stdin", text=_PASSWORD)
    page.goto(f"{served.url}/console")
    _reach(page, "Email")
    page.keyboard.type("o@example.com")
    _reach(page, "Password")
    page.keyboard.type(_PASSWORD)
    _press(page, "Enter")

    _reach(page, "Add client app", "Enter")
    _reach(page, "Provisioning management", "Enter")
    _reach(page, "App name")
    page.keyboard.type("Okta")
    _press(page, "Enter")
    _reach(page, "Enable SCIM", "Space")
    _reach(page, "Save SCIM setting", "Enter")
    _reach(page, "Issue Token", "Enter")
    token = page.get_by_role("textbox", name="Token").input_value()
    assert 200 == served.ask("GET", "/scim/v2/Users", token).status
    _reach(page, "I have stored it", "Space")
    _reach(page, "Done", "Enter")
    _reach(page, "Revoke", "Enter")

    expect(page.get_by_role("button", name="Issue Token")).to_be_enabled()
    assert 401 == served.ask("GET", "/scim/v2/Users", token).status


@pytest.mark.sized
def test_tab_alone_leads_everywhere_and_one_sees_where_one_is(
    browser: Browser, world: World, figure: Callable[[str], None]
) -> None:
    context = browser.new_context()
    world.sign_in(context)
    page = context.new_page()
    every = world.screens()
    looked, found = every if size(0, 1) else _FEW, 0
    for name in looked:
        page.goto(world.served.url + every[name])
        missing = set(page.evaluate(_MARK))
        found += len(missing)
        for _ in range(_FAR + 2 * len(missing)):  # a field for a moment takes several
            if not missing:
                break
            page.keyboard.press("Tab")
            place, is_seen = page.evaluate(_PLACE)
            assert is_seen or not place, (name, place)
            missing.discard(place)
        assert set() == missing, name
    context.close()
    figure(
        f"{len(looked)} screens by keyboard: Tab leads to all of {found} links, buttons and fields"
    )
