"""What the tests of the web can ask for: an instance in a folder, an owner, an app."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import Assembly, create_app
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from app.plain_requests import PlainRequests
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


@pytest.fixture
def application(assembly: Assembly) -> Flask:
    return create_app(assembly)


@pytest.fixture
def user(provider: Provider) -> str:
    for name in ("ada@example.com", "bob@example.com"):
        made = provider.ask("POST", "/Users", {"userName": name, "displayName": "Café"})
    identifier: str = made.get_json(force=True)["id"]
    return identifier


@pytest.fixture
def bearer(assembly: Assembly, provisioning_app: ClientApp, user: str) -> dict[str, str]:
    del user  # whose provider had the app's token
    assembly.tokens.revoke_all(provisioning_app.id, CLI)
    return {"Authorization": f"Bearer {assembly.tokens.issue(provisioning_app.id, CLI).text}"}


@pytest.fixture
def reached(
    application: Flask, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Return the paths of requests that what stands before Flask lets through from now on."""
    del bearer  # which takes requests to make
    paths: list[str] = []
    before: Any = application.wsgi_app
    while not isinstance(before, PlainRequests):
        before = before.behind
    behind = partial(Flask.wsgi_app, application)

    def noted(environ: Any, start_response: Any) -> Iterable[bytes]:
        paths.append(environ["PATH_INFO"])
        return behind(environ, start_response)

    monkeypatch.setattr(before, "behind", noted)
    return paths
