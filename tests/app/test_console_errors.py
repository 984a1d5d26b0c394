"""What the console says when something goes wrong."""

import base64
import secrets
from dataclasses import replace
from typing import Any, NoReturn, cast

import pytest
from werkzeug.exceptions import BadGateway, RequestURITooLarge, TooManyRequests

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from app.keys import open_rotation
from app.sessions import Sessions
from scim.storage import Unavailable
from tests.app.console_browser import Browser


class BrokenSessions(Sessions):
    """Sessions whose database fails."""

    def __init__(self, assembly: Assembly, error: Exception) -> None:
        super().__init__(assembly.database, assembly.clock)
        self._error = error

    def find(self, secret: str) -> NoReturn:  # noqa: ARG002 - whoever asks
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (Unavailable("password=hunter2"), 503, "Try again in a moment"),
        (RuntimeError("password=hunter2"), 500, "It is our fault"),
    ],
)
def test_a_failure_is_told_without_its_cause(
    assembly: Assembly, owner: Admin, error: Exception, status: int, sentence: str
) -> None:
    broken = replace(assembly, sessions=BrokenSessions(assembly, error))

    browser = Browser(broken).sign_in(owner)

    assert browser.page.status_code == status
    assert sentence in browser.text
    assert "hunter2" not in browser.text
    assert browser.page.headers["Cache-Control"] == "no-store"


def test_a_signing_key_that_cannot_be_opened_is_told_without_its_cause(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    """Another server encrypted it under a key-encryption key that this one was not given."""
    kek = assembly.settings.instance / "keys" / "kek"
    former = kek.read_text()
    kek.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n" + former)
    open_rotation(assembly.settings, assembly.database).rewrap(CLI, assembly.clock())
    kek.write_text(former)

    browser.open(f"/console/apps/{client_app.id}").send(f"/console/apps/{client_app.id}/tokens")

    assert browser.page.status_code == 503
    assert "No token can be issued" in browser.text
    assert str(kek) not in browser.text
    assert [] == assembly.tokens.list(client_app.id)


def test_a_form_that_is_too_large_is_refused(browser: Browser, assembly: Assembly) -> None:
    browser.open("/console/apps/new/provisioning")

    browser.send("/console/apps/new/provisioning", name="x" * (assembly.settings.max_body + 1))

    assert browser.page.status_code == 413
    assert "This form is too large" in browser.text
    assert assembly.client_apps.all() == []


def test_every_error_page_names_the_request(browser: Browser) -> None:
    for path in ("/console/nothing", "/console/apps/app_nothing"):
        assert browser.ask("GET", path) == 404
        assert f"<code>{browser.page.headers['X-Request-Id']}</code>" in browser.text
        assert "Back to client apps" in browser.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/console/apps", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/console/audit", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/console/sign-out", {"POST", "OPTIONS"}),
        ("PUT", "/console/sign-in", {"GET", "HEAD", "OPTIONS", "POST"}),
    ],
)
def test_a_page_that_is_not_used_like_that_says_how_it_is(
    browser: Browser, method: str, path: str, allowed: set[str]
) -> None:
    assert browser.ask(method, path) == 405
    assert allowed == set(browser.page.headers["Allow"].split(", "))
    assert "This page is not used like that" in browser.text
    assert browser.ask(method, "/console/nothing") == 404


class FailingKeys:
    """What breaks a page in the middle of it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def list(self) -> NoReturn:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (RuntimeError("password=hunter2"), 500, "tell your operator the request ID"),
        (Unavailable("password=hunter2"), 503, "wait 5 seconds"),
        (TooManyRequests(retry_after=7), 429, "wait 7 seconds"),
        (RequestURITooLarge(), 400, "not accepted"),
        (BadGateway(), 500, "our fault"),
    ],
)
def test_a_page_that_breaks_is_a_page_all_the_same(
    assembly: Assembly, owner: Admin, error: Exception, status: int, sentence: str
) -> None:
    broken: Any = replace(assembly, signing_keys=cast("Any", FailingKeys(error)))
    browser = Browser(broken).sign_in(owner)

    assert browser.ask("GET", "/console/instance") == status

    assert sentence in browser.text
    assert "hunter2" not in browser.text
    assert "Traceback" not in browser.text
    assert browser.page.headers["X-Request-Id"] in browser.text
    assert (status in {429, 503}) == ("Retry-After" in browser.page.headers)


def test_an_error_elsewhere_looks_as_it_did(browser: Browser) -> None:
    assert browser.ask("GET", "/nothing") == 404
    assert "Request ID" not in browser.text
