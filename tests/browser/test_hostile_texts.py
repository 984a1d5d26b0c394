"""C11: nothing that a provider or an admin wrote runs in the console."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from app import Assembly, assemble
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp, InvalidApp, NewApp
from app.log.filters import Filters
from app.tokens import NewToken
from scim.choices import LogValues
from tests.app.console_browser import new_admin
from tests.browser.hostile import texts
from tests.browser.world import logged
from tests.served import ServedProvisor
from tests.sizes import size

_TRACES = """
() => [typeof window.hit, document.querySelector("main") ? "" : "no main",
       ...document.querySelectorAll("main :is(script, img, iframe, object, embed, base, style)")]
    .map(String)
"""

_ELEMENTS = """
() => [...document.querySelectorAll("main, main *")].map(each => each.localName)
"""

_CLEAN = ["undefined", ""]

_OF_APP = (
    "", "/guide", "/settings", "/delete", "/tokens/revoke-all", "/tokens/rotation", "/members",
    "/credentials", "/log", "/audit", "/directory/Users", "/directory/Groups",
)  # fmt: skip
"""Pages of an app that have the same elements whatever the texts are."""

_OF_ALL = ("/console", "/console/apps", "/console/audit", "/console/apps/new/provisioning")

_TOKENS = 5

_REFUSED = "Failed to load resource: the server responded with a status of 400"
"""What a browser says of a search for a text that holds control characters."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedProvisor]:
    provisor = ServedProvisor(tmp_path_factory.mktemp("hostile") / "instance").start()
    yield provisor
    provisor.stop()


@pytest.fixture(scope="module")
def assembly(served: ServedProvisor) -> Iterator[Assembly]:
    made = assemble(served.settings)
    yield made
    made.close()


@pytest.fixture(scope="module")
def owner(assembly: Assembly) -> Admin:
    return new_admin(assembly, "owner", "owner")


@pytest.fixture
def careless(
    browser: Browser, served: ServedProvisor, assembly: Assembly, owner: Admin
) -> Iterator[Page]:
    """A page of the owner, with scripts; whatever runs or is kept from running fails the test."""
    session = assembly.sessions.start(owner.id)
    context = browser.new_context()
    context.add_cookies([{"name": "provisor_session", "value": session, "url": served.url}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()
    assert [] == [text for text in said if not text.startswith(_REFUSED)]


def _written(served: ServedProvisor, assembly: Assembly, written: list[str]) -> ClientApp:
    """Give users, groups, apps, directories, tokens, secrets and agents such names."""
    app = assembly.client_apps.create(NewApp(None, written[0], written[0]), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    assembly.app_settings.set(app.id, {"log_values": LogValues.ON}, CLI)
    in_headers = [text for text in written if text.isascii() and text.isprintable()]
    for text in in_headers[:_TOKENS]:
        issued = assembly.tokens.issue(app.id, CLI, NewToken(label=text[:100]))
        served.ask("GET", "/scim/v2/Users", issued.text, headers={"User-Agent": text})
        assembly.tokens.revoke(app.id, issued.token.jti, CLI, text)
    for text in in_headers[:2]:
        assembly.oauth.client_secrets.issue(app.id, CLI, text[:100])
    token = assembly.tokens.issue(app.id, CLI, NewToken(label=in_headers[-1][:100])).text
    served.ask("GET", "/scim/v2/Users", token, headers={"User-Agent": in_headers[-1]})
    for number, text in enumerate(written):
        name = {"formatted": text, "familyName": text}
        user = {"userName": f"{text}{number}", "displayName": text, "title": text, "name": name}
        assert 201 == served.ask("POST", "/scim/v2/Users", token, user).status
        served.ask("GET", f"/scim/v2/Users?filter={quote(text)}", token)
    served.ask("POST", "/scim/v2/Groups", token, {"displayName": written[0]})
    logged(assembly, app.id, 1, Filters(type="Group"))  # the last one
    return app


def _add_apps(assembly: Assembly, app: ClientApp, written: list[str]) -> None:
    for text in written:
        with suppress(InvalidApp):  # control characters are in no name of an app
            assembly.client_apps.create(NewApp(app.tenant_id, text, text), CLI)


def _elements(page: Page, url: str) -> Counter[str]:
    """Return which elements a page consists of, and how many of each."""
    page.goto(url)
    return Counter(page.evaluate(_ELEMENTS))


@pytest.mark.sized
def test_nothing_that_was_sent_runs_or_becomes_part_of_a_page(
    careless: Page, served: ServedProvisor, assembly: Assembly, figure: Callable[[str], None]
) -> None:
    hostile = texts()[:: 200 // size(20, 200)]
    usual = _written(served, assembly, [f"plain {number}" for number in range(len(hostile))])
    _add_apps(assembly, usual, ["plain"] * 30)  # more than a page shows
    known = {path: set(_elements(careless, served.url + path)) for path in _OF_ALL}
    app = _written(served, assembly, hostile)
    _add_apps(assembly, app, hostile)

    for page in _OF_APP:
        expected, found = (
            _elements(careless, f"{served.url}/console/apps/{each.id}{page}")
            for each in (usual, app)
        )
        assert expected == found, page
    for path in _OF_ALL:
        assert set(_elements(careless, served.url + path)) <= known[path], path
    ways = [*_ways(assembly, app, hostile)]
    for path in ways:
        careless.goto(served.url + path)
        assert _CLEAN == careless.evaluate(_TRACES), path
    figure(f"C11: {len(hostile)} hostile texts as names on {len(ways)} pages: 0 ran")


def _ways(assembly: Assembly, app: ClientApp, hostile: list[str]) -> Iterator[str]:
    """Yield the pages that show them, and pages whose URL holds one."""
    own = f"/console/apps/{app.id}"
    yield from _OF_ALL
    yield from (own + page for page in _OF_APP)
    every = size(4, 1)
    for text in hostile[::every]:
        yield f"{own}/directory/Users?q={quote(text, safe='')}"
        yield f"{own}/log?id={quote(text, safe='')}"
    with assembly.database.read() as session:
        rows = session.all(
            "SELECT id, type FROM resource WHERE tenant_id = ? ORDER BY seq", (app.tenant_id,)
        )
    for row in rows[::every]:
        yield f"{own}/directory/{row['type']}s/{row['id']}"
    for other in assembly.client_apps.all()[::every]:
        yield f"/console/apps/{other.id}"
