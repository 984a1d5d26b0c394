"""Plays recorded exchanges: what a provider sends, word for word, and what it needs back.

A recording is a JSON file of exchanges; each has a sentence, a request and what to expect.
Strings may hold ``${variables}``: ``base_url``, ``n`` in an exchange that is sent several
``times``, and whatever an earlier exchange saved by JSON Pointer (RFC 6901).
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.served import Answer

PREFIX = "/scim/v2"
"""What the paths of a recording are relative to."""

MISSING = object()
"""Stands where an answer has no such member."""

_DEADLINE = 60.0
"""Seconds an answer may take: after them Okta hangs up."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")


class UnsavedVariableError(Exception):
    """An exchange uses a variable that no exchange before it saved."""


@dataclass(frozen=True)
class Request:
    """What the provider sends."""

    method: str
    path: str
    """Relative to the SCIM base URL, in the provider's own spelling."""

    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Expectation:
    """What it needs back."""

    status: int | list[int]
    """The status, or every status that will do."""

    headers: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    """What :func:`differences` compares; a 204 has no body to compare."""

    save: dict[str, str] = field(default_factory=dict)
    """Variables by the JSON Pointer of their values."""

    @property
    def statuses(self) -> list[int]:
        """Every status that will do."""
        return self.status if isinstance(self.status, list) else [self.status]


@dataclass(frozen=True)
class Exchange:
    """One request of a recording, and what it needs back."""

    number: int
    section: str
    """The section of the traffic document that describes the request."""

    what: str
    request: Request
    expect: Expectation
    times: int = 1


@dataclass(frozen=True)
class Recording:
    """A journey of one provider."""

    name: str
    provider: str
    source: str
    sentence: str
    headers: dict[str, str]
    """What the provider sends with every request."""

    headers_with_body: dict[str, str]
    """What it sends with a body beside them."""

    exchanges: tuple[Exchange, ...]

    def headers_of(self, request: Request) -> dict[str, str]:
        """Return the headers of a request but for its token."""
        with_body = {} if request.body is None else self.headers_with_body
        return self.headers | with_body | request.headers


@dataclass(frozen=True)
class Turn:
    """An exchange as it was played."""

    exchange: Exchange
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


def load(path: Path) -> Recording:
    """Return the recording in a file; a member it does not know is an error."""
    document = json.loads(path.read_text())
    numbered = enumerate(document.pop("exchanges"), 1)
    exchanges = tuple(exchange_of(each, number) for number, each in numbered)
    return Recording(name=path.name, exchanges=exchanges, **document)


def exchange_of(document: dict[str, Any], number: int) -> Exchange:
    """Return the exchange that a JSON object describes."""
    rest = {name: value for name, value in document.items() if name not in {"request", "expect"}}
    request, expect = Request(**document["request"]), Expectation(**document["expect"])
    return Exchange(number=number, request=request, expect=expect, **rest)


def play(recording: Recording, port: int, token: str) -> Played:
    """Send every request over one connection and compare every answer."""
    variables: dict[str, Any] = {"base_url": f"http://127.0.0.1:{port}{PREFIX}"}
    turns: list[Turn] = []
    failures: list[str] = []
    with closing(HTTPConnection("127.0.0.1", port, timeout=_DEADLINE)) as connection:
        for exchange in _repeated(recording, variables):
            place = f'{recording.name} #{exchange.number} "{exchange.what}"'
            try:
                turn = _send(connection, recording, exchange, token, variables)
                turns.append(turn)
                failures += [f"{place}: {difference}" for difference in _judge(turn, variables)]
            except UnsavedVariableError as error:
                failures.append(f"{place}: {error}")
                break  # what follows needs it too
    return Played(tuple(turns), tuple(failures))


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


def differences(expected: Any, actual: Any, where: str = "body") -> list[str]:
    """Return how a value differs from what was expected of it, in sentences.

    An object needs the members named and may have more; a list needs exactly the elements named.
    An object of :data:`_MATCHERS` says something else.
    """
    if isinstance(expected, dict) and not expected.keys().isdisjoint(_MATCHERS):
        return [
            difference
            for name, operand in expected.items()
            for difference in _MATCHERS[name](operand, actual, where)
        ]
    if actual is MISSING:
        return [f"{where} is missing"]
    if type(expected) is not type(actual):
        return [f"{where} is {_shown(actual)} instead of {_shown(expected)}"]
    if isinstance(expected, dict):
        return [
            difference
            for name, inner in expected.items()
            for difference in differences(inner, actual.get(name, MISSING), f"{where}.{name}")
        ]
    if isinstance(expected, list):
        return _in_order(expected, actual, where)
    return [] if expected == actual else [f"{where} is {_shown(actual)}, not {_shown(expected)}"]


