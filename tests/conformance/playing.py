"""Plays a recording to a served Provisor, as an app of either profile."""

import json
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

from tests.conformance.differences import MISSING, differences
from tests.conformance.exchanges import Exchange, Expectation, Recording, Refusal, Request
from tests.served import Answer

PREFIX = "/scim/v2"
"""What the paths of a recording are relative to."""

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

_SUCCESS = Expectation([200, 201, 204])

_DEADLINE = 60.0
"""Seconds an answer may take: after them Okta hangs up."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")


class UnsavedVariableError(Exception):
    """An exchange uses a variable that no exchange before it saved."""


@dataclass(frozen=True)
class Turn:
    """A request as it was sent and answered."""

    what: str
    sent: Any
    """The body of the request, or None."""

    answer: Answer
    kept: bool
    """Whether the server left the connection open for the next request."""


@dataclass(frozen=True)
class Played:
    """A recording as it was played."""

    turns: tuple[Turn, ...]
    failures: tuple[str, ...]
    """A line for every difference between what was expected and what came."""


def play(recording: Recording, profile: str, port: int, token: str) -> Played:
    """Send every request over one connection and compare every answer."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=_DEADLINE)) as connection:
        player = _Player(recording, profile, connection, token)
        for exchange in recording.exchanges:
            player.play(exchange)
    return Played(tuple(player.turns), tuple(player.failures))


class _Player:
    """A recording that is being played."""

    def __init__(
        self, recording: Recording, profile: str, connection: HTTPConnection, token: str
    ) -> None:
        self.turns: list[Turn] = []
        self.failures: list[str] = []
        self._recording = recording
        self._strict = profile == "strict"
        self._connection = connection
        base_url = f"http://127.0.0.1:{connection.port}{PREFIX}"
        self._variables: dict[str, Any] = {"base_url": base_url, "token": token}

    def play(self, exchange: Exchange) -> None:
        """Play an exchange as often as it is sent."""
        place = f'{self._recording.name} #{exchange.number} "{exchange.what}"'
        try:
            for number in range(1, exchange.times + 1):
                self._variables["n"] = str(number)
                for difference in self._differences(exchange):
                    self.failures.append(f"{place}: {difference}")
        except UnsavedVariableError as error:
            self.failures.append(f"{place}: {error}")

    def _differences(self, exchange: Exchange) -> Iterator[str]:
        """Play an exchange in the words of the profile."""
        if exchange.strict is None or not self._strict:
            yield from self._exchange(exchange.what, exchange.request, exchange.expect)
            return
        refused = yield from self._refused(exchange)
        for number, request in enumerate(exchange.legal if refused else (), 1):
            last = number == len(exchange.legal)
            expect = exchange.expect if last else _SUCCESS
            for difference in self._exchange(exchange.what, request, expect):
                yield f"legal request {number}: {difference}"

    def _refused(self, exchange: Exchange) -> Generator[str, None, bool]:
        """Send what a strict app may not say: it is refused and changes nothing."""
        assert exchange.strict is not None
        before = self._witness(exchange.request)
        turn = self._take(exchange.what, exchange.request)
        if exchange.strict.status in _SUCCESS.statuses:
            found = turn.answer.status == exchange.strict.status
            yield from () if found else [f"ignored: the status is {turn.answer.status}"]
            return True
        if turn.answer.status in _SUCCESS.statuses:
            yield f"refusal: the status is {turn.answer.status} instead of {exchange.strict.status}"
            # what follows needs what it changed: one fault is one line
            yield from _judge(turn.answer, exchange.expect, self._variables)
            return False
        for difference in _judge(turn.answer, _expected(exchange.strict), self._variables):
            yield f"refusal: {difference}"
        if self._witness(exchange.request) != before:
            yield "refusal: it changed something"
        return True

    def _witness(self, request: Request) -> str:
        """Return what a request would change: its resource, or how many there are."""
        if request.method == "GET":
            return ""
        path = request.path.partition("?")[0]
        counting = "?count=0" if request.method == "POST" else ""
        return self._send("witness", Request("GET", path + counting)).answer.text

    def _exchange(self, what: str, request: Request, expect: Expectation) -> Iterator[str]:
        yield from _judge(self._take(what, request).answer, expect, self._variables)

    def _take(self, what: str, request: Request) -> Turn:
        """Send a request of the recording and keep what was answered."""
        turn = self._send(what, request)
        self.turns.append(turn)
        return turn

    def _send(self, what: str, request: Request) -> Turn:
        sent = fill(request.body, self._variables)
        headers = fill(self._recording.headers_of(request), self._variables)
        data = None if sent is None else json.dumps(sent).encode()
        path = PREFIX + fill(request.path, self._variables)
        self._connection.request(request.method, path, data, headers)
        response = self._connection.getresponse()
        kept = not response.will_close
        names = {name.lower(): value for name, value in response.headers.items()}
        return Turn(what, sent, Answer(response.status, names, response.read().decode()), kept)


def fill(value: Any, variables: dict[str, Any]) -> Any:
    """Return a value with its variables filled in; one that stands alone keeps its type."""
    if isinstance(value, dict):
        return {fill(name, variables): fill(inner, variables) for name, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value
    if alone := _VARIABLE.fullmatch(value):
        return _look_up(alone, variables)
    return _VARIABLE.sub(lambda found: str(_look_up(found, variables)), value)


def _expected(refusal: Refusal) -> Expectation:
    error = {"schemas": [ERROR], "status": str(refusal.status)}
    reason = {"$absent": True} if refusal.scimType is None else {"$one_of": _listed(refusal)}
    return Expectation(refusal.status, body=error | {"scimType": reason})


def _listed(refusal: Refusal) -> list[Any]:
    return refusal.scimType if isinstance(refusal.scimType, list) else [refusal.scimType]


def _judge(answer: Answer, expect: Expectation, variables: dict[str, Any]) -> list[str]:
    """Return how an answer differs from what was expected, and save what is to be saved."""
    if answer.status not in expect.statuses:
        return [f"the status is {answer.status} instead of {expect.status}: {answer.text}"]
    found = []
    for name, value in fill(expect.headers, variables).items():
        found += differences(value, answer.headers.get(name.lower(), MISSING), f"header {name}")
    if not answer.text:
        return found if answer.status == HTTPStatus.NO_CONTENT else [*found, "body is missing"]
    body = answer.body
    if expect.body is not None:
        found += differences(fill(expect.body, variables), body)
    for pointer, variable in expect.save.items():
        try:
            variables[variable] = _point(pointer, body)
        except (KeyError, IndexError):
            found.append(f"body has nothing at {pointer}, which was to be saved")
    return found


def _point(pointer: str, document: Any) -> Any:
    """Return what a JSON Pointer points at."""
    for name in pointer.split("/")[1:]:
        document = document[int(name) if isinstance(document, list) else name]
    return document


def _look_up(found: re.Match[str], variables: dict[str, Any]) -> Any:
    if found[1] not in variables:
        raise UnsavedVariableError(f"no exchange before this one saved {found[0]}")
    return variables[found[1]]
