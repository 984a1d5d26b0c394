"""What the tests of the provisioning log can ask for: an instance of the engine, and its log."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import Assembly, Settings, assemble, create_app
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from app.log.entries import Entry
from app.log.filters import Filters
from tests.app.provider import Provider
from tests.conftest import FakeClock

Read = Callable[[], list[Entry]]


@pytest.fixture
def assembly(tmp_path: Path, database_where: str | Path, clock: FakeClock) -> Iterator[Assembly]:
    url = database_where if isinstance(database_where, str) else ""
    settings = Settings(instance=tmp_path / "instance", database_url=url, rate_limit=0)
    made = assemble(settings, clock)
    yield made
    made.close()


@pytest.fixture
def client_app(assembly: Assembly) -> ClientApp:
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    return app


@pytest.fixture
def provider(assembly: Assembly, client_app: ClientApp) -> Provider:
    token = assembly.tokens.issue(client_app.id, CLI).text
    return Provider(create_app(assembly).test_client(), token)


@pytest.fixture
def read(assembly: Assembly, client_app: ClientApp) -> Read:
    """Return what the log of the app says by now, the oldest first."""

    def entries() -> list[Entry]:
        assert assembly.log.queue.flush()
        rows = assembly.log.reader.all(client_app.id, Filters())
        return [row.entry for row in reversed(list(rows))]

    return entries
