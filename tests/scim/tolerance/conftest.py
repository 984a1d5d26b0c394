"""Providers of both profiles, who ask a server over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import Assembly, create_app
from app.audit import CLI
from app.client_apps import NewApp
from scim.tolerance import PROFILES
from tests.app.console_browser import new_assembly
from tests.conftest import FakeClock
from tests.scim.tolerance.provider import Provider


@pytest.fixture
def assembly(tmp_path: Path, clock: FakeClock) -> Iterator[Assembly]:
    made = new_assembly(tmp_path, clock)
    yield made
    made.close()


def provider_of(assembly: Assembly, profile: str) -> Provider:
    app = assembly.client_apps.create(
        NewApp(assembly.tenants.default().id, profile, profile=profile), CLI
    )
    assembly.client_apps.enable_scim(app.id, CLI)
    return Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)


@pytest.fixture
def provider_with(assembly: Assembly) -> Callable[[str], Provider]:
    """Makes a provider of an app with a profile."""

    def made(profile: str) -> Provider:
        tenant = assembly.tenants.default()
        app = assembly.client_apps.create(NewApp(tenant.id, profile, profile=profile), CLI)
        assembly.client_apps.enable_scim(app.id, CLI)
        token = assembly.tokens.issue(app.id, CLI).text
        return Provider(create_app(assembly).test_client(), token)

    return made


@pytest.fixture
def tolerant(provider_with: Callable[[str], Provider]) -> Provider:
    return provider_with("tolerant")


@pytest.fixture
def strict(provider_with: Callable[[str], Provider]) -> Provider:
    return provider_with("strict")


@pytest.fixture(params=list(PROFILES))
def provider(request: pytest.FixtureRequest, provider_with: Callable[[str], Provider]) -> Provider:
    """A provider of each profile in turn."""
    return provider_with(request.param)
