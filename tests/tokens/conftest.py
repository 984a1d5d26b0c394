"""What the tests of tokens at large sizes can ask for: a whole program on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import Assembly, Settings, assemble
from tests.conftest import FakeClock


@pytest.fixture
def settings(tmp_path: Path, database_where: str | Path) -> Settings:
    """The settings of a program on an empty database of the engine."""
    url = database_where if isinstance(database_where, str) else ""
    return Settings(instance=tmp_path / "instance", database_url=url, rate_limit=0)


@pytest.fixture
def assembly(settings: Settings, clock: FakeClock) -> Iterator[Assembly]:
    made = assemble(settings, clock)
    yield made
    made.close()


@pytest.fixture
def neighbour(assembly: Assembly, settings: Settings, clock: FakeClock) -> Iterator[Assembly]:
    """The same program again, with connections of its own: another worker."""
    del assembly  # which makes the keys
    made = assemble(settings, clock)
    yield made
    made.close()
