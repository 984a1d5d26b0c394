"""Clients that send slowly: they take no thread from those who do not (S11)."""

import select
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.exceptions import ServiceUnavailable

from app.relay import Relay
from scim.storage import Baton
from tests.served import Answer, ServedProvisor
from tests.sizes import size

_SLOW = 8
"""Bodies that one worker of these tests waits for, half of them of one app."""

_USER = '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%s"}'

_BODIES = 60
"""Of the slow connections, those that withhold their bodies: nearly all that a worker waits for."""

_FORM = "Content-Type: application/x-www-form-urlencoded"

_Begin = Callable[..., socket.socket]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedProvisor]:
    folder = tmp_path_factory.mktemp("slow")
    provisor = ServedProvisor(folder / "instance", PROVISOR_SLOW_BODIES=str(_SLOW)).start()
    yield provisor
    provisor.stop()


@pytest.fixture(scope="module")
def token(served: ServedProvisor) -> str:
    app = served.run("app", "create", "HR", "--enable-scim").stdout.strip()
    return served.run("token", "issue", app).stdout.strip()


@pytest.fixture
def begin(served: ServedProvisor) -> Iterator[_Begin]:
    """Send the beginning of a request, and no more of it."""
    with ExitStack() as stack:

        def send(path: str, *headers: str, length: int = 1000) -> socket.socket:
            lines = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *headers)
            head = "\r\n".join((*lines, f"Content-Length: {length}", "", "{"))
            connection = stack.enter_context(
                socket.create_connection(("127.0.0.1", served.port), timeout=20)
            )
            connection.sendall(head.encode())
            return connection

        yield send


def _status(connection: socket.socket) -> int:
    return int(connection.recv(4096).split(b" ", 2)[1])


def _refused(slow: list[socket.socket]) -> list[socket.socket]:
    """Wait until some of the connections are answered, and return those."""
    return select.select(slow, [], [], 20)[0]


def _added(served: ServedProvisor, token: str, name: str) -> int:
    return served.ask("POST", "/scim/v2/Users", token, (_USER % name).encode()).status


def _until(ask: Callable[[], Answer], status: int) -> Answer:
    """Ask again and again, and return the answer that has a status."""
    deadline = time.monotonic() + 20
    while (answer := ask()).status != status:
        assert time.monotonic() < deadline
    return answer


def test_who_sends_slowly_is_refused_and_nobody_else(
    served: ServedProvisor, token: str, begin: _Begin
) -> None:
    add, other = partial(served.ask, "POST", "/scim/v2/Users", token, b"{}"), served.new_token()
    slow = [
        begin("/scim/v2/Users", f"Authorization: Bearer {token}") for _ in range(_SLOW // 2 + 1)
    ]

    (refused,) = _refused(slow)
    answer = add()

    assert [503, 503] == [_status(refused), answer.status]
    assert ("503", "1") == (answer.body["status"], answer.headers["retry-after"])
    assert 200 == served.ask("GET", "/scim/v2/Users", token).status
    assert 201 == _added(served, other, "of another app")
    slow.remove(refused)
    slow[0].close()
    _until(add, 400)


def test_a_worker_waits_for_no_more_bodies_than_it_has_threads_for(
    served: ServedProvisor, begin: _Begin
) -> None:
    tokens = [served.new_token() for _ in range(3)]
    slow = [
        begin("/scim/v2/Users", f"Authorization: Bearer {token}")
        for token in tokens[:2]
        for _ in range(_SLOW // 2 + 1)
    ]
    refused: set[socket.socket] = set()
    while len(refused) < len(tokens[:2]):
        refused |= set(_refused([each for each in slow if each not in refused]))

    assert 503 == served.ask("POST", "/scim/v2/Users", tokens[2], b"{}").status
    assert 200 == served.ask("GET", "/scim/v2/Users", tokens[2]).status


def test_bodies_that_come_at_once_are_never_refused() -> None:
    """Their threads wait for the baton, and for no body."""
    statuses: list[str] = []

    def behind(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        try:
            environ["wsgi.input"].read()
        except ServiceUnavailable:
            start("503 SERVICE UNAVAILABLE", [])
        else:
            start("200 OK", [])
        return []

    relay = Relay(behind, Baton(), _SLOW)

    def ask() -> None:
        for number in range(50):
            environ = {"PATH_INFO": "/scim/v2/Users", "wsgi.input": BytesIO(b"{}")}
            relay(environ | {"REMOTE_ADDR": str(number)}, lambda status, _: statuses.append(status))

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {"200 OK"} == set(statuses)


@pytest.mark.parametrize("headers", [(), ("Authorization: Bearer nonsense",)])
@pytest.mark.usefixtures("token")
def test_nobody_waits_for_the_body_of_a_stranger(begin: _Begin, headers: tuple[str, ...]) -> None:
    assert 401 == _status(begin("/scim/v2/Users", *headers))


@pytest.mark.parametrize("path", ["/oauth2/token", "/console/sign-in", "/scim/v2/Users"])
def test_slow_forms_take_nothing_from_providers(
    served: ServedProvisor, token: str, begin: _Begin, path: str
) -> None:
    headers = dict([_FORM.split(": ")])
    form = partial(served.ask, "POST", "/oauth2/token", body=b"x=y", headers=headers)
    _until(form, 401)  # those of the test before are gone
    slow = [begin(path, _FORM) for _ in range(_SLOW // 8 + 1)]

    (refused,) = _refused(slow)
    answer = form()

    assert [503, 503] == [_status(refused), answer.status]
    assert "1" == answer.headers["retry-after"]
    assert 201 == _added(served, token, f"beside {path}")


@pytest.mark.sized
def test_requests_are_answered_beside_slow_connections(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """Some withhold the body, the others the end of their headers."""
    count = size(100, 500)
    provisor = ServedProvisor(tmp_path / "instance").start()
    tokens = [provisor.new_token() for _ in range(4)]

    def p99() -> float:
        took = []
        for _ in range(size(100, 2000)):
            start = time.perf_counter()
            assert 200 == provisor.ask("GET", "/scim/v2/Users?count=1", tokens[0]).status
            took.append(time.perf_counter() - start)
        return statistics.quantiles(took, n=100)[98] * 1000

    before = p99()
    with ExitStack() as stack:
        slow = []
        for number in range(count):
            head = f"POST /scim/v2/Users HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Number: {number}\r\n"
            if number < _BODIES:
                token = tokens[number % len(tokens)]
                head += f"Authorization: Bearer {token}\r\nContent-Length: 9\r\n\r\n{{"
            slow.append(socket.create_connection(("127.0.0.1", provisor.port), timeout=20))
            stack.enter_context(slow[-1])
            slow[-1].sendall(head.encode())
        beside = p99()
        waiting = [each for each in slow if not select.select([each], [], [], 0)[0]]
    assert 0 == provisor.stop()

    assert set(slow[:_BODIES]) <= set(waiting)
    figure(f"S11: GET, p99 beside {count} slow connections {beside:.1f} ms, alone {before:.1f} ms")


def test_a_server_stops_though_clients_send_no_more(tmp_path: Path) -> None:
    """It ends its workers when they have had their time; bodies that are missing never come."""
    provisor = ServedProvisor(tmp_path / "instance").start()
    with socket.create_connection(("127.0.0.1", provisor.port)) as slow:
        lines = ("POST /oauth2/token HTTP/1.1", "Host: 127.0.0.1", _FORM, "Content-Length: 9")
        slow.sendall("\r\n".join((*lines, "", "")).encode())
        provisor.ask("GET", "/healthz")

        assert 0 == provisor.stop()
