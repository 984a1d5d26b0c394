"""What the comparison came to, told at the end of the run."""

from collections.abc import Iterator

import pytest

from tests.differential.plays import Tally

_TALLIES = pytest.StashKey[dict[str, Tally]]()


@pytest.fixture
def tally(engine: str, request: pytest.FixtureRequest) -> Iterator[Tally]:
    """What is counted of one engine."""
    counted = Tally()
    yield counted
    request.config.stash.setdefault(_TALLIES, {})[engine] = counted


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many requests were compared, and how many answers differed for which reason."""
    for engine, counted in config.stash.get(_TALLIES, {}).items():
        terminalreporter.section(f"{engine} and scim2-server: {counted}")
        for name, count in counted.explained.most_common():
            terminalreporter.write_line(f"{count:6,} {name}")
