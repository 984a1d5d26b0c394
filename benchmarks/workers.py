"""Two workers against one, on SQLite and on PostgreSQL: ``python -m benchmarks.workers``.

wrk, and with PostgreSQL the database too, take their part of the same cores.
So the second worker shows less than it adds on machines of its own.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.table import markdown, rate
from benchmarks.wrk import Load, measure
from tests.postgres import PostgresServer, find_binaries
from tests.served import ServedProvisor

_USERS = 1000

_CONNECTIONS = 16

_FASTEST = 4000
"""Users a second for whose making names are prepared; more than any server makes."""

_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_names = count()


class Subject:
    """A server with so many workers, and users in it."""

    def __init__(self, provisor: ServedProvisor, workers: int = 1) -> None:
        self.workers = workers
        self.provisor = provisor.start(workers)
        self.token = provisor.called(
            "token", "issue", provisor.called("app", "create", "Benchmark", "--enable-scim")
        )
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name}}
            for name in (f"user{number}" for number in range(_USERS))
        ]
        body = {"schemas": [_BULK], "Operations": operations}
        made = provisor.ask("POST", "/scim/v2/Bulk", self.token, body).body["Operations"]
        self.paths = [f"/scim/v2{one['location'].partition('/scim/v2')[2]}" for one in made]

    def rate(self, operation: str, seconds: int) -> float:
        """Return how many requests of an operation are answered in a second."""
        method, lines_of, again = OPERATIONS[operation]
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/scim+json",
        }
        load = Load(
            url=self.provisor.url,
            method=method,
            headers=headers,
            lines=lines_of(self, seconds),
            again=again,
        )
        return measure(load, seconds, _CONNECTIONS).rate


def _gets(subject: Subject, _: int) -> list[str]:
    return subject.paths


def _lists(_: Subject, __: int) -> list[str]:
    return ["/scim/v2/Users?count=100"]


def _posts(_: Subject, seconds: int) -> list[str]:
    bodies = ({"userName": f"new{next(_names)}"} for _ in range(_FASTEST * seconds))
    return [f"/scim/v2/Users\t{json.dumps(body)}" for body in bodies]


def _patches(subject: Subject, _: int) -> list[str]:
    """Switch every user off and on: each PATCH changes what is stored."""
    return [
        f"{path}\t{json.dumps({'schemas': [_PATCH], 'Operations': [operation]})}"
        for active in (False, True)
        for operation in [{"op": "replace", "path": "active", "value": active}]
        for path in subject.paths
    ]


OPERATIONS: dict[str, tuple[str, Callable[[Subject, int], list[str]], bool]] = {
    "GET by id": ("GET", _gets, True),
    "list of 100": ("GET", _lists, True),
    "POST": ("POST", _posts, False),
    "PATCH active": ("PATCH", _patches, True),
}
"""The method, the requests, and whether they may be sent again."""


@contextmanager
def _subjects(engine: str, folder: Path) -> Iterator[list[Subject]]:
    """Serve with one worker and with two, each its own database."""
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
        for workers, url in enumerate(urls, 1):
            provisor = ServedProvisor(folder / f"{engine}{workers}", url)
            subjects.append(Subject(provisor, workers))
            stack.callback(provisor.stop)
        yield subjects


def rates_in_turn(
    subjects: list[Subject], operation: str, seconds: int, rounds: int
) -> list[float]:
    """Return the median rate of each server, all of them asked in turn, round by round."""
    found: list[list[float]] = [[] for _ in subjects]
    for _ in range(rounds):
        for subject, rates in zip(subjects, found, strict=True):
            rates.append(subject.rate(operation, seconds))
    return [median(rates) for rates in found]


def compare(seconds: int, rounds: int) -> Iterator[list[str]]:
    """Measure, one beside the other, and return the rows of a table."""
    yield ["", "1 worker", "2 workers", "2 : 1"]
    for engine in ("SQLite", "PostgreSQL"):
        with (
            tempfile.TemporaryDirectory(prefix="provisor-workers-") as folder,
            _subjects(engine, Path(folder)) as subjects,
        ):
            for operation in OPERATIONS:
                one, two = rates_in_turn(subjects, operation, seconds, rounds)
                yield [f"{engine}, {operation}", rate(one), rate(two), f"{two / one:.2f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure two workers against one.")
    parser.add_argument("--seconds", type=int, default=5, help="how long each time")
    parser.add_argument("--rounds", type=int, default=3, help="how often; medians are shown")
    chosen = parser.parse_args()
    print(markdown(list(compare(chosen.seconds, chosen.rounds))))


if __name__ == "__main__":
    main()
