"""What the tests of the web can ask for: an instance in a folder, an owner, an app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import Assembly, create_app
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from tests.app.console_browser import Browser, new_admin, new_app, new_assembly
from tests.app.provider import Provider
from tests.conftest import FakeClock


@pytest.fixture
def assembly(tmp_path: Path, clock: FakeClock) -> Iterator[Assembly]:
    made = new_assembly(tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def owner(assembly: Assembly) -> Admin:
    return new_admin(assembly, "ada", "owner")


@pytest.fixture
def browser(assembly: Assembly, owner: Admin) -> Browser:
    """A browser in which the owner is signed in."""
    return Browser(assembly).sign_in(owner)


@pytest.fixture
def client_app(assembly: Assembly, owner: Admin) -> ClientApp:  # noqa: ARG001 - first the owner
    return new_app(assembly)


@pytest.fixture
def provisioning_app(assembly: Assembly) -> ClientApp:
    tenant = assembly.tenants.default()
    app = assembly.client_apps.create(NewApp(tenant.id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    return app


@pytest.fixture
def provider(assembly: Assembly, provisioning_app: ClientApp) -> Provider:
    token = assembly.tokens.issue(provisioning_app.id, CLI).text
    return Provider(create_app(assembly).test_client(), token)
