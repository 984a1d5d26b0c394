"""What every test can ask for: an engine, a database, a clock, a served Provisor."""

import os
import signal
from collections.abc import Callable, Iterator
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what tests have measured, of whichever process they ran in."""
    ran = (each for reports in terminalreporter.stats.values() for each in reports)
    calls = [each for each in ran if isinstance(each, pytest.TestReport) and each.when == "call"]
    lines = [line for each in calls for name, line in each.user_properties if name == "figure"]
    if lines:
        terminalreporter.section("Figures")
    for line in lines:
        terminalreporter.write_line(str(line))


@pytest.fixture
def figure(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Callable[[str], None]:
    """Keep a line about what a test measured; all of them are listed at the end of the run."""
    engine = request.node.callspec.params.get("engine") if hasattr(request.node, "callspec") else ""

    def keep(line: str) -> None:
        record_property("figure", f"{line} ({engine})" if engine else line)

    return keep


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def own_postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL while somebody has this; skip the test where there is none."""
    binaries = find_binaries()
    if binaries is None:
        skip("PostgreSQL is not installed")
    assert binaries is not None
    server = PostgresServer(binaries)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    yield from own_postgres()


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
