"""What the comparison came to, told at the end of the run."""

from collections.abc import Iterator

import pytest

from tests.differential.plays import Tally

_TOLD = "compared with scim2-server"
"""The property of a test's report that holds the lines to be told: reports cross processes."""


@pytest.fixture
def tally(engine: str, request: pytest.FixtureRequest) -> Iterator[Tally]:
    """What is counted of one engine."""
    counted = Tally()
    yield counted
    told = [f"{engine} and scim2-server: {counted}"]
    told += [f"{count:6,} {name}" for name, count in counted.explained.most_common()]
    request.node.user_properties.append((_TOLD, told))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many requests were compared, and how many answers differed for which reason."""
    for report in terminalreporter.getreports(""):  # of what was set up or taken down
        for name, told in report.user_properties:
            if name == _TOLD:
                terminalreporter.section(told[0])
                for line in told[1:]:
                    terminalreporter.write_line(line)
