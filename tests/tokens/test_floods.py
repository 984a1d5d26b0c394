"""A flood of garbage never reaches the database; made-up key ids do once an interval."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from app.audit import CLI
from app.tokens import Use
from app.tokens.errors import InvalidToken
from scim.storage import Database
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance
from tests.sizes import size
from tests.tokens.counting import CountingDatabase
from tests.tokens.mutations import encoded

_INTERVAL = 10
"""Seconds in which made-up key ids cost one look at the database."""

_KINDS = 5


@pytest.fixture
def counting(database: Database) -> CountingDatabase:
    return CountingDatabase(database)


@pytest.fixture
def instance(counting: CountingDatabase, clock: FakeClock, tmp_path: Path) -> Instance:
    return open_instance(counting, clock, tmp_path)


@pytest.fixture
def token(instance: Instance) -> str:
    return instance.tokens.issue(instance.new_app().id, CLI).text


def garbage(token: str, count: int, random: Random) -> Iterator[str]:
    """Return texts that anybody can send: noise, and what has the shape of a token."""
    header, claims, _ = token.split(".")
    unsigned = encoded(json.dumps({"alg": "none", "typ": "at+jwt"}).encode())
    for number in range(count):
        noise = random.randbytes(64)
        yield (
            noise.decode("latin-1"),
            f"{encoded(noise)}.{encoded(noise)}.{encoded(noise)}",
            f"{unsigned}.{encoded(noise)}.{encoded(noise)}",
            f"{header}.{claims}.{encoded(noise)}",
            f"{header}.{encoded(json.dumps({'jti': noise.hex()}).encode())}.{encoded(noise)}",
        )[number % _KINDS]


def with_made_up_kid(token: str, random: Random) -> str:
    _, claims, signature = token.split(".")
    kid = f"provisor-{random.randbytes(4).hex()}"
    header = json.dumps({"alg": "ES256", "kid": kid, "typ": "at+jwt"})
    return f"{encoded(header.encode())}.{claims}.{signature}"


def asked_by(instance: Instance, counting: CountingDatabase, texts: Iterator[str]) -> int:
    """Return how often texts that must not be let in make the database work."""
    before = counting.asked
    for text in texts:
        with pytest.raises(InvalidToken, match="not valid"):
            instance.authenticator.authenticate(text, Use("192.0.2.1"))
    return counting.asked - before


@pytest.mark.sized
def test_garbage_makes_no_work_for_the_database(
    instance: Instance, counting: CountingDatabase, token: str, figure: Callable[[str], None]
) -> None:
    count = size(2_000, 10_000)
    texts = garbage(token, count, Random(1))  # noqa: S311 - the same in every run

    asked = asked_by(instance, counting, texts)

    assert 0 == asked
    instance.authenticator.authenticate(token, Use("192.0.2.1"))
    assert counting.asked  # it counts
    figure(f"garbage: {count} tokens, {asked} queries")


@pytest.mark.sized
def test_made_up_key_ids_cost_one_look_an_interval(
    instance: Instance,
    counting: CountingDatabase,
    token: str,
    clock: FakeClock,
    figure: Callable[[str], None],
) -> None:
    random = Random(1)  # noqa: S311 - the same in every run
    intervals, count = 5, size(200, 2_000)
    looks = 0

    for _ in range(intervals):
        clock.advance(seconds=_INTERVAL)
        texts = (with_made_up_kid(token, random) for _ in range(count))
        looks += asked_by(instance, counting, texts)

    clock.advance(seconds=_INTERVAL - 1)
    assert intervals == looks
    assert 0 == asked_by(instance, counting, iter([with_made_up_kid(token, random)]))
    figure(f"made-up key ids: {intervals * count} tokens in {intervals} intervals, {looks} looks")
