"""What holds for every route of the console; routes are found by asking the URL map."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import Assembly, Settings, assemble
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
from tests.app.console_routes import EVERYBODY, ROUTES, paths_to, routes_of
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


def _routes(browser: Browser, app: ClientApp) -> Iterator[tuple[str, str, str]]:
    """Yield the endpoint, the method and a path of every route."""
    given = paths_to(browser.assembly, app)
    for route in routes_of(browser.client.application, given):
        yield route.endpoint, route.method, route.path


def test_every_change_needs_the_csrf_token_of_its_page(
    browser: Browser, client_app: ClientApp
) -> None:
    routes = list(_routes(browser, client_app))
    before = everything_stored(browser.assembly)

    for _, method, path in routes:
        if method not in SAFE:
            answer = browser.client.open(path, method=method, base_url=browser.base_url)
            assert answer.status_code == 400, (method, path)
            assert "This form was not accepted" in answer.text

    assert everything_stored(browser.assembly) == before


def test_no_change_goes_without_a_csrf_token_but_where_no_browser_signs_in(
    browser: Browser,
) -> None:
    """There a bearer token or a client's credentials come with each request."""
    others = [
        rule.rule
        for rule in browser.client.application.url_map.iter_rules()
        if (rule.methods or set()) - SAFE and not rule.endpoint.startswith("console.")
    ]

    assert others
    assert [] == [rule for rule in others if not rule.startswith(("/scim/v2", "/oauth2/"))]


def test_the_csrf_token_of_somebody_else_is_worth_nothing(
    browser: Browser, client_app: ClientApp
) -> None:
    routes = list(_routes(browser, client_app))
    eve = Browser(browser.assembly).sign_in(new_admin(browser.assembly, "eve", "admin"))
    browser.csrf_token = eve.csrf_token
    before = everything_stored(browser.assembly)

    for _, method, path in routes:
        if method not in SAFE:
            assert browser.ask(method, path) == 400, (method, path)

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
    routes = list(_routes(browser, client_app))
    before = everything_stored(browser.assembly)

    for _, method, path in routes:
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
    routes = list(_routes(browser, client_app))
    before = everything_stored(browser.assembly)

    for _, method, path in routes:
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
    routes = list(_routes(stranger, client_app))
    before = everything_stored(assembly)

    for endpoint, method, path in routes:
        if endpoint in OPEN:
            continue
        status = stranger.ask(method, path)
        assert status == 303, (method, path)
        assert stranger.page.location.startswith("/console/sign-in")

    assert everything_stored(assembly) == before


def test_only_these_routes_are_open() -> None:
    assert {
        "console.static", "console.sign_in", "console.send_sign_in", "console.send_code",
        "console.set_up", "console.send_set_up", "console.welcome", "console.send_welcome",
    } == OPEN  # fmt: skip
    assert {endpoint for (endpoint, _), row in ROUTES.items() if row.permits is EVERYBODY} == OPEN


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


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("scim.example.com", 200),
        ("SCIM.example.com", 200),
        ("evil.example", 421),
        ("scim.example.com.evil.example", 421),
        ("scim.example.com:443", 200),
        ("scim.example.com:444", 421),
        ("scim.example.com:x", 421),
        ("scim.example.com@evil.example", 421),
        ("evil@scim.example.com", 421),
        ("", 421),
        ("127.0.0.1:5000", 421),
    ],
)
def test_the_console_answers_at_the_host_that_is_set(
    tmp_path: Path, clock: FakeClock, host: str, status: int
) -> None:
    """Links that it makes, and what a browser keeps for it, belong to that host."""
    assembly = new_assembly(tmp_path, clock, "https://scim.example.com")
    browser = Browser(assembly)

    assert browser.ask("GET", "/console/sign-in", {"Host": host}) == status
    assert {name: browser.page.headers.get(name) for name in STRICT} == STRICT
    assert ("This is not its address" in browser.page.text) == (status == 421)
    assembly.close()


@pytest.mark.parametrize("url", ["http://[::1]:5000", "http://[::1]", "https://x.example:443"])
def test_the_host_that_is_set_may_be_an_address_or_have_a_port(
    tmp_path: Path, clock: FakeClock, url: str
) -> None:
    assembly = new_assembly(tmp_path, clock, url)

    assert Browser(assembly).ask("GET", "/console/sign-in") == 200
    assembly.close()


def test_over_https_headers_and_cookies_hold_to_it(tmp_path: Path, clock: FakeClock) -> None:
    assembly = new_assembly(tmp_path, clock, "https://scim.example.com")
    browser = Browser(assembly).open("/console")
    new_admin(assembly, "ada", "owner")

    browser.open("/console/sign-in")
    browser.send("/console/sign-in", email="ada@example.com", password=PASSWORD)

    assert browser.path == "/console"
    assert browser.page.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = browser.find_session_cookie("__Host-provisor_session")
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.same_site, cookie.path) == (
        True, True, "Lax", "/",
    )  # fmt: skip
    assembly.close()
