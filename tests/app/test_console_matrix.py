"""Who may do what: every role at every route, about their own app and about another tenant's."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import NewApp
from app.console.step_up import SENSITIVE
from tests.app.console_browser import Browser, everything_stored, new_admin
from tests.app.console_routes import (
    OTHERS,
    ROLES,
    ROUTES,
    Route,
    is_unsafe,
    new_world,
    paths_to,
    routes_of,
    row_of,
)

ADMIN_ROLES = {"auditor": "auditor", "owner": "owner"}


def _admin(assembly: Assembly, role: str) -> Admin:
    name = f"grace{len(assembly.admins.all())}"
    return new_admin(assembly, name, ADMIN_ROLES.get(role, "admin"))  # type: ignore[arg-type]


def _asked(browser: Browser, role: str, admin: Admin, route: Route) -> int:
    """Return what a route answers to somebody who has just signed in, or has not."""
    if role == "nobody":
        browser.client.delete_cookie("provisor_session", domain="127.0.0.1")
        browser.open("/console/sign-in")
    else:
        browser.sign_in(admin)
    return browser.ask(route.method, route.path)


def _tried(browser: Browser, given: dict[str, str]) -> Iterator[Route]:
    routes = routes_of(browser.client.application, given)
    return (route for route in routes if route.method != "OPTIONS")


def test_the_table_is_the_url_map(browser: Browser) -> None:
    """A new route fails here until the table says who may take it."""
    given = defaultdict(lambda: "x")
    found = {
        (route.endpoint, route.method)
        for route in routes_of(browser.client.application, given)
        if route.method not in {"HEAD", "OPTIONS"}
    }

    assert found == set(ROUTES)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_at_every_route(assembly: Assembly, owner: Admin, role: str) -> None:
    del owner  # somebody has to remain
    browser = Browser(assembly)
    count = len(list(_tried(browser, new_world(assembly, role, _admin(assembly, role)))))

    for number in range(count):  # each in a world of its own: what one changes is not the next's
        admin = _admin(assembly, role)
        route = list(_tried(browser, new_world(assembly, role, admin)))[number]
        row = row_of(route)
        expected = row.permits.status(role, row.reached)
        assert _asked(browser, role, admin, route) == expected, (role, route)


@pytest.mark.parametrize("role", ROLES)
def test_the_app_of_another_tenant_does_not_exist_for_who_is_no_owner(
    assembly: Assembly, owner: Admin, role: str
) -> None:
    del owner
    admin, browser = _admin(assembly, role), Browser(assembly)
    new_world(assembly, role, admin)
    other = assembly.tenants.create("acme", CLI)
    app = assembly.client_apps.create(NewApp(other.id, "Theirs"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    given = paths_to(assembly, app)
    browser.open("/console/sign-in")
    if role not in {"nobody", "owner"}:
        browser.sign_in(admin)
    before = everything_stored(assembly)

    for route in routes_of(browser.client.application, given):
        if route.is_about_app and route.method != "OPTIONS" and role != "owner":
            expected = OTHERS.status(role, 0)
            assert browser.ask(route.method, route.path) == expected, (role, route)
            assert "Theirs" not in browser.page.text

    assert everything_stored(assembly) == before


def test_options_tell_nothing_and_change_nothing(browser: Browser, assembly: Assembly) -> None:
    stranger = Browser(assembly).sign_in(new_admin(assembly, "eve", "admin"))
    given = new_world(assembly, "stranger", new_admin(assembly, "grace", "admin"))
    nothing = given | {"app_id": "app_nothing", "jti": "x", "secret_id": "x", "admin_id": "x"}
    before = everything_stored(assembly)

    for real, unreal in zip(
        routes_of(browser.client.application, given),
        routes_of(browser.client.application, nothing),
        strict=True,
    ):
        if real.method == "OPTIONS":
            answers = [stranger.ask("OPTIONS", each.path) for each in (real, unreal)]
            assert answers[0] == answers[1] in {200, 404}, real

    assert everything_stored(assembly) == before


def test_what_wants_a_proof_is_what_the_table_says() -> None:
    assert {endpoint for (endpoint, _), row in ROUTES.items() if row.wants_proof} == SENSITIVE


def test_whatever_changes_rights_issues_or_ends_something_wants_a_proof(
    assembly: Assembly, owner: Admin
) -> None:
    """Without one there is a page that asks for it, and no effect."""
    browser = Browser(assembly).sign_in(owner)
    given = new_world(assembly, "owner", owner)
    browser.sign_in(owner)
    assembly.clock.advance(minutes=10)  # type: ignore[attr-defined]  # a fake one
    browser.open("/console/account")  # notes that the session is in use
    before = everything_stored(assembly)

    for route in routes_of(browser.client.application, given):
        if is_unsafe(route) and row_of(route).wants_proof:
            assert browser.ask(route.method, route.path) == 403, route
            assert "Confirm that it is you" in browser.page.text, route

    assert everything_stored(assembly) == before


def test_no_get_wants_a_proof(assembly: Assembly, owner: Admin) -> None:
    browser = Browser(assembly)
    given = new_world(assembly, "owner", owner)
    browser.sign_in(owner)
    assembly.clock.advance(minutes=29)  # type: ignore[attr-defined]  # likewise

    for route in routes_of(browser.client.application, given):
        if route.method == "GET":
            assert browser.ask("GET", route.path) == row_of(route).reached, route


@pytest.mark.parametrize("role", ["auditor", "stranger", "viewer"])
def test_who_may_not_is_not_even_asked_for_a_proof(
    assembly: Assembly, owner: Admin, role: str
) -> None:
    del owner
    admin, browser = _admin(assembly, role), Browser(assembly)
    given = new_world(assembly, role, admin)
    browser.sign_in(admin)
    assembly.clock.advance(minutes=11)  # type: ignore[attr-defined]  # likewise

    for route in routes_of(browser.client.application, given):
        row = row_of(route) if route.method != "OPTIONS" else None
        if row and row.wants_proof and role in row.permits.refusals:
            assert browser.ask(route.method, route.path) == row.permits.refusals[role], route
            assert "Confirm that it is you" not in browser.page.text, route
