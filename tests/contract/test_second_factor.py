"""The second factor at the sign-in: each code once, and what helps where it is lost."""

from functools import partial

import pyotp
import pytest

from app.admins import Admin
from app.admins.errors import SecondFactorError, SignInExpired, WrongCode, WrongPassword
from app.admins.origin import Origin
from app.admins.recovery import COUNT
from app.admins.second_factor import SecondFactors
from app.admins.sign_in import SecondStep
from app.admins.throttle import Throttled
from app.audit import Actor
from scim.storage import Database
from tests.admins import PASSWORD
from tests.conftest import FakeClock
from tests.contract.access import STRANGER, Door, open_door, quick_admin
from tests.races import in_threads

ACTOR = Actor("admin:ada")


@pytest.fixture
def door(database: Database, clock: FakeClock) -> Door:
    return open_door(database, clock)


@pytest.fixture
def ada(door: Door, clock: FakeClock) -> Admin:
    return quick_admin(door, clock)


@pytest.fixture
def phone(door: Door, ada: Admin) -> pyotp.TOTP:
    """Ada's authenticator app, which is not confirmed yet."""
    return pyotp.TOTP(door.second_factors.begin(ada).key)


@pytest.fixture
def codes(door: Door, ada: Admin, phone: pyotp.TOTP, clock: FakeClock) -> tuple[str, ...]:
    """Her recovery codes; the second factor is on."""
    codes = door.second_factors.confirm(ada, phone.at(clock()), ACTOR)
    clock.advance(seconds=30)
    return codes


def half(door: Door, ada: Admin) -> str:
    step = door.sign_in.begin(ada.email, PASSWORD, STRANGER)
    assert isinstance(step, SecondStep)
    return step.secret


def test_a_key_counts_for_nothing_until_a_code_confirms_it(
    door: Door, ada: Admin, phone: pyotp.TOTP, clock: FakeClock
) -> None:
    assert not door.second_factors.is_on(ada.id)
    assert door.sign_in.begin(ada.email, PASSWORD, STRANGER) == ada
    with pytest.raises(WrongCode):
        door.second_factors.confirm(ada, "000000", ACTOR)
    with pytest.raises(WrongCode):
        door.second_factors.use(ada, phone.at(clock()), ACTOR)

    assert door.second_factors.begun(ada).key == phone.secret
    assert len(door.second_factors.confirm(ada, f" {phone.at(clock())} ", ACTOR)) == COUNT

    assert door.second_factors.is_on(ada.id)
    for again in (
        lambda: door.second_factors.begin(ada),
        lambda: door.second_factors.begun(ada),
        lambda: door.second_factors.confirm(ada, phone.at(clock()), ACTOR),
    ):
        with pytest.raises(SecondFactorError):
            again()


def test_beginning_again_replaces_the_key(
    door: Door, ada: Admin, phone: pyotp.TOTP, clock: FakeClock
) -> None:
    door.second_factors.begin(ada)

    with pytest.raises(WrongCode):
        door.second_factors.confirm(ada, phone.at(clock()), ACTOR)


def test_the_uri_names_product_and_admin(door: Door, ada: Admin) -> None:
    uri = door.second_factors.begin(ada).uri

    assert uri.startswith("otpauth://totp/Provisor:ada%40example.com?secret=")


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_code_signs_in_once(
    door: Door, ada: Admin, phone: pyotp.TOTP, codes: tuple[str, ...], clock: FakeClock, drift: int
) -> None:
    del codes  # not asked for
    clock.advance(seconds=30)
    code = phone.at(int(clock().timestamp()) + drift)

    assert door.sign_in.finish(half(door, ada), code, STRANGER) == ada

    with pytest.raises(WrongCode):
        door.sign_in.finish(half(door, ada), code, STRANGER)


def test_an_older_code_is_no_good_once_a_later_one_was_used(
    door: Door, ada: Admin, phone: pyotp.TOTP, codes: tuple[str, ...], clock: FakeClock
) -> None:
    del codes
    clock.advance(seconds=30)
    former, present = (phone.at(int(clock().timestamp()) - back) for back in (30, 0))
    door.sign_in.finish(half(door, ada), present, STRANGER)

    with pytest.raises(WrongCode):
        door.sign_in.finish(half(door, ada), former, STRANGER)


@pytest.mark.parametrize("code", ["", "000000", "\0", "\ud800", "١٢٣٤٥٦", "x" * 9999])
def test_another_code_is_wrong(door: Door, ada: Admin, codes: tuple[str, ...], code: str) -> None:
    del codes
    with pytest.raises(WrongCode):
        door.sign_in.finish(half(door, ada), code, STRANGER)


@pytest.mark.parametrize("drift", [-60, 60])
def test_a_code_of_another_minute_is_wrong(
    door: Door, ada: Admin, phone: pyotp.TOTP, codes: tuple[str, ...], clock: FakeClock, drift: int
) -> None:
    del codes
    clock.advance(minutes=5)
    with pytest.raises(WrongCode):
        door.sign_in.finish(half(door, ada), phone.at(int(clock().timestamp()) + drift), STRANGER)


