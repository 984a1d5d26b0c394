"""What the tests can ask for: a server for recorded traffic, an OAuth client, on each engine."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import Settings, assemble
from app.cli import main
from tests.conformance.exchanges import Recording
from tests.conformance.oauth_client import OAuthClient
from tests.conformance.playing import Played, play
from tests.conftest import ENGINES, FakeClock
from tests.served import ServedProvisor


class Served:
    """One server, in which every recording gets a tenant and a token of its own."""

    def __init__(self, provisor: ServedProvisor, variables: dict[str, str]) -> None:
        self.port = provisor.port
        self._variables = variables
        self._numbers = count(1)

    def play(self, recording: Recording, profile: str = "tolerant") -> Played:
        """Play a recording in an empty tenant, as an app of a profile."""
        return play(recording, profile, self.port, self._new_token(recording, profile))

    def _new_token(self, recording: Recording, profile: str) -> str:
        """Make a tenant and an app in it, and return a token of the app."""
        name = recording.name
        tenant = self._provisor("tenant", "create", f"{name} {next(self._numbers)}")
        app = self._provisor(
            "app", "create", name, "--tenant", tenant, "--enable-scim", "--profile", profile
        )
        for key, value in recording.settings.items():
            self._provisor("app", "set", app, f"{key}={value}")
        return self._provisor("token", "issue", app)

    def _provisor(self, *arguments: str) -> str:
        """Run the ``provisor`` command within this process: starting Python takes a second."""
        done = CliRunner().invoke(main, arguments, env=self._variables, catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="session", params=ENGINES)
def served_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server on each engine in turn, for every recording."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_server").new_database()
    instance = tmp_path_factory.mktemp("idp") / "instance"
    provisor = ServedProvisor(instance, url).start()
    variables = {
        "PROVISOR_INSTANCE": str(instance),
        "PROVISOR_DATABASE_URL": url,
        "PROVISOR_PORT": str(provisor.port),
    }
    yield Served(provisor, variables)
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture
def oauth(database_where: str | Path, tmp_path: Path, clock: FakeClock) -> Iterator[OAuthClient]:
    """An OAuth client on each engine in turn."""
    url = database_where if isinstance(database_where, str) else ""
    assembly = assemble(Settings(instance=tmp_path, database_url=url, rate_limit=0), clock)
    yield OAuthClient(assembly)
    assembly.close()
