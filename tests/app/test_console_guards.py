"""What holds for every route of the console; routes are found by asking the URL map."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from app import Assembly, Settings, assemble
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from app.console.guards import OPEN
from tests.admins import PASSWORD
from tests.app.console_browser import (
    SAFE,
    Browser,
    everything_stored,
    new_admin,
    new_assembly,
)
from tests.conftest import FakeClock

STRICT = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _rules(browser: Browser) -> list[Rule]:
    rules = browser.client.application.url_map.iter_rules()
    return [rule for rule in rules if rule.endpoint.startswith("console.")]


def _routes(browser: Browser, app: ClientApp) -> Iterator[tuple[str, str, str]]:
    """Yield the endpoint, the method and a path of every route."""
    given = {
        "app_id": app.id,
        "jti": "a-token",
        "secret_id": "a-secret",
        "number": "1",
        "secret": "a-link",
        "filename": "console.css",
        "anything": "nothing/here",
        "listed": "Users",
        "resource_id": "a-resource",
        "form": "csv",
    }
    for rule in _rules(browser):
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<([^<:]*:)?{name}>", given[name], path)
        for method in sorted(rule.methods or ()):
            yield rule.endpoint, method, path


def test_every_change_needs_the_csrf_token_of_its_page(
    browser: Browser, client_app: ClientApp
) -> None:
    before = everything_stored(browser.assembly)

    for _, method, path in _routes(browser, client_app):
        if method not in SAFE:
            answer = browser.client.open(path, method=method, base_url=browser.base_url)
            assert answer.status_code == 400, (method, path)
            assert "This form was not accepted" in answer.text

    assert everything_stored(browser.assembly) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:5000.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
def test_no_other_site_can_ask_for_a_change(
    browser: Browser, client_app: ClientApp, headers: dict[str, str]
) -> None:
    before = everything_stored(browser.assembly)

    for _, method, path in _routes(browser, client_app):
        if method not in SAFE:
            assert browser.ask(method, path, headers) == 400, (method, path)

    assert everything_stored(browser.assembly) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:5000"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_the_console_itself_can_ask_for_a_change(
    browser: Browser, client_app: ClientApp, headers: dict[str, str]
) -> None:
    """Browsers say ``null`` where a Referrer-Policy keeps the page's address to itself."""
    assert browser.ask("POST", f"/console/apps/{client_app.id}/scim", headers) == 303


def test_no_get_changes_anything(browser: Browser, client_app: ClientApp) -> None:
    before = everything_stored(browser.assembly)

    for _, method, path in _routes(browser, client_app):
        if method in SAFE:
            assert browser.ask(method, path) in {200, 303, 404}, (method, path)

    assert everything_stored(browser.assembly) == before


def test_every_answer_has_the_strict_headers(browser: Browser, client_app: ClientApp) -> None:
    for _, method, path in _routes(browser, client_app):
        browser.ask(method, path)
        answer = browser.page.headers
        assert {name: answer.get(name) for name in STRICT} == STRICT, (method, path)
        assert "camera=()" in answer["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer


def test_who_is_not_signed_in_gets_the_sign_in_page(
    assembly: Assembly, client_app: ClientApp
) -> None:
    stranger = Browser(assembly)
    stranger.open("/console/sign-in")
    before = everything_stored(assembly)

    for endpoint, method, path in _routes(stranger, client_app):
        status = stranger.ask(method, path)
        if endpoint not in OPEN:
            assert status == 303, (method, path)
            assert stranger.page.location.startswith("/console/sign-in")

    assert everything_stored(assembly) == before


def test_only_these_routes_are_open(browser: Browser) -> None:
    assert {
        "console.static", "console.sign_in", "console.send_sign_in", "console.set_up",
        "console.send_set_up",
    } == OPEN  # fmt: skip
    assert {rule.endpoint for rule in _rules(browser)} >= OPEN


@pytest.mark.parametrize(
    ("who", "looking", "changing"),
    [("viewer", 200, 403), ("stranger", 404, 404), ("auditor", 404, 404)],
)
def test_who_may_not_manage_an_app_cannot_change_it(
    assembly: Assembly, client_app: ClientApp, who: str, looking: int, changing: int
) -> None:
    """An app they may not see does not exist for them."""
    admin = new_admin(assembly, "grace", "auditor" if who == "auditor" else "admin")
    if who == "viewer":
        assembly.access.set_members(client_app.id, {admin.id: who}, CLI)
    browser = Browser(assembly).sign_in(admin)
    before = everything_stored(assembly)

    for endpoint, method, path in _routes(browser, client_app):
        if client_app.id in path:
            manages = method not in SAFE or endpoint == "console.confirm_delete"
            missing = who != "viewer" or endpoint == "console.resource"
            expected = {changing} if manages else {looking, 404 if missing else 303}
            if endpoint == "console.log_entry":
                expected = {404}  # the log is empty
            assert method == "OPTIONS" or browser.ask(method, path) in expected, (method, path)

    assert everything_stored(assembly) == before


@pytest.mark.parametrize("who", ["owner", "maintainer"])
def test_who_may_manage_an_app_is_let_to_every_route(
    assembly: Assembly, owner: Admin, client_app: ClientApp, who: str
) -> None:
    admin = owner if who == "owner" else new_admin(assembly, "grace", "admin")
    if who == "maintainer":
        assembly.access.set_members(client_app.id, {admin.id: who}, CLI)
    browser = Browser(assembly).sign_in(admin)

    for endpoint, method, path in _routes(browser, client_app):
        if client_app.id in path:
            # there is no such token or secret, and the log is empty
            seeks = endpoint in {
                "console.revoke_token",
                "console.revoke_secret",
                "console.resource",
                "console.log_entry",
            }
            refused = set() if seeks else {404}
            assert browser.ask(method, path) not in refused | {403}, (method, path)


def test_an_auditor_adds_no_apps(assembly: Assembly) -> None:
    browser = Browser(assembly).sign_in(new_admin(assembly, "grace", "auditor"))
    assert "No client apps for you" in browser.text

    assert browser.ask("GET", "/console/apps/new") == 403
    assert browser.ask("POST", "/console/apps/new/provisioning") == 403
    assert assembly.client_apps.all() == []


def test_an_app_that_never_was_is_not_found(browser: Browser) -> None:
    assert browser.ask("GET", "/console/apps/app_nothing") == 404
    assert "There is nothing here" in browser.page.text


def test_an_id_that_no_database_can_hold_is_not_found(
    tmp_path: Path, clock: FakeClock, database_where: str | Path
) -> None:
    """PostgreSQL refuses to compare text with a NUL."""
    url = database_where if isinstance(database_where, str) else ""
    assembly = assemble(Settings(instance=tmp_path, database_url=url, rate_limit=0), clock)
    browser = Browser(assembly).sign_in(new_admin(assembly, "grace", "admin"))

    assert browser.ask("GET", "/console/apps/app%00") == 404

    assembly.close()


def test_over_https_headers_and_cookies_hold_to_it(tmp_path: Path, clock: FakeClock) -> None:
    assembly = new_assembly(tmp_path, clock, "https://scim.example.com")
    browser = Browser(assembly).open("/console")
    new_admin(assembly, "ada", "owner")

    browser.open("/console/sign-in")
    browser.send("/console/sign-in", email="ada@example.com", password=PASSWORD)

    assert browser.path == "/console/apps"
    assert browser.page.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = browser.find_session_cookie("__Host-provisor_session")
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.same_site, cookie.path) == (
        True, True, "Lax", "/",
    )  # fmt: skip
    assembly.close()
