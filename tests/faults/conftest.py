"""What the fault tests can ask for: servers to harm, and a PostgreSQL of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scim.storage import open_database
from tests.conftest import own_postgres
from tests.faults.checker import violations
from tests.faults.history import History, Outcome
from tests.faults.stored import stored_in
from tests.postgres import PostgresServer
from tests.served import ServedProvisor


@pytest.fixture(scope="session")
def harmed_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that is killed again and again, and that no other test is connected to."""
    yield from own_postgres()


Serve = Callable[..., ServedProvisor]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A way to start servers that end with the test, whatever becomes of it.

    :param name: of the folder of its instance
    :param url: of its database, or nothing for a file in that folder
    """
    with ExitStack() as ends:

        def start(name: str, url: str, workers: int, **variables: str) -> ServedProvisor:
            server = ServedProvisor(tmp_path / name, url, **variables)
            ends.callback(server.kill)  # last, whichever of them did not stop
            ends.callback(server.stop_at_once)
            return server.start(workers)

        yield start


@pytest.fixture
def where(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str | Path:
    """Where a database is that nobody has used yet."""
    if engine == "sqlite":
        return tmp_path / "instance" / "provisor.db"
    server: PostgresServer = request.getfixturevalue("harmed_postgres")
    return server.new_database()


Judge = Callable[[str, str, History, str | Path], None]


@pytest.fixture
def judge(figure: Callable[[str], None]) -> Judge:
    """Compare a history with what is stored, and keep a line of what was done and found."""

    def compare(test: str, told: str, history: History, where: str | Path) -> None:
        database = open_database(where)
        found = violations(history, stored_in(database))
        database.close()
        words = [each.partition(":")[0] for each in found]
        outcomes = ", ".join(f"{history.count(each):,} {each.value}" for each in Outcome)
        figure(
            f"faults {test}: {told}; writes: {outcomes}; {words.count('lost')} lost,"
            f" {words.count('ghost')} ghosts, {len(found)} violations"
        )
        assert [] == found

    return compare
