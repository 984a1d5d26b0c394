"""What every test can ask for: an engine, a database, a clock, a served Provisor."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scim.storage import Database, open_database
from tests.postgres import PostgresServer, find_binaries
from tests.served import ServedProvisor

ENGINES = ("sqlite", "postgresql")

# A shell lets what it starts in the background ignore Ctrl-C, and so would every server of a test.
signal.signal(signal.SIGINT, signal.default_int_handler)


def skip(reason: str) -> None:
    """Skip a test whose means are not installed; CI skips nothing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI skips nothing, but {reason}")
    pytest.skip(reason)


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        """Move on by ``days=``, ``hours=``, ``seconds=``, … as of :class:`timedelta`."""
        self.moment += timedelta(**span)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = find_binaries()
    if binaries is None:
        skip("PostgreSQL is not installed")
    assert binaries is not None
    server = PostgresServer(binaries)
    yield server
    server.stop()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn: every test that asks for it runs on both."""
    name: str = request.param
    return name


@pytest.fixture
def database_where(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str | Path]:
    """Where an empty database of the engine is."""
    if engine == "sqlite":
        yield tmp_path / "provisor.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.give_back(url)


@pytest.fixture
def database(database_where: str | Path) -> Iterator[Database]:
    """An empty database, without tables."""
    opened = open_database(database_where)
    yield opened
    opened.close()


@pytest.fixture
def served(tmp_path: Path, database_where: str | Path) -> Iterator[ServedProvisor]:
    """A Provisor served by the ``provisor`` command on a fresh database of the engine."""
    url = database_where if isinstance(database_where, str) else ""
    provisor = ServedProvisor(tmp_path / "instance", url).start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()
