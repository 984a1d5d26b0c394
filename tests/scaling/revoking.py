"""Clients that use one token at a time without a pause, and who revokes it under their hands."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Self

from app import Assembly
from app.audit import CLI
from tests.app.console_browser import new_app
from tests.races import until

_CLIENTS = 6

_BEFORE, _AFTER = 2, 2
"""Requests of each client that are answered before a revocation, and that begin after it."""


@dataclass(frozen=True)
class Round:
    """One token, and what each client was answered: when it began to ask, and the status."""

    token: str
    answers: list[list[tuple[float, int]]] = field(
        default_factory=lambda: [[] for _ in range(_CLIENTS)]
    )

    def since(self, moment: float) -> list[list[int]]:
        """Return the statuses of each client's requests that began after a moment."""
        return [[status for begun, status in each if begun > moment] for each in self.answers]


class Clients:
    """Clients, half of which keep their connection; a third of their requests write.

    :param connect: opens a connection to the servers
    """

    def __init__(self, connect: Callable[[], HTTPConnection]) -> None:
        self._connect = connect
        self._ending = threading.Event()
        self._round = Round("none")
        self._names = count()
        self._threads = [
            threading.Thread(target=self._ask_on, args=(number,), daemon=True)
            for number in range(_CLIENTS)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def use(self, token: str) -> Round:
        """Let every client use a token from now on, and return once each has got in with it."""
        used = self._round = Round(token)
        until(lambda: all(len(each) >= _BEFORE for each in used.since(0)))
        return used

    def _ask_on(self, number: int) -> None:
        connection = self._connect()
        while not self._ending.is_set():
            used = self._round
            begun = time.monotonic()
            try:
                used.answers[number].append((begun, self._ask(connection, used.token)))
            except (OSError, HTTPException):
                # a server that refuses a request leaves its body unread, and closes
                connection.close()
            if number % 2:
                connection.close()  # the next request opens another
        connection.close()

    def _ask(self, connection: HTTPConnection, token: str) -> int:
        name = next(self._names)
        method, body = ("GET", None) if name % 3 else ("POST", json.dumps({"userName": str(name)}))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        path = "/scim/v2/Users" if body else "/scim/v2/Users?count=1"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def revoke_under_load(
    assembly: Assembly, connect: Callable[[], HTTPConnection], times: int
) -> tuple[Counter[int], Counter[int]]:
    """Revoke one token after the other while clients use it.

    Return how often each status was the answer to a request that had begun when the revocation
    was done, and to one that began after it.
    """
    before, after = Counter[int](), Counter[int]()
    with Clients(connect) as clients:
        for number in range(times):
            app = new_app(assembly, f"App {number}")
            used = clients.use(assembly.tokens.issue(app.id, CLI).text)
            assembly.tokens.revoke_all(app.id, CLI)
            revoked = time.monotonic()
            until(lambda: all(len(each) >= _AFTER for each in used.since(revoked)))  # noqa: B023 - it is called at once
            since = Counter(status for each in used.since(revoked) for status in each)
            after += since
            before += Counter(status for each in used.since(0) for status in each) - since
    return before, after
