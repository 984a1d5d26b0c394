"""An instance in which every screen has something to show."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import BrowserContext

from app import Assembly, create_app
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from app.log.filters import Filters
from app.log.reading import Logged
from tests.admins import give_role
from tests.app.console_browser import new_admin, new_app
from tests.app.console_routes import paths_to, routes_of
from tests.served import ServedProvisor

_REQUESTS: tuple[tuple[str, str, object], ...] = (
    ("POST", "/Users", {"userName": "ada@example.com", "displayName": "Ada", "active": True}),
    ("POST", "/Users", {"userName": "ada@example.com"}),
    ("POST", "/Users", {"userName": "grace@example.com", "externalId": "g", "active": True}),
    ("GET", "/Users?filter=userName%20eq%20%22ada%40example.com%22", None),
    ("GET", "/Users?filter=nonsense", None),
    ("GET", "/Users/nobody", None),
)


@dataclass(frozen=True, slots=True)
class World:
    """A server, and what there is to see."""

    served: ServedProvisor
    assembly: Assembly
    application: Flask
    app: ClientApp
    admins: dict[str, Admin]
    """An owner, an auditor, and a viewer of the app."""

    paths: dict[str, str]
    """What the paths of its screens name."""

    def screens(self) -> dict[str, str]:
        """Return the path of every page by its name."""
        return {
            route.endpoint.removeprefix("console."): route.path
            for route in routes_of(self.application, self.paths)
            if route.method == "GET" and route.endpoint != "console.static"
        }

    def sign_in(self, context: BrowserContext, name: str = "owner") -> None:
        """Let an admin be signed in; the sign-in itself has tests of its own."""
        session = self.assembly.sessions.start(self.admins[name].id)
        context.add_cookies(
            [{"name": "provisor_session", "value": session, "url": self.served.url}]
        )


def populated(served: ServedProvisor, assembly: Assembly) -> World:
    """Fill an instance that is served."""
    admins = {
        "owner": new_admin(assembly, "owner", "owner"),
        "auditor": new_admin(assembly, "auditor", "auditor"),
        "viewer": new_admin(assembly, "viewer", "admin"),
    }
    assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Payroll"), CLI)
    app = new_app(assembly)
    give_role(assembly.access, app.id, admins["viewer"].id, "viewer")
    first = assembly.tokens.issue(app.id, CLI)
    assembly.tokens.revoke(app.id, first.token.jti, CLI, "Lost")
    paths = paths_to(assembly, app)
    user = _provision(served, app.id, assembly)
    last = logged(assembly, app.id, len(_REQUESTS))[0]
    paths |= {"resource_id": user, "number": str(last.seq)}
    return World(served, assembly, create_app(assembly), app, admins, paths)


def _provision(served: ServedProvisor, app_id: str, assembly: Assembly) -> str:
    """Send requests of every outcome, and return the id of a user."""
    token = assembly.tokens.rotate(app_id, CLI).text
    answers = [
        served.ask(method, f"/scim/v2{path}", token, body) for method, path, body in _REQUESTS
    ]
    user: str = answers[0].body["id"]
    crew = {"displayName": "Crew", "members": [{"value": user}]}
    served.ask("POST", "/scim/v2/Groups", token, crew)
    off = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
    served.ask("PATCH", f"/scim/v2/Users/{user}", token, off)
    return user


def logged(
    assembly: Assembly, app_id: str, least: int, filters: Filters | None = None
) -> Sequence[Logged]:
    """Return the rows of an app once there are so many: they are written after a moment."""
    deadline = time.monotonic() + 20
    while len(rows := assembly.log.reader.page(app_id, filters or Filters()).rows) < least:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return rows
