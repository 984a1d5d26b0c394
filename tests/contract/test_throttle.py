"""How often somebody may guess: exactly, by every engine and however many workers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.admins import Admin
from app.admins.errors import WrongPassword
from app.admins.origin import Origin
from app.admins.throttle import MOST_ATTEMPTS, PER_MINUTE, PER_NETWORK, Throttled
from scim.storage import Database, open_database
from tests.admins import PASSWORD
from tests.conftest import FakeClock
from tests.contract.access import STRANGER, Door, open_door, quick_admin
from tests.races import together
from tests.sizes import size


@pytest.fixture
def door(database: Database, clock: FakeClock) -> Door:
    return open_door(database, clock)


@pytest.fixture
def ada(door: Door, clock: FakeClock) -> Admin:
    return quick_admin(door, clock)


def waiting(door: Door, email: str, origin: Origin = STRANGER) -> int | None:
    """Return the seconds to wait, or 0 if there is an attempt to spend."""
    try:
        door.throttle.admit(email, origin)
    except Throttled as throttled:
        return throttled.seconds
    return 0


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "", "\0", "\ud800"])
def test_after_three_failures_in_a_row_there_is_longer_and_longer_to_wait(
    door: Door, ada: Admin, clock: FakeClock, email: str
) -> None:
    """Alike for who exists and who does not."""
    del ada  # who exists
    waits = []
    for _ in range(8):
        assert waiting(door, email) == 0
        waits.append(waiting(door, email) if len(waits) >= 2 else 0)
        clock.advance(seconds=waits[-1] or 0)

    assert waits == [0, 0, 1, 3, 5, 10, 10, 10]


def test_who_has_to_wait_is_not_let_in_with_the_right_password(
    door: Door, ada: Admin, clock: FakeClock
) -> None:
    for _ in range(3):
        with pytest.raises(WrongPassword):
            door.sign_in.begin(ada.email, "guess", STRANGER)

    with pytest.raises(Throttled, match="Wait 1 second and"):
        door.sign_in.begin(ada.email, PASSWORD, STRANGER)

    clock.advance(seconds=1)
    assert door.sign_in.begin(ada.email.upper(), PASSWORD, STRANGER) == ada


def test_a_success_begins_anew(door: Door, ada: Admin) -> None:
    for _ in range(10):
        for _ in range(2):
            with pytest.raises(WrongPassword):
                door.sign_in.begin(ada.email, "guess", STRANGER)
        assert door.sign_in.begin(ada.email, PASSWORD, STRANGER) == ada


def test_after_a_hundred_failures_no_stranger_is_let_in(
    door: Door, ada: Admin, clock: FakeClock
) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert waiting(door, ada.email) == 0
        clock.advance(seconds=10)

    clock.advance(days=365)
    door.throttle.sweep()
    assert waiting(door, ada.email) is None
    with pytest.raises(Throttled, match="reset link"):
        door.sign_in.begin(ada.email, PASSWORD, STRANGER)
    with door.database.write() as session:
        door.throttle.forget(session, ada.email)
    assert door.sign_in.begin(ada.email, PASSWORD, STRANGER) == ada


def test_strangers_shut_nobody_out_who_signed_in_before(
    door: Door, ada: Admin, clock: FakeClock
) -> None:
    eve = quick_admin(door, clock, "eve")
    device = door.devices.remember(ada.id, None)
    theirs = door.devices.remember(eve.id, None)
    for _ in range(MOST_ATTEMPTS):
        waiting(door, ada.email)
        clock.advance(seconds=10)

    assert waiting(door, ada.email, Origin("192.0.2.1", device)) == 0
    for other in (theirs, "guess", "", None):
        assert waiting(door, ada.email, Origin("203.0.113.9", other)) is None
    clock.advance(days=90)
    assert waiting(door, ada.email, Origin("192.0.2.1", device)) is None
    door.devices.sweep()
    assert door.devices.remember(ada.id, device) != device


def test_a_known_device_guesses_no_more_than_a_stranger(
    door: Door, ada: Admin, clock: FakeClock
) -> None:
    device = Origin("192.0.2.1", door.devices.remember(ada.id, None))
    for _ in range(MOST_ATTEMPTS):
        assert waiting(door, ada.email, device) == 0
        clock.advance(seconds=10)

    assert waiting(door, ada.email, device) is None
    assert waiting(door, ada.email) == 0


def test_a_device_stays_known_by_being_used_and_is_never_one_that_was_planted(
    door: Door, ada: Admin, clock: FakeClock
) -> None:
    device = door.devices.remember(ada.id, None)
    clock.advance(days=80)
    assert door.devices.remember(ada.id, device) == device
    clock.advance(days=80)
    assert door.devices.remember(ada.id, device) == device
    eve = quick_admin(door, clock, "eve")
    assert door.devices.remember(eve.id, device) != device


@pytest.mark.parametrize(
    ("addresses", "stranger"),
    [
        (["192.0.2.1", "::ffff:192.0.2.1"], "192.0.2.2"),
        (["2001:db8::1", "2001:db8::ffff:1%eth0"], "2001:db8:0:1::1"),
        ([None, "nonsense"], "192.0.2.2"),
    ],
)
def test_a_network_guesses_thirty_times_a_minute(
    door: Door, clock: FakeClock, addresses: list[str | None], stranger: str
) -> None:
    clock.advance(seconds=20)
    for turn in range(PER_NETWORK):
        assert waiting(door, f"{turn}@example.com", Origin(addresses[turn % 2])) == 0

    assert waiting(door, "one@example.com", Origin(addresses[0])) == 40
    assert waiting(door, "one@example.com", Origin(stranger)) == 0
    clock.advance(seconds=40)
    assert waiting(door, "one@example.com", Origin(addresses[0])) == 0


def test_all_strangers_together_have_a_bound(door: Door, ada: Admin) -> None:
    device = door.devices.remember(ada.id, None)
    for turn in range(PER_MINUTE):
        assert (
            waiting(door, f"{turn}@example.com", Origin(f"192.0.{turn // 200}.{turn % 200}")) == 0
        )

    assert waiting(door, "one@example.com", Origin("203.0.113.1")) == 60
    assert waiting(door, ada.email, Origin("203.0.113.1", device)) == 0


def test_what_is_long_ago_is_forgotten(door: Door, clock: FakeClock) -> None:
    waiting(door, "ada@example.com")
    clock.advance(days=30)

    door.throttle.sweep()

    with door.database.read() as session:
        for table in ("sign_in_attempts", "sign_in_minute"):
            assert [] == session.all(f"SELECT * FROM {table}")  # noqa: S608 - a name of ours


def test_who_is_tried_stands_in_no_row(door: Door) -> None:
    """People type their password where the e-mail address belongs."""
    waiting(door, "hunter2hunter2@example.com")

    with door.database.read() as session:
        rows = [tuple(row) for row in session.all("SELECT * FROM sign_in_attempts")]
    assert "hunter2" not in str(rows)


class HastyClock:
    """A clock by which everybody who asks has waited long enough since the last one asked."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._moment += timedelta(seconds=11)
            return self._moment


