"""Clients that read and write through a load balancer at the same time, and remember everything."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from itertools import count
from typing import Any, Self
from urllib.parse import quote

from tests.scaling.balancers import Balancer, await_true

_MOST = 3000
"""Rounds that a client makes at most, whatever happens beside it."""

_ROUNDS = 8
"""Rounds of every client that count as load."""

_TIMEOUT = 30.0
"""Seconds an answer may take."""

KINDS = (("Users", "userName"), ("Groups", "displayName"))
"""Groups may share names: one that was made twice is there twice."""

_READS = frozenset({"GET"})

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Load:
    """What clients sent, and what became of it."""

    requests: int = 0
    failed_reads: list[str] = field(default_factory=list)
    failed_writes: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    """The names of the users and groups whose making was asked for."""

    made: set[str] = field(default_factory=set)
    """Those that were answered with 201."""


class Client(threading.Thread):
    """One client: it makes, reads, changes and seeks users and groups until it is told to stop.

    :param keeps: whether it sends every request over one connection, or each over its own
    """

    def __init__(self, name: str, balancer: Balancer, token: str, *, keeps: bool) -> None:
        super().__init__(name=name, daemon=True)
        self.load = Load()
        self.rounds = 0
        self.ending = threading.Event()
        self._balancer = balancer
        self._token = token
        self._keeps = keeps
        self._connection = self._connect()

    def run(self) -> None:
        """Make rounds until told to stop."""
        for number in range(_MOST):
            if self.ending.is_set():
                break
            self._round(f"{self.name}-{number}", *KINDS[number % 2])
            self.rounds += 1
        self._connection.close()

    def _round(self, name: str, kind: str, attribute: str) -> None:
        self.load.sent.add(name)
        made = self._ask("POST", f"/{kind}", {attribute: name}, 201)
        if made is None:
            return
        self.load.made.add(name)
        one = f"/{kind}/{made['id']}"
        self._ask("GET", one, None, 200)
        operations = [{"op": "replace", "path": "externalId", "value": name}]
        self._ask("PATCH", one, {"schemas": [_PATCH], "Operations": operations}, 200)
        named = quote(f'{attribute} eq "{name}"')
        self._ask("GET", f"/{kind}?filter={named}", None, 200)

    def _ask(self, method: str, path: str, body: object, expected: int) -> Any:
        """Send a request and return the JSON of its answer, or None where it failed."""
        self.load.requests += 1
        try:
            status, text = self._exchange(method, f"/scim/v2{path}", body)
        except (OSError, HTTPException) as error:
            self._connection.close()
            status, text = 0, repr(error)
        if status == expected:
            return json.loads(text)
        failed = self.load.failed_reads if method in _READS else self.load.failed_writes
        failed.append(f"{method} {path}: {status} {text[:200]}")
        return None

    def _exchange(self, method: str, path: str, body: object) -> tuple[int, str]:
        if not self._keeps:
            self._connection.close()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/scim+json",
        }
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, headers)  # it connects where it is not
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode()

    def _connect(self) -> HTTPSConnection:
        return HTTPSConnection(
            "127.0.0.1", self._balancer.port, timeout=_TIMEOUT, context=self._balancer.tls
        )


_NUMBERS = count(1)


class Clients:
    """Four clients at once, from the start of a block to its end."""

    def __init__(self, balancer: Balancer, token: str, *, keeping: int = 2) -> None:
        run = next(_NUMBERS)
        self._clients = [
            Client(f"load{run}-{number}", balancer, token, keeps=number < keeping)
            for number in range(4)
        ]

    def __enter__(self) -> Self:
        for client in self._clients:
            client.start()
        self.work()
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.ending.set()
        for client in self._clients:
            client.join(_TIMEOUT)
            assert not client.is_alive()

    def work(self) -> None:
        """Return once every client has made a few more rounds."""
        goals = [(client, client.rounds + _ROUNDS) for client in self._clients]
        await_true(lambda: all(client.rounds >= goal for client, goal in goals), "the load works")

    def load(self) -> Load:
        """Return what all of them sent, and what became of it."""
        loads = [client.load for client in self._clients]
        return Load(
            sum(load.requests for load in loads),
            [line for load in loads for line in load.failed_reads],
            [line for load in loads for line in load.failed_writes],
            set().union(*(load.sent for load in loads)),
            set().union(*(load.made for load in loads)),
        )


def assert_each_is_there_once(load: Load, stored: Counter[str]) -> None:
    """Assert that what was answered is there, and nothing twice or of its own making."""
    assert {} == {name: times for name, times in stored.items() if times > 1}
    assert load.made <= set(stored)
    assert set(stored) <= load.sent
