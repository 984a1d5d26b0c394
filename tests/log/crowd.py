"""Pages of an instance that holds much: what it is filled with, and what its pages may cost."""

import time
from datetime import timedelta
from pathlib import Path

from app import Assembly
from app.log.entries import Entry
from app.log.store import Batch
from scim.instant import to_text
from tests.app.console_browser import Browser
from tests.conftest import FakeClock

SLOWEST = 0.15
"""Seconds that the server may take for a page."""

LARGEST = 60_000
"""Bytes of a page with all it loads."""

USERS = 100_000

FAILED = 10
"""The last requests of the app that fails."""

_STATIC = Path(__file__).parents[2] / "app/console/static"

_AT_ONCE = 20_000

_TRIES = 20
"""How often to ask a machine that has other things to do."""


def weight(page: str) -> int:
    """Return the bytes of a page and of all that may be loaded with it."""
    return len(page.encode()) + sum(file.stat().st_size for file in _STATIC.iterdir())


def user_id(number: int) -> str:
    """Return an id as long as those that are given."""
    return f"00000000-0000-4000-8000-{number:012}"


def request(
    at: str, app_id: str, number: int = 0, outcome: str = "", *, is_failed: bool = False
) -> Entry:
    """Return the row of a request."""
    return Entry(
        at, "tenant", app_id, "token", f"r{number}", "PATCH", "patch", "User",
        user_id(number % USERS), "", "Conflict" if is_failed else outcome,
        409 if is_failed else 200, "uniqueness" if is_failed else "", "", 1234, "active", "", "",
        "192.0.2.1", "Okta",
    )  # fmt: skip


def fill(assembly: Assembly, clock: FakeClock, ids: list[str], count: int) -> None:
    """Add requests of the last day, evenly, but that the last ones are one app's and fail."""
    step = timedelta(days=1) / count
    began = clock() - timedelta(days=1) + step
    batch = Batch()
    for number in range(count):
        failed = number >= count - FAILED
        app_id = ids[0] if failed else ids[number % len(ids)]
        outcome = "Updated" if number % 3 else "Found"
        at = to_text(began + step * number)
        batch.add(request(at, app_id, number, outcome, is_failed=failed))
        if number % _AT_ONCE == _AT_ONCE - 1:
            assembly.log.store.append(batch)
            batch = Batch()
    assembly.log.store.append(batch)


def fastest_of(browser: Browser, path: str) -> tuple[float, str]:
    """Return how long a page takes at its best, and what it says."""
    spans = [float("inf")]
    while min(spans) > SLOWEST and len(spans) <= _TRIES:
        began = time.perf_counter()
        page = browser.open(path).text
        spans.append(time.perf_counter() - began)
    return min(spans), page
