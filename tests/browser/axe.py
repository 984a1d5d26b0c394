"""The second judge of accessibility: axe-core, which npm brings (`package.json` pins it)."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.conftest import skip

_SCRIPT = Path(__file__).parent / "node_modules/axe-core/axe.min.js"

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _script() -> str:
    if not _SCRIPT.exists():
        skip("axe-core is not installed (npm ci --prefix tests/browser)")
    return _SCRIPT.read_text()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page as it is shown, each with where."""
    page.evaluate(_script())  # no script tag: the page's CSP refuses that, as it should
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(result => result.violations)", _RULES
    )
    return [
        f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes']]}"
        for each in found
    ]
