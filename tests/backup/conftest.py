"""What the tests of backups can ask for: instances that nobody serves, and databases for them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.served import ServedProvisor

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


@pytest.fixture
def new_instance(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., ServedProvisor]]:
    """Return what makes a further instance, with nothing in it yet, and is told its settings."""
    given: list[str] = []

    def made(name: str, **variables: str) -> ServedProvisor:
        url = ""
        if engine == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = server.new_database()
            given.append(url)
        return ServedProvisor(tmp_path / name, url, **variables)

    yield made
    for url in given:
        request.getfixturevalue("postgres_server").give_back(url)


@pytest.fixture
def instance(new_instance: Callable[..., ServedProvisor]) -> ServedProvisor:
    """An instance whose schema and keys are there, and nothing else; nobody serves it."""
    made = new_instance("first")
    made.called("migrate")
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "instance.backup"


@pytest.fixture
def new_sqlite(tmp_path: Path) -> Callable[..., ServedProvisor]:
    return lambda name, **variables: ServedProvisor(tmp_path / name, **variables)
