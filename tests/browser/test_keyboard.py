"""The console without a mouse: from the sign-in to a token, and to its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.served import ServedProvisor

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