def _repeated(recording: Recording, variables: dict[str, Any]) -> Iterator[Exchange]:
    for exchange in recording.exchanges:
        for number in range(1, exchange.times + 1):
            variables["n"] = str(number)
            yield exchange


def _send(
    connection: HTTPConnection,
    recording: Recording,
    exchange: Exchange,
    token: str,
    variables: dict[str, Any],
) -> Turn:
    request = exchange.request
    sent = fill(request.body, variables)
    headers = {"Authorization": f"Bearer {token}"} | recording.headers_of(request)
    data = None if sent is None else json.dumps(sent).encode()
    connection.request(request.method, PREFIX + fill(request.path, variables), data, headers)
    response = connection.getresponse()
    kept = not response.will_close
    names = {name.lower(): value for name, value in response.headers.items()}
    return Turn(exchange, sent, Answer(response.status, names, response.read().decode()), kept)


def _judge(turn: Turn, variables: dict[str, Any]) -> list[str]:
    """Return how an answer differs from what was expected, and save what is to be saved."""
    expect, answer = turn.exchange.expect, turn.answer
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
        variables[variable] = _point(pointer, body)
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


def _in_order(expected: list[Any], actual: Any, where: str) -> list[str]:
    found = _length(len(expected), actual, where)
    if found:
        return found
    return [
        difference
        for index, (one, other) in enumerate(zip(expected, actual, strict=True))
        for difference in differences(one, other, f"{where}[{index}]")
    ]


def _in_any_order(expected: list[Any], actual: Any, where: str) -> list[str]:
    found = _length(len(expected), actual, where)
    return found or _contains(expected, actual, where)


def _contains(expected: list[Any], actual: Any, where: str) -> list[str]:
    if not isinstance(actual, list):
        return [f"{where} is {_shown(actual)}, no list"]
    left, found = list(actual), []
    for each in expected:
        fitting = next((other for other in left if not differences(each, other)), MISSING)
        if fitting is MISSING:
            found.append(f"{where} has no {_shown(each)} among {_shown(left)}")
        else:
            left.remove(fitting)
    return found


def _exactly(expected: dict[str, Any], actual: Any, where: str) -> list[str]:
    extra = sorted(actual.keys() - expected.keys()) if isinstance(actual, dict) else []
    found = [f"{where} has {_shown(name)}, which was not expected" for name in extra]
    return differences(expected, actual, where) + found


def _absent(_: Any, actual: Any, where: str) -> list[str]:
    return [] if actual is MISSING else [f"{where} is {_shown(actual)} and should be absent"]


def _unassigned(_: Any, actual: Any, where: str) -> list[str]:
    """Absent or empty: RFC 7643 §2.5 makes them the same."""
    return [] if actual is MISSING or actual == [] else _absent(_, actual, where)


def _not(unexpected: Any, actual: Any, where: str) -> list[str]:
    if actual is MISSING:
        return [f"{where} is missing"]
    return [] if differences(unexpected, actual) else [f"{where} is still {_shown(unexpected)}"]


def _matches(pattern: str, actual: Any, where: str) -> list[str]:
    if isinstance(actual, str) and re.fullmatch(pattern, actual):
        return []
    return [f"{where} is {_shown(actual)}, which does not match {pattern}"]


def _length(expected: int, actual: Any, where: str) -> list[str]:
    if not isinstance(actual, list):
        return [f"{where} is {_shown(actual)}, no list"]
    if len(actual) == expected:
        return []
    return [f"{where} has {len(actual)} elements instead of {expected}: {_shown(actual)}"]


def _first(expected: Any, actual: Any, where: str) -> list[str]:
    return differences(expected, actual[0] if actual else MISSING, f"{where}[0]")


def _last(expected: Any, actual: Any, where: str) -> list[str]:
    return differences(expected, actual[-1] if actual else MISSING, f"{where}[-1]")


_MATCHERS: dict[str, Callable[[Any, Any, str], list[str]]] = {
    "$absent": _absent,
    "$unassigned": _unassigned,
    "$exactly": _exactly,
    "$any_order": _in_any_order,
    "$contains": _contains,
    "$length": _length,
    "$first": _first,
    "$last": _last,
    "$not": _not,
    "$matches": _matches,
}
"""What an expectation can say beside a value, by the member that says it."""


def _shown(value: Any) -> str:
    return "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False)
