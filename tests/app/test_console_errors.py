"""What the console says when something goes wrong."""

import base64
import secrets
from dataclasses import replace
from typing import NoReturn

import pytest

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
