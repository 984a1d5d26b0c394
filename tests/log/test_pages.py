"""Every page in little time and few bytes, however much the instance holds."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from app import Assembly
from app.access import MemberChange
from app.audit import CLI, Actor, Event, record
from app.client_apps import ClientApp
from app.log.filters import Filters
from scim.choices import Choices
from scim.client import Client
from scim.instant import to_text
from scim.permission import EVERYTHING
from scim.transfer.arrivals import Line, read_batch
from tests.app.console_browser import Browser, new_admin, new_app
from tests.app.console_routes import paths_to, routes_of
from tests.conftest import FakeClock
from tests.log.crowd import LARGEST, SLOWEST, fastest_of, fill, user_id, weight
from tests.sizes import size

_MOST_LINE = 1024 * 1024

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

_ADMINS = 30

_TOKENS = 400


def import_all(assembly: Assembly, app: ClientApp, lines: Iterator[dict[str, Any]]) -> None:
    """Add resources as the command does."""
    client = Client(app.tenant_id, "", "", "", EVERYTHING, Choices())
    texts = (json.dumps(line).encode() for line in lines)
    numbered = (Line(number, text, len(text)) for number, text in enumerate(texts, 1))
    while some := list(islice(numbered, 1000)):
        batch = read_batch(some, _MOST_LINE, client.reader, assembly.provider)
        outcome = assembly.importer.add(batch, client)
        assert [] == outcome.refusals + assembly.importer.join(outcome.joinings, client)


def people(users: int) -> Iterator[dict[str, Any]]:
    """Yield users, and a group of a twentieth of them."""
    for number in range(users):
        yield {
            "schemas": [_USER],
            "id": user_id(number),
            "userName": f"somebody.with.a.name.{number}@department.example.com",
            "externalId": f"00u{number:017}",
            "displayName": f"Somebody With A Name {number}",
            "active": number % 50 != 0,
            "emails": [{"value": f"{number}@example.com", "type": "work", "primary": True}],
        }
    members = [{"value": user_id(number)} for number in range(users // 20)]
    yield {"schemas": [_GROUP], "id": "g1", "displayName": "All of them", "members": members}


def grow_old(assembly: Assembly, app: ClientApp, jti: str, lines: int) -> None:
    """Let an app have had many tokens, most of them lasting, and lines of audit about it."""
    now = to_text(assembly.clock())
    with assembly.database.write() as session:
        row = session.one("SELECT * FROM token WHERE jti = ?", (jti,))
        assert row is not None
        ended: dict[str, Any] = {name: row[name] for name in row.keys() if name != "seq"}  # noqa: SIM118 - rows of SQLite
        ended |= {"status": "revoked", "revoked_at": now, "revoked_by": "cli", "label": "Old one"}
        for number in range(_TOKENS):
            style = "long-lived" if number % 4 else "short-lived"
            ended |= {"jti": f"old{number}", "token_sha256": f"{number:064}", "style": style}
            session.run(
                f"INSERT INTO token ({', '.join(ended)}) VALUES ({', '.join('?' * len(ended))})",  # noqa: S608 - names of columns
                tuple(ended.values()),
            )
        event = Event("token.renew", "token", jti, app.tenant_id, app.id)
        for number in range(lines):
            who = Actor(f"admin:{number}", "2001:db8:85a3::8a2e:370:7334", f"{number:032}")
            change = {"from": f"from {number}", "to": f"to {number}", "label": "A token of the app"}
            record(session, who, event, now, change)


@pytest.fixture
def paths(assembly: Assembly, clock: FakeClock) -> dict[str, str]:
    """What the paths of an instance name that holds much."""
    app = new_app(assembly)
    for number in range(_ADMINS):
        admin = new_admin(assembly, f"a.colleague{number}", "admin")
        assembly.access.change_member(app.id, MemberChange(admin.id, "viewer", ""), CLI)
    given = paths_to(assembly, app)
    import_all(assembly, app, people(size(200, 100_000)))
    fill(assembly, clock, [app.id], size(2_000, 1_000_000))
    grow_old(assembly, app, given["jti"], size(500, 200_000))
    last = assembly.log.reader.page(app.id, Filters()).rows[0]
    return given | {"resource_id": user_id(7), "number": str(last.seq)}


def pages_of(browser: Browser, paths: dict[str, str]) -> dict[str, str]:
    """Return every page by its path, and some that look for what is rare."""
    app = f"/console/apps/{paths['app_id']}"
    found = {
        route.path: route.endpoint
        for route in routes_of(browser.client.application, paths)
        if route.method == "GET" and route.endpoint != "console.static"
    }
    asked = (
        f"{app}/directory/Groups",
        f"{app}/directory/Groups/g1",
        f"{app}/directory/Users?q=somebody.with",
        f"{app}/directory/Users?active=no",
        f"{app}/log?result=Conflict",
        f"{app}/log?result=Deleted",
        f"{app}/log?id={user_id(7)}",
        "/console/audit?action=app.create",
        f"/console/audit?app={paths['app_id']}",
    )
    return found | {path: path.partition("apps/")[2] for path in asked}


@pytest.mark.sized
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"][: size(1, 2)], indirect=True)
def test_every_page_takes_little_time_and_few_bytes(
    assembly: Assembly, paths: dict[str, str], figure: Callable[[str], None]
) -> None:
    browser = Browser(assembly).sign_in(new_admin(assembly, "ada", "owner"))
    taken: dict[str, float] = {}
    heavy: dict[str, int] = {}
    pages = pages_of(browser, paths)
    for path in pages:
        taken[path], page = fastest_of(browser, path)
        heavy[path] = weight(page)

    slowest, largest = max(taken, key=taken.__getitem__), max(heavy, key=heavy.__getitem__)
    figure(
        f"{len(pages)} pages, {size(200, 100_000):,} users, {size(2_000, 1_000_000):,} rows of log:"
        f" the slowest {pages[slowest]} {taken[slowest] * 1000:.0f} ms,"
        f" the largest {pages[largest]} {heavy[largest]:,} bytes with all it loads"
    )
    assert [] == [f"{path}: {span:.3f}" for path, span in taken.items() if span > SLOWEST]
    assert [] == [f"{path}: {count:,}" for path, count in heavy.items() if count > LARGEST]
