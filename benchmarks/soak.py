"""``python -m benchmarks.soak``: keeps load on our server, and says whether anything grows.

Each connection sends reads and writes of the common kinds, at a bounded rate; what it adds it
removes again, so that the directory keeps its size. Only the provisioning log grows.
"""

import argparse
import http.client
import json
import math
import random
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from statistics import linear_regression
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from benchmarks.people import external_id, group, user, user_name
from benchmarks.servers import Ours
from benchmarks.site import Site

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_MEBIBYTE = 1024 * 1024

_SAMPLES_A_MINUTE = 6

_TRIAL = 20.0
"""Seconds for which as much is sent as is answered, to learn how much that is."""


class _Sample(NamedTuple):
    """What a server held at a moment."""

    minute: float
    memory: float
    """Mebibytes of the server and its workers."""

    files: int
    """Descriptors."""

    unsettled: float
    """Mebibytes of SQLite's logs of writes."""


class _Connection:
    """One client: what it asks for, and how often it was not answered as it should be."""

    def __init__(self, server: Ours, ids: list[str], number: int) -> None:
        self._server = server
        self._ids = ids
        self._choose = random.Random(number)  # noqa: S311 - it chooses whom to ask for
        self._stem = f"soak{number}-"
        self._group = server.made("/Groups", group(f"Soak {number}", ids[:10]))
        self._http = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        self._newest = ""
        self.asked = 0
        self.failed = 0

    def run(self, per_second: float, end: float) -> None:
        """Send requests at a rate until a moment of the monotonic clock."""
        begin, before = time.monotonic(), self.asked
        for step in self._steps():
            for method, path, body in step:
                self._send(method, path, body)
            now = time.monotonic()
            if now > end:
                return
            time.sleep(max(0.0, begin + (self.asked - before) / per_second - now))

    def _steps(self) -> Iterator[list[tuple[str, str, object]]]:
        """Yield what is asked in turn: most are reads, as it is between two full syncs."""
        for number in count():
            at = self._choose.randrange(len(self._ids))
            id_ = self._ids[at]
            yield [("GET", f"/Users/{id_}", None)]
            yield [("GET", _filtered("userName", user_name(at)), None)]
            yield [("GET", _filtered("externalId", external_id(at)), None)]
            yield [("GET", f"/Users?startIndex={at + 1}&count=100", None)]
            yield [("GET", f"/Groups/{self._group}", None)]
            change = {"op": "replace", "path": "title", "value": f"Title {number}"}
            yield [("PATCH", f"/Users/{id_}", _patching(change))]
            yield self._membership(id_)
            yield self._visit(number)

    def _membership(self, id_: str) -> list[tuple[str, str, object]]:
        path = f"/Groups/{self._group}"
        add = {"op": "add", "path": "members", "value": [{"value": id_}]}
        remove = {"op": "remove", "path": f'members[value eq "{id_}"]'}
        return [("PATCH", path, _patching(add)), ("PATCH", path, _patching(remove))]

    def _visit(self, number: int) -> list[tuple[str, str, object]]:
        """Add a user, be refused to add it again, and remove it by what the answer says."""
        body = user(number, self._stem)
        return [("POST", "/Users", body), ("POST", "/Users", body), ("DELETE", "/Users/{id}", None)]

    def _send(self, method: str, path: str, body: object) -> None:
        text = json.dumps(body) if body else None
        path = path.replace("{id}", self._newest) if "{id}" in path else path
        self._http.request(method, self._server.base + path, text, self._server.headers)
        answer = self._http.getresponse()
        answered = answer.read()
        self.asked += 1
        if answer.status == 201:
            self._newest = json.loads(answered)["id"]
        elif answer.status not in {200, 204, 409}:
            self.failed += 1
            print(f"{answer.status} to {method} {path}: {answered[:200]!r}")


class Soak:
    """Load on a server, and what it holds meanwhile."""

    def __init__(self, server: Ours, users: int, connections: int) -> None:
        self._server = server
        ids = server.add_users(user(number) for number in range(users))
        self._clients = [_Connection(server, ids, number) for number in range(connections)]
        self._samples: list[_Sample] = []

    @property
    def asked(self) -> int:
        """How many requests were sent so far."""
        return sum(each.asked for each in self._clients)

    def greatest_rate(self) -> float:
        """Send as much as is answered for a while, and return how many requests a second it is."""
        before = self.asked
        self.keep(math.inf, _TRIAL / 60)
        self._samples.clear()
        return (self.asked - before) / _TRIAL

    def keep(self, per_second: float, minutes: float) -> None:
        """Keep load on, and print every minute what the server holds."""
        begin = time.monotonic()
        rate = per_second / len(self._clients)
        with ThreadPoolExecutor(len(self._clients)) as pool:
            runs = [pool.submit(each.run, rate, begin + minutes * 60) for each in self._clients]
            while wait(runs, 60 / _SAMPLES_A_MINUTE).not_done:
                self._samples.append(self._sample((time.monotonic() - begin) / 60))
                if len(self._samples) % _SAMPLES_A_MINUTE == 0:
                    self._print()
        for run in runs:
            run.result()  # what ended it before its time ends this

    def print_slope(self) -> None:
        """Print what grew after the first half, in which caches fill."""
        later = self._samples[len(self._samples) // 2 :]
        if len(later) > 1:
            minutes, memory, files, unsettled = zip(*later, strict=True)
            slope = linear_regression(minutes, memory).slope
            print(
                f"after the first half: {slope * 60:+.2f} MiB per hour, {min(files)} to"
                f" {max(files)} descriptors, logs of writes of {max(unsettled):.1f} MiB at most"
            )

    def _sample(self, minute: float) -> _Sample:
        server = self._server
        memory, unsettled = server.resident_memory(), server.unsettled()
        return _Sample(minute, memory / _MEBIBYTE, server.open_files(), unsettled / _MEBIBYTE)

    def _print(self) -> None:
        minute, memory, files, unsettled = self._samples[-1]
        failed = sum(each.failed for each in self._clients)
        print(
            f"{minute:5.1f} min  {memory:7.1f} MiB  {files} files  {unsettled:5.1f} MiB of logs"
            f"  {self.asked:,} requests, {failed} failed",
            flush=True,
        )


def _filtered(path: str, value: str) -> str:
    return "/Users?filter=" + quote(f'{path} eq "{value}"')


def _patching(operation: Mapping[str, object]) -> dict[str, object]:
    return {"schemas": [_PATCH], "Operations": [operation]}


def main() -> None:
    """Soak as the arguments say."""
    parser = argparse.ArgumentParser(prog="benchmarks.soak", description=__doc__)
    add = parser.add_argument
    add("--minutes", type=float, default=60)
    add("--users", type=int, default=1000)
    add("--rate", type=float, default=100, help="requests per second (default: 100)")
    add("--load", type=float, help="percent of what it can answer, instead of a rate")
    add("--connections", type=int, default=4)
    add("--serve", default="", metavar="OPTIONS", help="further options of provisor serve")
    asked = parser.parse_args()
    with Site(asked.serve) as site:
        soak = Soak(site.ours(), asked.users, asked.connections)
        rate = asked.rate
        if asked.load:
            greatest = soak.greatest_rate()
            rate = greatest * asked.load / 100
            print(f"{greatest:,.0f} requests a second at most; {rate:,.0f} from now on", flush=True)
        soak.keep(rate, asked.minutes)
        soak.print_slope()


if __name__ == "__main__":
    main()
