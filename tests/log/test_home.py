"""Home in little time, however many apps, requests and users there are."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from app import Assembly
from app.audit import CLI
from app.client_apps import LONGEST_NAME, NewApp
from app.log.store import Batch
from scim.instant import to_text
from scim.storage.counts import BLOCK
from tests.app.console_browser import Browser, new_admin
from tests.conftest import FakeClock
from tests.log.crowd import FAILED, LARGEST, SLOWEST, USERS, fastest_of, fill, request, weight
from tests.sizes import size

_APPS = 50

_FAILING = 300

_SHOWN = 40
"""Those that may be on a page."""


@pytest.mark.sized
def test_home_takes_little_time_however_much_there_is(
    assembly: Assembly, clock: FakeClock, figure: Callable[[str], None]
) -> None:
    requests = size(2_000, 1_000_000)
    owner, tenant = new_admin(assembly, "ada", "owner"), assembly.tenants.default()
    ids = []
    for number in range(_APPS):
        app = assembly.client_apps.create(NewApp(tenant.id, f"App {number}"), CLI)
        assembly.client_apps.enable_scim(app.id, CLI)
        assembly.tokens.issue(app.id, CLI)
        ids.append(app.id)
    fill(assembly, clock, ids, requests)
    with assembly.database.write() as session:
        for block in range(USERS // BLOCK + 1):
            session.run(
                "INSERT INTO resource_count (tenant_id, type, block, lane, resources)"
                " VALUES (?, 'User', ?, 0, ?)",
                (tenant.id, block, min(BLOCK, USERS - block * BLOCK)),
            )
    browser = Browser(assembly).sign_in(owner)

    fastest, page = fastest_of(browser, "/console")

    assert page.count("100,000 users") == 12
    assert "last requests failed: 409 uniqueness" in page
    figure(
        f"Home of {_APPS} apps, {requests:,} requests of a day, {USERS:,} users:"
        f" {fastest * 1000:.0f} ms, {len(page) / 1000:.0f} kB"
    )
    assert fastest < SLOWEST
    assert weight(page) <= LARGEST


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_shown_is_bounded_where_every_app_fails(
    assembly: Assembly, clock: FakeClock, figure: Callable[[str], None]
) -> None:
    owner, tenant = new_admin(assembly, "ada", "owner"), assembly.tenants.default()
    ids = []
    for number in range(_FAILING):
        name, about = f"{number} {'n' * LONGEST_NAME}"[:LONGEST_NAME], "<é>& " * 200
        app = assembly.client_apps.create(NewApp(tenant.id, name, about), CLI)
        assembly.client_apps.enable_scim(app.id, CLI)
        if number < _SHOWN:
            assembly.tokens.issue(app.id, CLI)
        ids.append(app.id)
    batch = Batch()
    for app_id in ids * FAILED:
        batch.add(request(to_text(clock()), app_id, is_failed=True))
    for app_id, hours in product(ids[:_SHOWN], range(1, 24)):
        at = to_text(clock() - timedelta(hours=hours))
        batch.add(request(at, app_id, is_failed=True))
        batch.add(request(at, app_id, outcome="Updated"))
    assembly.log.store.append(batch)
    browser = Browser(assembly).sign_in(owner)

    told = []
    for path in ("/console", "/console/apps", "/console/apps?q=1&state=Failing"):
        taken, page = fastest_of(browser, path)
        told.append(f"{path} {taken * 1000:.0f} ms, {weight(page) / 1000:.0f} kB")
        assert taken < SLOWEST, path
        assert weight(page) <= LARGEST, path
    figure(f"{_FAILING} failing apps, with all that is loaded: {'; '.join(told)}")
    page = browser.open("/console").text
    assert page.count("10 of 10 last requests failed: 409 uniqueness") == 10
    assert "And 290 other apps" in page