def test_of_several_who_send_one_code_at_once_one_is_let_in(
    door: Door, ada: Admin, phone: pyotp.TOTP, codes: tuple[str, ...], clock: FakeClock
) -> None:
    del codes

    def use(code: str) -> bool:
        try:
            door.second_factors.use(ada, code, ACTOR)
        except WrongCode:
            return False
        return True

    assert in_threads(4, partial(use, phone.at(clock()))).count(True) == 1


def test_the_second_step_has_five_minutes_and_works_once(
    door: Door, ada: Admin, codes: tuple[str, ...], clock: FakeClock
) -> None:
    late = half(door, ada)
    clock.advance(minutes=5)
    done = half(door, ada)
    door.sign_in.finish(done, codes[0], STRANGER)

    for secret in (late, done, "guess", ""):
        with pytest.raises(SignInExpired):
            door.sign_in.finish(secret, codes[1], STRANGER)
    door.sign_in.sweep()
    with door.database.read() as session:
        assert [] == session.all("SELECT * FROM half_sign_in")


def test_who_is_disabled_between_the_steps_is_not_let_in(
    door: Door, ada: Admin, codes: tuple[str, ...]
) -> None:
    secret = half(door, ada)
    door.admins.disable(ada.id, ACTOR)

    with pytest.raises(SignInExpired):
        door.sign_in.finish(secret, codes[0], STRANGER)


def test_each_recovery_code_signs_in_once(door: Door, ada: Admin, codes: tuple[str, ...]) -> None:
    for typed in (codes[0], codes[1].upper().replace("-", " ")):
        assert door.sign_in.finish(half(door, ada), typed, STRANGER) == ada
        with pytest.raises(WrongCode):
            door.second_factors.use(ada, typed, ACTOR)

    assert door.second_factors.codes_left(ada.id) == COUNT - 2
    fresh = door.second_factors.renew_codes(ada.id, ACTOR)
    assert door.second_factors.codes_left(ada.id) == COUNT
    with pytest.raises(WrongCode):
        door.second_factors.use(ada, codes[2], ACTOR)
    door.second_factors.use(ada, fresh[0], ACTOR)


def test_codes_are_guessed_as_slowly_as_passwords(
    door: Door, ada: Admin, codes: tuple[str, ...]
) -> None:
    secret = half(door, ada)
    for _ in range(2):
        with pytest.raises(WrongCode):
            door.sign_in.finish(secret, "000000", STRANGER)

    with pytest.raises(Throttled):
        door.sign_in.finish(secret, codes[0], STRANGER)


def test_who_is_signed_in_proves_it_by_the_factor_they_hold(
    door: Door, ada: Admin, phone: pyotp.TOTP, clock: FakeClock
) -> None:
    door.sign_in.prove(ada, PASSWORD, STRANGER)
    with pytest.raises(WrongPassword):
        door.sign_in.prove(ada, "guess", STRANGER)
    door.second_factors.confirm(ada, phone.at(clock()), ACTOR)
    clock.advance(seconds=30)

    with pytest.raises(WrongCode):
        door.sign_in.prove(ada, PASSWORD, Origin("192.0.2.2"))
    door.sign_in.prove(ada, phone.at(clock()), Origin("192.0.2.2"))


def test_turned_off_the_password_is_enough_again(
    door: Door, ada: Admin, codes: tuple[str, ...]
) -> None:
    for _ in range(2):
        door.second_factors.turn_off(ada.id, ACTOR)

    assert door.sign_in.begin(ada.email, PASSWORD, STRANGER) == ada
    with pytest.raises(WrongCode):
        door.second_factors.use(ada, codes[0], ACTOR)
    with pytest.raises(SecondFactorError):
        door.second_factors.renew_codes(ada.id, ACTOR)
    with door.database.read() as session:
        rows = session.all("SELECT action FROM audit WHERE object_type = 'admin' ORDER BY seq")
    actions = [row["action"] for row in rows]
    assert [each for each in actions if each.startswith("second-factor")] == [
        "second-factor.turn-on",
        "second-factor.turn-off",
    ]


def test_neither_key_nor_codes_stand_in_the_database(
    door: Door, ada: Admin, phone: pyotp.TOTP, codes: tuple[str, ...]
) -> None:
    del ada
    with door.database.read() as session:
        rows = [
            tuple(row)
            for table in ("second_factor", "recovery_code", "audit")
            for row in session.all(f"SELECT * FROM {table}")  # noqa: S608 - a name of ours
        ]
    for secret in (phone.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in str(rows)


def test_where_the_root_secret_was_lost_recovery_codes_still_work(
    door: Door, ada: Admin, phone: pyotp.TOTP, codes: tuple[str, ...], clock: FakeClock
) -> None:
    other = SecondFactors(door.database, clock, b"z" * 32)

    with pytest.raises(WrongCode):
        other.use(ada, phone.at(clock()), ACTOR)
    other.use(ada, codes[0], ACTOR)
