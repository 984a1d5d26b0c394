"""What the contract tests can ask for beside an empty database."""

from pathlib import Path

import pytest

from app.client_apps import ClientApp
from scim.storage import Database
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance


@pytest.fixture
def instance(database: Database, clock: FakeClock, tmp_path: Path) -> Instance:
    """A server on an empty database."""
    return open_instance(database, clock, tmp_path)


@pytest.fixture
def client_app(instance: Instance) -> ClientApp:
    """An app whose SCIM is on."""
    return instance.new_app()
