"""A browser that the tests of the console share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app import assemble
from tests.browser.world import World, populated
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not _CHROMIUM.exists():
        skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, headless=True, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    served = ServedProvisor(tmp_path_factory.mktemp("screens") / "instance").start()
    assembly = assemble(served.settings)
    yield populated(served, assembly)
    assembly.close()
    assert served.stop() == 0, served.log()


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


@pytest.fixture
def picture_of() -> Callable[[Page, str], None]:
    """Keep a screenshot of a page, wide and narrow, light and dark, where somebody asked for it."""

    def take(page: Page, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if not folder:
            return
        for width in (1280, 360):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme=scheme)
                path = Path(folder) / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
        page.set_viewport_size({"width": 1280, "height": 720})

    return take


@pytest.fixture
def picture(page: Page, picture_of: Callable[[Page, str], None]) -> Callable[[str], None]:
    return lambda name: picture_of(page, name)
