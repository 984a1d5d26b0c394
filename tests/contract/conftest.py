"""What the contract tests can ask for beside an empty database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.client_apps import ClientApp
from scim import Directory
from scim.storage import Database
from scim.storage.sqlite import SqliteDatabase
from tests.conftest import FakeClock
from tests.contract.directories import Caller, caller_of, new_tenant, open_directory
from tests.contract.shared_writes import FOREVER, TABLES
from tests.instance import Instance, open_instance


@pytest.fixture
def instance(database: Database, clock: FakeClock, tmp_path: Path) -> Instance:
    """A server on an empty database."""
    return open_instance(database, clock, tmp_path)


@pytest.fixture
def client_app(instance: Instance) -> ClientApp:
    """An app whose SCIM is on."""
    return instance.new_app()


@pytest.fixture
def directory(database: Database, clock: FakeClock) -> Directory:
    """A directory of the standard resource types, with its tables made."""
    return open_directory(database, clock)


@pytest.fixture
def caller(directory: Directory, database: Database) -> Caller:
    """A strict client of the only tenant."""
    return caller_of(directory, new_tenant(database))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the shared database is."""
    return tmp_path / "x.db"


@pytest.fixture
def shared(file: Path) -> Iterator[SqliteDatabase]:
    """A database on which everybody who waits joins the group."""
    opened = SqliteDatabase(file, group_time=FOREVER)
    opened.migrate((TABLES,))
    yield opened
    opened.close()
