"""What the provisioning log costs: ``python -m benchmarks.log``.

One server keeps it and one does not; both are asked the same, in turn, round by round.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.table import markdown, rate
from benchmarks.workers import OPERATIONS, Subject, rates_in_turn
from tests.postgres import PostgresServer, find_binaries
from tests.served import ServedProvisor

_SWITCH = ("off", "on")


@contextmanager
def _subjects(engine: str, folder: Path, threads: int) -> Iterator[list[Subject]]:
    """Serve without the log and with it, each its own database."""
    with ExitStack() as stack:
        urls = ["", ""]
        if engine == "PostgreSQL":
            binaries = find_binaries()
            if binaries is None:
                raise SystemExit("PostgreSQL is not installed.")
            postgres = PostgresServer(binaries)
            stack.callback(postgres.stop)
            urls = [postgres.new_database(), postgres.new_database()]
        subjects = []
        for switch, url in zip(_SWITCH, urls, strict=True):
            variables = {"PROVISOR_LOG": switch, "PROVISOR_THREADS": str(threads)}
            provisor = ServedProvisor(folder / f"{engine}-{switch}", url, **variables)
            subjects.append(Subject(provisor))
            stack.callback(provisor.stop)
        yield subjects


def compare(engines: list[str], threads: int, seconds: int, rounds: int) -> Iterator[list[str]]:
    """Measure, one beside the other, and return the rows of a table."""
    yield ["", "log off", "log on", "on : off"]
    for engine in engines:
        with (
            tempfile.TemporaryDirectory(prefix="provisor-log-") as folder,
            _subjects(engine, Path(folder), threads) as subjects,
        ):
            for operation in OPERATIONS:
                off, on = rates_in_turn(subjects, operation, seconds, rounds)
                yield [f"{engine}, {operation}", rate(off), rate(on), f"{on / off:.2f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure what the provisioning log costs.")
    parser.add_argument("--seconds", type=int, default=5, help="how long each time")
    parser.add_argument("--rounds", type=int, default=5, help="how often; medians are shown")
    parser.add_argument("--threads", type=int, default=8, help="of a worker")
    parser.add_argument("--sqlite", action="store_true", help="on SQLite only")
    chosen = parser.parse_args()
    engines = ["SQLite"] if chosen.sqlite else ["SQLite", "PostgreSQL"]
    print(markdown(list(compare(engines, chosen.threads, chosen.seconds, chosen.rounds))))


if __name__ == "__main__":
    main()
