"""Asking servers for one thing at a time, and telling what is known of it afterwards."""

import json
import random
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.faults.history import Action, Operation, Outcome

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_NAMED = {"User": "userName", "Group": "displayName"}
_METHODS = {Action.CREATE: "POST", Action.DELETE: "DELETE", Action.READ: "GET"}
_ASKS = 16
"""Requests over one connection: the next one may meet another worker or server."""

_DEADLINE = 60.0
"""Seconds in which some server must let itself be connected to."""


@dataclass(frozen=True, slots=True)
class Account:
    """How a client reaches the directory."""

    ports: Sequence[int]
    token: str
    timeout: float = 10.0
    """Seconds after which an answer is not waited for any more."""

    unsure: frozenset[int] = frozenset()
    """The statuses that do not say whether it happened."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for."""

    action: Action
    kind: str
    name: str
    id: str = ""
    value: str = ""
    """A title, or the name of a member."""

    member_id: str = ""
    if_match: str = ""

    @property
    def method(self) -> str:
        return _METHODS.get(self.action, "PATCH")

    @property
    def path(self) -> str:
        return f"/scim/v2/{self.kind}s" + (f"/{self.id}" if self.id else "")

    @property
    def body(self) -> dict[str, Any] | None:
        match self.action:
            case Action.CREATE:
                return {_NAMED[self.kind]: self.name}
            case Action.PATCH:
                return _patch({"op": "replace", "path": "title", "value": self.value})
            case Action.JOIN:
                member = [{"value": self.member_id}]
                return _patch({"op": "add", "path": "members", "value": member})
            case Action.LEAVE:
                return _patch({"op": "remove", "path": f'members[value eq "{self.member_id}"]'})
            case _:
                return None


def _patch(operation: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [_PATCH], "Operations": [operation]}


class Asker:
    """One client's connection, to whichever server it finds."""

    def __init__(self, name: str, account: Account) -> None:
        self.name = name
        self._account = account
        self._random = random.Random(name)  # noqa: S311 - no secret
        self._connection = HTTPConnection("127.0.0.1")
        self._asks = 0

    def ask(self, wish: Wish) -> Operation:
        """Send a request, once, and return what is known of it."""
        self._connect()
        began = time.monotonic()
        status, version, shown = self._exchange(wish)
        return Operation(
            self.name,
            wish.action,
            wish.kind,
            wish.name,
            self._outcome(status),
            began,
            time.monotonic(),
            status,
            shown.get("id", wish.id),
            version,
            shown.get("title", "") if wish.action is Action.READ else wish.value,
        )

    def close(self) -> None:
        self._connection.close()

    def _outcome(self, status: int) -> Outcome:
        if status in {200, 201, 204}:
            return Outcome.OK
        is_unknown = status == 0 or status in self._account.unsure
        return Outcome.UNKNOWN if is_unknown else Outcome.FAILED

    def _exchange(self, wish: Wish) -> tuple[int, int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer {self._account.token}",
            "Content-Type": "application/scim+json",
        }
        if wish.if_match:
            headers["If-Match"] = wish.if_match
        try:
            data = None if wish.body is None else json.dumps(wish.body)
            self._connection.request(wish.method, wish.path, data, headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, HTTPException):
            self._connection.close()
            return 0, 0, {}
        etag = response.headers.get("ETag", "")
        version = int(etag.removeprefix("W/").strip('"')) if etag else 0
        is_shown = text and response.status < 300
        return response.status, version, json.loads(text) if is_shown else {}

    def _connect(self) -> None:
        """Connect to some server; who cannot has asked for nothing yet, and tries the next."""
        self._asks += 1
        if self._asks % _ASKS == 0:
            self._connection.close()
        deadline = time.monotonic() + _DEADLINE
        while self._connection.sock is None:
            assert time.monotonic() < deadline, "no server can be connected to"
            port = self._random.choice(self._account.ports)
            self._connection = HTTPConnection("127.0.0.1", port, timeout=self._account.timeout)
            with suppress(ConnectionError):
                self._connection.connect()
                self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return
            time.sleep(0.005)
