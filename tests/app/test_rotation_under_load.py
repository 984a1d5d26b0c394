"""Keys rotate under load, planned and in an emergency, and no request fails for it."""

import base64
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

import jwt
import pytest

from app import Assembly, Settings, assemble
from app.audit import CLI
from app.client_apps import NewApp
from app.keys import Rotation, open_rotation
from scim import instant
from tests.races import until
from tests.served import ServedProvisor
from tests.sizes import size

_ROTATIONS = size(4, 20)
_REQUESTS = size(60, 600)
"""Requests between two rotations."""

_CLIENTS = 4
_ASKS = 16
"""Requests over one connection: the next one may meet another worker."""


class Load:
    """Clients that read with every token in turn, from the start of a block to its end."""

    def __init__(self, provisor: ServedProvisor, tokens: list[str]) -> None:
        self._provisor = provisor
        self._tokens = tokens
        self._ending = threading.Event()
        self._answered = [0] * _CLIENTS
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True)
            for number in range(_CLIENTS)
        ]
        self.failed: list[str] = []
        self.rate = 0.0
        """Requests per second, once it has ended."""

    @property
    def requests(self) -> int:
        return sum(self._answered)

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()
        self.rate = self.requests / (time.monotonic() - self._began)

    def work(self) -> None:
        """Return after some more requests, or when one fails."""
        goal = self.requests + _REQUESTS
        until(lambda: self.requests >= goal or bool(self.failed))

    def _run(self, number: int) -> None:
        while not self._ending.is_set():
            connection = HTTPConnection("127.0.0.1", self._provisor.port, timeout=30)
            for _ in range(_ASKS):
                self._ask(connection, self._tokens[self._answered[number] % len(self._tokens)])
                self._answered[number] += 1
            connection.close()

    def _ask(self, connection: HTTPConnection, token: str) -> None:
        try:
            connection.request(
                "GET", "/scim/v2/Users?count=1", headers={"Authorization": f"Bearer {token}"}
            )
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            self.failed.append(repr(error))
            return
        if answer.status != 200:
            self.failed.append(f"{answer.status} {text}")


@pytest.fixture
def settings(tmp_path: Path, database_where: str | Path) -> Settings:
    url = database_where if isinstance(database_where, str) else ""
    return Settings(instance=tmp_path / "instance", database_url=url)


@pytest.fixture
def provisor(settings: Settings) -> Iterator[ServedProvisor]:
    provisor = ServedProvisor(settings.instance, settings.database_url).start(workers=2)
    yield provisor
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture
def operator(settings: Settings, provisor: ServedProvisor) -> Iterator[Assembly]:
    """Another process of the instance, as the command line is one."""
    assembly = assemble(
        Settings(
            instance=settings.instance, database_url=settings.database_url, base_url=provisor.url
        )
    )
    yield assembly
    assembly.close()


def new_token(operator: Assembly, name: str) -> str:
    app = operator.client_apps.create(NewApp(operator.tenants.default().id, name), CLI)
    operator.client_apps.enable_scim(app.id, CLI)
    return operator.tokens.issue(app.id, CLI).text


def rotate_as_planned(rotation: Rotation, day: int) -> None:
    """Announce a key and let it sign, as on a day that has not come yet."""
    now = instant.now() + timedelta(days=2 * day)
    rotation.announce(CLI, now)
    assert rotation.rotate_when_due(now + timedelta(hours=24))


def rewrap(provisor: ServedProvisor, kek: Path) -> None:
    """Encrypt the keys under a fresh one, and take the former away."""
    top = base64.b64encode(secrets.token_bytes(32)).decode()
    kek.write_text(f"{top}\n{kek.read_text()}")
    provisor.called("keys", "rewrap")
    kek.write_text(top)


@pytest.mark.sized
def test_rotations_and_a_rewrap_fail_no_request(
    provisor: ServedProvisor, operator: Assembly, figure: Callable[[str], None]
) -> None:
    """T10: every second rotation is an emergency; every token works in both workers at once."""
    rotation = open_rotation(operator.settings, operator.database)
    tokens = [new_token(operator, "App 0")]

    with Load(provisor, tokens) as load:
        for number in range(1, _ROTATIONS + 1):
            load.work()
            if number % 2:
                rotate_as_planned(rotation, number)
            else:
                provisor.called("keys", "rotate", "--emergency")
            if number == _ROTATIONS // 2:
                rewrap(provisor, operator.settings.instance / "keys" / "kek")
            tokens.append(new_token(operator, f"App {number}"))
        load.work()

    assert [] == load.failed
    assert _ROTATIONS + 1 == len({jwt.get_unverified_header(each)["kid"] for each in tokens})
    assert {200} == {provisor.ask("GET", "/scim/v2/Users", each).status for each in tokens}
    figure(
        f"rotations of keys: {_ROTATIONS} and a rewrap under {load.rate:.0f} requests/s:"
        f" {load.requests} requests, {len(load.failed)} failed"
    )
    assert load.rate >= size(1, 200)
