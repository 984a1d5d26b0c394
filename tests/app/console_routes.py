"""Every route of the console, with who may take it: the table that the URL map is held to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from tests.admins import give_role
from tests.app.console_browser import SAFE, new_admin

ROLES = ("nobody", "auditor", "stranger", "viewer", "maintainer", "owner")
"""Who asks: a stranger is an admin whom the app does not name."""

SIGN_IN = 303
"""What somebody is answered who has to sign in first."""


@dataclass(frozen=True, slots=True)
class Permits:
    """What roles are answered, where the route itself is not reached."""

    refusals: dict[str, int]

    def status(self, role: str, reached: int) -> int:
        """Return the status for a role, given the one of the route itself."""
        return self.refusals.get(role, reached)


EVERYBODY = Permits({})
SIGNED_IN = Permits({"nobody": SIGN_IN})
ADDING = Permits({"nobody": SIGN_IN, "auditor": 403})
OWNING = Permits({role: 403 for role in ROLES if role != "owner"} | {"nobody": SIGN_IN})
READING = Permits(
    {role: 403 for role in ROLES if role not in {"owner", "auditor"}} | {"nobody": SIGN_IN}
)
VIEWING = Permits({"nobody": SIGN_IN, "auditor": 404, "stranger": 404})
MANAGING = Permits({"nobody": SIGN_IN, "auditor": 404, "stranger": 404, "viewer": 403})
OTHERS = Permits({role: 404 for role in ROLES if role != "owner"} | {"nobody": SIGN_IN})
"""About an app of another tenant, which names nobody."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a route answers to whom."""

    permits: Permits
    reached: int
    """The status it answers to a form that was sent empty, by somebody who may."""

    wants_proof: bool = False
    """Whether whoever signed in a while ago has to prove again who they are."""


