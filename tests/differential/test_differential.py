"""The same requests to our server and to scim2-server: the answers are the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings

from app import Assembly, Settings, assemble
from tests.conftest import FakeClock
from tests.differential.differences import DIFFERENCES
from tests.differential.examples import EXAMPLES
from tests.differential.exchanges import Request
from tests.differential.plays import Play, Tally
from tests.differential.sequences import sequences
from tests.differential.servers import Ours
from tests.sizes import size

PAGE = Path(__file__).parent.parent.parent / "docs/reference/differences.md"

LENGTH = 25
"""Requests in one sequence."""

EXAMPLES_IN_A_ROUND = 10
"""Sequences of one seed.

Hypothesis checks its health with ten; beyond that it mutates those it has, and most requests
would have been sent before.
"""


@pytest.fixture
def assembly(database_where: str | Path, tmp_path: Path, clock: FakeClock) -> Iterator[Assembly]:
    """An instance on an empty database of the engine."""
    url = database_where if isinstance(database_where, str) else ""
    made = assemble(
        Settings(instance=tmp_path, database_url=url, base_url="https://idp.example", rate_limit=0),
        clock,
    )
    yield made
    made.close()


@pytest.fixture
def client(assembly: Assembly) -> FlaskClient:
    return Ours.client_of(assembly)


@pytest.mark.sized
def test_both_servers_answer_alike(
    assembly: Assembly, client: FlaskClient, clock: FakeClock, tally: Tally
) -> None:
    """Status, scimType and body, up to ids, dates and versions."""

    @settings(
        deadline=None,
        database=None,
        max_examples=EXAMPLES_IN_A_ROUND,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(sequences(LENGTH))
    def play(requests: list[Request]) -> None:
        Play(assembly, client, clock, tally).perform(requests)

    for number in range(size(4, 40)):
        seed(number)(play)()

    assert tally.requests >= size(1_000, 10_000)


def test_every_difference_can_be_seen(
    assembly: Assembly, client: FlaskClient, clock: FakeClock
) -> None:
    """One that cannot would hide what it was not meant for."""
    seen = {}

    for name, requests in EXAMPLES.items():
        counted = Tally()
        Play(assembly, client, clock, counted).perform(requests)
        seen[name] = counted.explained[name] > 0

    assert {each.name: True for each in DIFFERENCES} == seen


def test_the_page_of_differences_is_the_list() -> None:
    rows = [f"| {each.name} | {each.section} | {each.sentence} |" for each in DIFFERENCES]

    assert rows == [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
