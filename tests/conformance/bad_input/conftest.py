"""One served Provisor on each engine for all of these tests, and a tenant in it for each."""

from collections.abc import Iterator

import pytest

from tests.conformance.bad_input.site import Site
from tests.conftest import ENGINES
from tests.postgres import PostgresServer
from tests.served import ServedProvisor


@pytest.fixture(scope="session")
def provisor_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedProvisor]:
    provisor = ServedProvisor(tmp_path_factory.mktemp("sqlite") / "instance").start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture(scope="session")
def provisor_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[ServedProvisor]:
    folder = tmp_path_factory.mktemp("postgresql") / "instance"
    provisor = ServedProvisor(folder, postgres_server.new_database()).start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture(params=ENGINES)
def provisor(request: pytest.FixtureRequest) -> ServedProvisor:
    """The served Provisor of each engine in turn."""
    served: ServedProvisor = request.getfixturevalue(f"provisor_on_{request.param}")
    return served


@pytest.fixture
def site(provisor: ServedProvisor) -> Site:
    return Site(provisor)
