"""Cursors alone: what they hold stays hidden, and nobody makes or changes one."""

import base64
import random
import re
import string
from dataclasses import replace

import pytest
from scim2_models import (
    ExpiredCursorException,
    InvalidCountException,
    InvalidCursorException,
)

from scim.query.cursors import Cursors, Position, Use
from tests.conftest import FakeClock

SECRET = bytes(range(32))
TIMEOUT = 600
USE = Use("tenant", "query", 10)
POSITION = Position(backwards=False, key="Özge 🦊", seq=2**62)

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
"""The characters of base64url, by their value."""


@pytest.fixture
def cursors(clock: FakeClock) -> Cursors:
    return Cursors(SECRET, clock, TIMEOUT)


def sealed_token(cursors: Cursors) -> bytes:
    cursor = cursors.seal(POSITION, USE)
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def to_text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


@pytest.mark.parametrize("key", [None, "", "a", "Özge 🦊", "x" * 512])
def test_what_was_sealed_is_opened(cursors: Cursors, key: str | None) -> None:
    for position in (Position(False, key, 7), Position(True, key, -1)):  # noqa: FBT003 - the field
        assert position == cursors.open(cursors.seal(position, USE), USE)


def test_another_server_with_the_secret_opens_it(cursors: Cursors, clock: FakeClock) -> None:
    other = Cursors(SECRET, clock, TIMEOUT)

    assert POSITION == other.open(cursors.seal(POSITION, USE), USE)


def test_a_server_with_another_secret_does_not(cursors: Cursors, clock: FakeClock) -> None:
    other = Cursors(SECRET[::-1], clock, TIMEOUT)

    with pytest.raises(InvalidCursorException):
        other.open(cursors.seal(POSITION, USE), USE)


def test_a_cursor_can_stand_in_a_url_as_it_is(cursors: Cursors) -> None:
    """RFC 9865 §2: unreserved characters only."""
    for _ in range(200):
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", cursors.seal(POSITION, USE))


def test_a_cursor_tells_nothing_of_the_key(cursors: Cursors) -> None:
    """Two of one position have nothing in common, and none holds the name."""
    first, second = sealed_token(cursors), sealed_token(cursors)

    assert "Özge".encode() not in first
    assert 4 > sum(a == b for a, b in zip(first[:32], second[:32], strict=True))


def test_the_longest_key_leaves_room_for_a_filter_in_a_url(cursors: Cursors) -> None:
    """The worst characters: a control character is six in JSON."""
    position = replace(POSITION, key="\x01" * 512)

    assert len(cursors.seal(position, USE)) < 4300


@pytest.mark.parametrize(
    "other",
    [
        replace(USE, tenant_id="other"),
        replace(USE, query="other"),
        replace(USE, tenant_id='tenant", "query', query=""),
        replace(USE, tenant_id="other", count=11),
    ],
)
def test_another_tenant_or_query_is_refused(cursors: Cursors, other: Use) -> None:
    with pytest.raises(InvalidCursorException):
        cursors.open(cursors.seal(POSITION, USE), other)


@pytest.mark.parametrize("count", [0, 1, 9, 11, 500])
def test_another_count_is_refused_by_its_own_name(cursors: Cursors, count: int) -> None:
    with pytest.raises(InvalidCountException):
        cursors.open(cursors.seal(POSITION, USE), replace(USE, count=count))


def test_a_cursor_is_good_until_its_timeout(cursors: Cursors, clock: FakeClock) -> None:
    cursor = cursors.seal(POSITION, USE)
    clock.advance(seconds=TIMEOUT)

    assert POSITION == cursors.open(cursor, USE)
    clock.advance(seconds=1)
    with pytest.raises(ExpiredCursorException):
        cursors.open(cursor, USE)


def test_a_clock_that_was_set_back_ends_no_cursor(cursors: Cursors, clock: FakeClock) -> None:
    cursor = cursors.seal(POSITION, USE)
    clock.advance(hours=-1)

    assert POSITION == cursors.open(cursor, USE)


def test_every_byte_counts(cursors: Cursors) -> None:
    token = sealed_token(cursors)

    for index in range(len(token)):
        for bit in (1, 128):
            changed = bytearray(token)
            changed[index] ^= bit
            with pytest.raises(InvalidCursorException):
                cursors.open(to_text(bytes(changed)), USE)
    for length in range(len(token)):
        with pytest.raises(InvalidCursorException):
            cursors.open(to_text(token[:length]), USE)


def test_no_mutation_of_a_cursor_is_accepted(cursors: Cursors) -> None:
    """Not even those that decode to the same bytes."""
    source = random.Random(9865)  # noqa: S311 - the same ones every time
    cursor = cursors.seal(POSITION, USE)
    characters = ALPHABET + ".~=+/ \n\0é"
    accepted = []

    for _ in range(2000):
        text = list(cursor)
        for _ in range(source.randint(1, 3)):
            index = source.randrange(len(text))
            match source.randrange(3):
                case 0:
                    text[index] = source.choice(characters)
                case 1:
                    text.insert(index, source.choice(characters))
                case _:
                    del text[index]
        mutated = "".join(text)
        try:
            cursors.open(mutated, USE)
        except InvalidCursorException:
            continue
        accepted.append(mutated)
    assert [] == [each for each in accepted if each != cursor]


@pytest.mark.parametrize(
    "text", ["x", "=", "~", "....", "AAAA", "A" * 200, "é", "\ud800", "VZUTiyhEQJ94IR", "A" * 8000]
)
def test_what_nobody_made_is_refused(cursors: Cursors, text: str) -> None:
    with pytest.raises(InvalidCursorException):
        cursors.open(text, USE)


@pytest.mark.parametrize("filling", ["~~~~", "....", "====", "    ", "\n"])
def test_nothing_may_stand_between_its_characters(cursors: Cursors, filling: str) -> None:
    cursor = cursors.seal(POSITION, USE)

    for index in range(len(cursor) + 1):
        with pytest.raises(InvalidCursorException):
            cursors.open(cursor[:index] + filling + cursor[index:], USE)


def test_the_bits_that_decoding_ignores_count_too(cursors: Cursors) -> None:
    """The last character of base64 may carry bits that stand for nothing."""
    keys = ("", "a", "aa")
    made = [cursors.seal(Position(backwards=False, key=key, seq=1), USE) for key in keys]
    with_spare_bits = [cursor for cursor in made if len(cursor) % 4]

    assert 2 == len(with_spare_bits)
    for cursor in with_spare_bits:
        last = ALPHABET.index(cursor[-1])
        for spare in (1, 2, 3):
            with pytest.raises(InvalidCursorException):
                cursors.open(cursor[:-1] + ALPHABET[last ^ spare], USE)
