"""What a worker knows of keys, on every engine: at once what is ours, and seldom what is not."""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.audit import CLI
from app.client_apps import ClientApp
from app.keys import open_keyring, open_rotation
from app.keys.kids import Kids
from app.rate_limits import RateLimits
from app.tokens import Authenticator, Policy, Use
from app.tokens.emergency import replace_key
from app.tokens.errors import InvalidToken
from scim.storage import Database, Session
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance

_USE = Use("192.0.2.1", "a provider")


class Watched:
    """A database that counts how often it is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def of(self, _tenant_id: str | None) -> "Watched":
        return self

    @contextmanager
    def glance(self) -> Iterator[Session]:
        self.asked += 1
        with self._database.glance() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        self.asked += 1
        with self._database.read() as session:
            yield session


@pytest.fixture
def watched(instance: Instance) -> Watched:
    return Watched(instance.database)


@pytest.fixture
def worker(instance: Instance, watched: Watched) -> Authenticator:
    """What lets in at another worker, that has loaded the keys there are."""
    database: Any = watched
    keyring = open_keyring(instance.settings, database, instance.clock)
    watched.asked = 0
    limits = RateLimits(0, bytearray())
    return Authenticator(database, instance.clock, keyring, Policy(), limits)


def replace(instance: Instance) -> str:
    """Let a new key sign at once, and return its id."""
    rotation = open_rotation(instance.settings, instance.database)
    done = replace_key(instance.database, rotation, CLI, instance.clock(), revoke_tokens=False)
    return done.replacement.kid


def naming(token: str, kid: str, known: str) -> str:
    """Return a token that names another key."""
    header, rest = token.split(".", 1)
    text = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)).decode()
    return (
        base64.urlsafe_b64encode(text.replace(known, kid).encode()).decode().rstrip("=")
        + "."
        + rest
    )


def flood(worker: Authenticator, texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(InvalidToken):
            worker.authenticate(text, _USE)


def test_10000_garbage_tokens_ask_the_database_once_at_most(
    instance: Instance, client_app: ClientApp, worker: Authenticator, watched: Watched
) -> None:
    token = instance.tokens.issue(client_app.id, CLI)
    stranger = Kids(b"x" * 32)
    header, payload, _ = token.text.split(".")

    flood(worker, [f"{number}.{payload}.x" for number in range(4000)])
    flood(worker, [f"{header}.{payload}.{'A' * 82}{number:04}" for number in range(3000)])
    assert 0 == watched.asked
    flood(worker, [naming(token.text, stranger.make(), token.token.kid) for _ in range(3000)])

    assert 1 == watched.asked


def test_a_new_key_is_known_at_once_in_the_middle_of_a_flood(
    instance: Instance, client_app: ClientApp, worker: Authenticator, watched: Watched
) -> None:
    first = instance.tokens.issue(client_app.id, CLI)
    stranger = Kids(b"x" * 32)
    flood(worker, [naming(first.text, stranger.make(), first.token.kid) for _ in range(100)])

    for number in range(3):
        replace(instance)
        fresh = instance.tokens.issue(instance.new_app(f"App {number}").id, CLI)
        flood(worker, [naming(first.text, stranger.make(), first.token.kid) for _ in range(100)])
        assert worker.authenticate(fresh.text, _USE).token_id == fresh.token.jti

    assert worker.authenticate(first.text, _USE)
    # one for the flood, and for each token that came in its key (the first's was known) and its row
    assert 1 + 3 * 2 + 1 == watched.asked


def test_an_id_of_ours_without_a_key_is_looked_for_once(
    instance: Instance,
    client_app: ClientApp,
    worker: Authenticator,
    watched: Watched,
    clock: FakeClock,
) -> None:
    token = instance.tokens.issue(client_app.id, CLI)
    gone = open_rotation(instance.settings, instance.database).announce(CLI, clock()).kid
    replace(instance)
    forged = naming(token.text, gone, token.token.kid)

    flood(worker, [forged] * 1000)

    assert 2 == watched.asked  # at once, and once in ten seconds as any other


def test_made_up_ids_are_looked_for_once_in_ten_seconds(
    instance: Instance,
    client_app: ClientApp,
    worker: Authenticator,
    watched: Watched,
    clock: FakeClock,
) -> None:
    token = instance.tokens.issue(client_app.id, CLI)
    forged = naming(token.text, "provisor-none", token.token.kid)

    for _ in range(100):
        flood(worker, [forged])
        clock.advance(seconds=1)

    assert 10 == watched.asked


def test_a_key_whose_id_another_secret_marked_is_found_in_ten_seconds(
    instance: Instance, client_app: ClientApp, worker: Authenticator, clock: FakeClock
) -> None:
    """Of two servers that run, one may have been started after the secret was lost."""
    first = instance.tokens.issue(client_app.id, CLI)
    flood(worker, [naming(first.text, "provisor-none", first.token.kid)])
    with instance.database.write() as session:
        session.run("UPDATE root_secret SET kek_id = 'lost'")
    replace(instance)
    token = instance.tokens.issue(instance.new_app("Other").id, CLI)

    flood(worker, [token.text])
    clock.advance(seconds=10)

    assert worker.authenticate(token.text, _USE)


def test_threads_that_meet_unknown_keys_do_not_wait_for_each_other(
    instance: Instance, client_app: ClientApp
) -> None:
    """Each holds the baton and lays it down to ask: a lock held meanwhile would stop them all."""
    token = instance.tokens.issue(client_app.id, CLI)
    keyring, baton = instance.keyring, instance.database.baton
    stranger = Kids(b"x" * 32)
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        for _ in range(20):
            with baton:
                keyring.find_public(stranger.make())
                keyring.is_issuer("https://unknown.example")

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 30
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))

    assert not any(thread.is_alive() for thread in threads)
    assert instance.authenticator.authenticate(token.text, _USE)


def test_a_token_that_names_a_url_another_server_learned_is_ours_at_once(
    instance: Instance, client_app: ClientApp, worker: Authenticator, tmp_path: Path
) -> None:
    moved = open_instance(instance.database, instance.clock, tmp_path, "https://scim.example.com")

    token = moved.tokens.issue(client_app.id, CLI)

    assert worker.authenticate(token.text, _USE)


@pytest.mark.parametrize("kid", ["", "x", "provisor-", "provisor-\udc80", "é" * 30, "x" * 500])
def test_an_id_of_any_text_is_just_not_ours(instance: Instance, kid: str) -> None:
    assert instance.keyring.find_public(kid) is None
