"""C11: nothing that a provider or an admin wrote runs in the console."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from app import Assembly, assemble
from app.audit import CLI
from app.client_apps import ClientApp, InvalidApp, NewApp
from scim.choices import LogValues
from tests.app.console_browser import new_admin, new_app
from tests.browser.hostile import texts
from tests.served import ServedProvisor
from tests.sizes import size

_TRACES = """
() => [typeof window.hit, document.querySelector("main") ? "" : "no main",
       ...document.querySelectorAll("main :is(script, img, iframe, object, embed, base, style)")]
    .map(String)
"""

_CLEAN = ["undefined", ""]

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


@pytest.fixture
def careless(browser: Browser, served: ServedProvisor, assembly: Assembly) -> Iterator[Page]:
    """A page of the owner, with scripts; whatever runs or is kept from running fails the test."""
    session = assembly.sessions.start(new_admin(assembly, "owner", "owner").id)
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


def _written(served: ServedProvisor, assembly: Assembly, hostile: list[str]) -> ClientApp:
    """Give users, groups and apps such names."""
    app = new_app(assembly, hostile[0])
    assembly.app_settings.set(app.id, {"log_values": LogValues.ON}, CLI)
    token = assembly.tokens.issue(app.id, CLI).text
    for number, text in enumerate(hostile):
        name = {"formatted": text, "familyName": text}
        user = {"userName": f"{text}{number}", "displayName": text, "title": text, "name": name}
        assert 201 == served.ask("POST", "/scim/v2/Users", token, user).status
        served.ask("GET", f"/scim/v2/Users?filter={quote(text)}", token)
        with suppress(InvalidApp):  # control characters are in no name of an app
            assembly.client_apps.create(NewApp(app.tenant_id, text, text), CLI)
    served.ask("POST", "/scim/v2/Groups", token, {"displayName": hostile[0]})
    return app


@pytest.mark.sized
def test_nothing_that_was_sent_runs(
    careless: Page, served: ServedProvisor, assembly: Assembly, figure: Callable[[str], None]
) -> None:
    hostile = texts()[:: 200 // size(40, 200)]
    app = _written(served, assembly, hostile)
    looked = 0
    for path in _ways(assembly, app, hostile):
        careless.goto(served.url + path)
        assert _CLEAN == careless.evaluate(_TRACES), path
        looked += 1

    figure(f"C11: {len(hostile)} hostile texts as names on {looked} pages: 0 ran")


def _ways(assembly: Assembly, app: ClientApp, hostile: list[str]) -> Iterator[str]:
    """Yield the pages that show them, and pages whose URL holds one."""
    own = f"/console/apps/{app.id}"
    yield from ("/console", "/console/apps", "/console/audit", own, f"{own}/log", f"{own}/audit")
    every = size(4, 1)
    for text in hostile[::every]:
        yield f"{own}/directory/Users?q={quote(text, safe='')}"
        yield f"{own}/log?id={quote(text, safe='')}"
    with assembly.database.read() as session:
        rows = session.all("SELECT id, type FROM resource ORDER BY seq")
    for row in rows[::every]:
        yield f"{own}/directory/{row['type']}s/{row['id']}"
    for other in assembly.client_apps.all()[::every]:
        yield f"/console/apps/{other.id}"