ROUTES = {
    ("console.static", "GET"): Row(EVERYBODY, 200),
    ("console.sign_in", "GET"): Row(EVERYBODY, 200),
    ("console.send_sign_in", "POST"): Row(EVERYBODY, 401),
    ("console.send_code", "POST"): Row(EVERYBODY, 401),
    ("console.set_up", "GET"): Row(EVERYBODY, 404),
    ("console.send_set_up", "POST"): Row(EVERYBODY, 404),
    ("console.welcome", "GET"): Row(EVERYBODY, 200),
    ("console.send_welcome", "POST"): Row(EVERYBODY, 400),
    ("console.home", "GET"): Row(SIGNED_IN, 200),
    ("console.front_door", "GET"): Row(SIGNED_IN, 200),
    ("console.sign_out", "POST"): Row(SIGNED_IN, 303),
    ("console.apps", "GET"): Row(SIGNED_IN, 200),
    ("console.choose_type", "GET"): Row(ADDING, 200),
    ("console.new_app", "GET"): Row(ADDING, 200),
    ("console.create_app", "POST"): Row(ADDING, 400),
    ("console.app", "GET"): Row(VIEWING, 200),
    ("console.first_run", "GET"): Row(OWNING, 200),
    ("console.guide", "GET"): Row(VIEWING, 200),
    ("console.choose_guide", "POST"): Row(MANAGING, 400),
    ("console.connection_test", "GET"): Row(VIEWING, 303),
    ("console.test_connection", "POST"): Row(MANAGING, 200, wants_proof=True),
    ("console.information", "POST"): Row(MANAGING, 400),
    ("console.scim", "POST"): Row(MANAGING, 303),
    ("console.protocol", "POST"): Row(MANAGING, 303),
    ("console.settings", "GET"): Row(VIEWING, 200),
    ("console.members", "GET"): Row(VIEWING, 200),
    ("console.set_member", "POST"): Row(MANAGING, 303, wants_proof=True),
    ("console.confirm_revoke_all", "GET"): Row(MANAGING, 200),
    ("console.revoke_all", "POST"): Row(MANAGING, 303, wants_proof=True),
    ("console.confirm_delete", "GET"): Row(MANAGING, 200),
    ("console.delete_app", "POST"): Row(MANAGING, 400, wants_proof=True),
    ("console.tokens", "GET"): Row(VIEWING, 303),
    ("console.issue_token", "POST"): Row(MANAGING, 409, wants_proof=True),
    ("console.rotation", "GET"): Row(VIEWING, 200),
    ("console.rotate", "POST"): Row(MANAGING, 200, wants_proof=True),
    ("console.revoke_token", "POST"): Row(MANAGING, 303, wants_proof=True),
    ("console.credentials", "GET"): Row(VIEWING, 200),
    ("console.token_style", "POST"): Row(MANAGING, 400),
    ("console.secrets", "GET"): Row(VIEWING, 303),
    ("console.issue_secret", "POST"): Row(MANAGING, 200, wants_proof=True),
    ("console.revoke_secret", "POST"): Row(MANAGING, 303, wants_proof=True),
    ("console.set_keys", "POST"): Row(MANAGING, 400, wants_proof=True),
    ("console.remove_keys", "POST"): Row(MANAGING, 303, wants_proof=True),
    ("console.log", "GET"): Row(VIEWING, 200),
    ("console.log_csv", "POST"): Row(VIEWING, 200, wants_proof=True),
    ("console.log_jsonl", "POST"): Row(VIEWING, 200, wants_proof=True),
    ("console.log_entry", "GET"): Row(VIEWING, 404),
    ("console.directory", "GET"): Row(VIEWING, 200),
    ("console.resource", "GET"): Row(VIEWING, 404),
    ("console.app_audit", "GET"): Row(VIEWING, 200),
    ("console.export_app_audit", "POST"): Row(VIEWING, 200, wants_proof=True),
    ("console.audit", "GET"): Row(READING, 200),
    ("console.export_audit", "POST"): Row(READING, 200, wants_proof=True),
    ("console.instance", "GET"): Row(OWNING, 200),
    ("console.rotate_keys", "POST"): Row(OWNING, 303, wants_proof=True),
    ("console.confirm_replace", "GET"): Row(OWNING, 200),
    ("console.replace_key", "POST"): Row(OWNING, 400, wants_proof=True),
    ("console.account", "GET"): Row(SIGNED_IN, 200),
    ("console.change_password", "POST"): Row(SIGNED_IN, 400),
    ("console.end_others", "POST"): Row(SIGNED_IN, 303),
    ("console.end_session", "POST"): Row(SIGNED_IN, 303),
    ("console.second_factor", "GET"): Row(SIGNED_IN, 303),
    ("console.begin_second_factor", "POST"): Row(SIGNED_IN, 200, wants_proof=True),
    ("console.confirm_second_factor", "POST"): Row(SIGNED_IN, 409),
    ("console.turn_second_factor_off", "POST"): Row(SIGNED_IN, 403),
    ("console.renew_recovery_codes", "POST"): Row(SIGNED_IN, 409, wants_proof=True),
    ("console.admins", "GET"): Row(OWNING, 200),
    ("console.invitations", "GET"): Row(OWNING, 303),
    ("console.invite_admin", "POST"): Row(OWNING, 400, wants_proof=True),
    ("console.withdraw_invitation", "POST"): Row(OWNING, 303, wants_proof=True),
    ("console.set_admin_role", "POST"): Row(OWNING, 400, wants_proof=True),
    ("console.disable_admin", "POST"): Row(OWNING, 303, wants_proof=True),
    ("console.enable_admin", "POST"): Row(OWNING, 303, wants_proof=True),
    ("console.reset_admin", "POST"): Row(OWNING, 200, wants_proof=True),
    **{
        ("console.missing", method): Row(SIGNED_IN, 404)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    },
}
"""By endpoint and method; HEAD is answered as GET, and OPTIONS without the route."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    endpoint: str
    method: str
    path: str
    is_about_app: bool


def routes_of(application: Flask, given: dict[str, str]) -> Iterator[Route]:
    """Yield every method of every route, its path filled with what is given by argument."""
    for rule in application.url_map.iter_rules():
        if rule.endpoint.startswith("console."):
            path = rule.rule
            for name in rule.arguments:
                path = re.sub(rf"<([^<:]*:)?{name}>", given[name], path)
            for method in sorted(rule.methods or ()):
                yield Route(rule.endpoint, method, path, "app_id" in rule.arguments)


def row_of(route: Route) -> Row:
    """Return what the table says of a route."""
    return ROUTES[route.endpoint, "GET" if route.method == "HEAD" else route.method]


def is_unsafe(route: Route) -> bool:
    """Whether a route is asked for a change."""
    return route.method not in SAFE


def new_world(assembly: Assembly, role: str, admin: Admin) -> dict[str, str]:
    """Make an app with all there can be, to which an admin has a role; return what paths name."""
    tenant = assembly.tenants.default()
    app = assembly.client_apps.create(NewApp(tenant.id, "HR sync"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    if role in {"viewer", "maintainer"}:
        give_role(assembly.access, app.id, admin.id, role)
    return paths_to(assembly, app)


def paths_to(assembly: Assembly, app: ClientApp) -> dict[str, str]:
    """Return what paths name, each of it real."""
    number = len(assembly.admins.all())
    return {
        "app_id": app.id,
        "jti": assembly.tokens.issue(app.id, CLI).token.jti,
        "secret_id": assembly.oauth.client_secrets.issue(app.id, CLI).secret.id,
        "secret": assembly.door.links.invite(f"guest{number}@example.com", "admin", CLI),
        "admin_id": new_admin(assembly, f"target{number}", "admin").id,
        "session": "0123456789abcdef",
        "listed": "Users",
        "resource_id": "a-resource",
        "number": "1",
        "form": "csv",
        "filename": "console.css",
        "anything": "nothing/here",
    }