@pytest.fixture
def workers(door: Door, database_where: str | Path, clock: FakeClock) -> Iterator[list[Door]]:
    """Four workers, each with its own connections."""
    del door  # which made the tables
    hasty = HastyClock(clock())
    with ExitStack() as closing:
        databases = [open_database(database_where) for _ in range(4)]
        for each in databases:
            closing.callback(each.close)
        yield [open_door(each, hasty) for each in databases]


@pytest.mark.sized
def test_of_a_thousand_guesses_at_four_workers_a_hundred_are_evaluated(
    workers: list[Door], ada: Admin, figure: Callable[[str], None]
) -> None:
    guesses = size(400, 1000)
    addresses = iter(range(10_000))

    def guess(worker: Door) -> int:
        evaluated = 0
        for _ in range(guesses // 4):
            number = next(addresses)
            try:
                worker.sign_in.begin(
                    ada.email, "guess", Origin(f"10.0.{number // 250}.{number % 250}")
                )
            except WrongPassword:
                evaluated += 1
            except Throttled:
                continue
        return evaluated

    evaluated = sum(together(*(lambda worker=worker: guess(worker) for worker in workers)))

    figure(f"{guesses} guesses at 4 workers: {evaluated} evaluated")
    assert MOST_ATTEMPTS // 2 < evaluated <= MOST_ATTEMPTS
