import hashlib

import pytest

from app.admins import Admin
from app.audit import Actor
from app.migrations import MIGRATIONS as APP
from app.sessions import Sessions, session_id
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database
from tests.admins import add_admin
from tests.conftest import FakeClock


@pytest.fixture
def admin(database: Database, clock: FakeClock) -> Admin:
    database.migrate((*DIRECTORY, *APP))
    return add_admin(database, clock, "ada")


@pytest.fixture
def sessions(database: Database, clock: FakeClock) -> Sessions:
    return Sessions(database, clock)


def test_the_secret_of_a_session_finds_its_admin(sessions: Sessions, admin: Admin) -> None:
    secret = sessions.start(admin.id)

    assert admin == sessions.find(secret)


def test_a_page_that_updates_itself_keeps_no_session_alive(
    sessions: Sessions, admin: Admin, clock: FakeClock
) -> None:
    secret = sessions.start(admin.id)

    for _ in range(29):
        clock.advance(minutes=1)
        assert admin == sessions.peek(secret)
    clock.advance(minutes=1)

    assert sessions.peek(secret) is None


@pytest.mark.parametrize("secret", ["", "guess", "\x00", "é" * 5000])
def test_another_secret_finds_nobody(sessions: Sessions, admin: Admin, secret: str) -> None:
    sessions.start(admin.id)

    assert sessions.find(secret) is None


def test_every_session_has_a_secret_of_its_own(sessions: Sessions, admin: Admin) -> None:
    first, second = sessions.start(admin.id), sessions.start(admin.id)

    assert first != second
    assert len(first) == 43  # 256 bits in base64url


def test_only_the_fingerprint_of_a_secret_is_kept(
    sessions: Sessions, admin: Admin, database: Database
) -> None:
    secret = sessions.start(admin.id)

    with database.read() as session:
        [row] = session.all("SELECT secret_sha256 FROM console_session")
    assert hashlib.sha256(secret.encode()).hexdigest() == row["secret_sha256"]


def test_a_session_that_is_ended_is_over(sessions: Sessions, admin: Admin) -> None:
    ended, other = sessions.start(admin.id), sessions.start(admin.id)

    sessions.end(ended)

    assert sessions.find(ended) is None
    assert admin == sessions.find(other)


def test_ending_what_is_over_changes_nothing(
    sessions: Sessions, admin: Admin, database: Database
) -> None:
    secret = sessions.start(admin.id)
    sessions.end(secret)

    sessions.end(secret)

    with database.read() as session:
        actions = [line["action"] for line in session.all("SELECT action FROM audit ORDER BY seq")]
    assert actions == ["admin.create", "session.start", "session.end"]


def test_signing_in_and_out_is_audited_with_the_address(
    sessions: Sessions, admin: Admin, database: Database
) -> None:
    sessions.end(sessions.start(admin.id, "192.0.2.1"), "192.0.2.2")

    with database.read() as session:
        lines = session.all("SELECT * FROM audit WHERE object_id = ? ORDER BY seq", (admin.id,))
    assert [
        ("admin.create", "cli", None),
        ("session.start", f"admin:{admin.id}", "192.0.2.1"),
        ("session.end", f"admin:{admin.id}", "192.0.2.2"),
    ] == [(line["action"], line["actor"], line["address"]) for line in lines]


def test_a_session_without_requests_ends_after_half_an_hour(
    sessions: Sessions, admin: Admin, clock: FakeClock
) -> None:
    secret = sessions.start(admin.id)

    clock.advance(minutes=30)

    assert sessions.find(secret) is None


def test_requests_keep_a_session_alive_for_twelve_hours_and_no_longer(
    sessions: Sessions, admin: Admin, clock: FakeClock
) -> None:
    secret = sessions.start(admin.id)

    for _ in range(12 * 60 // 29):
        clock.advance(minutes=29)
        assert admin == sessions.find(secret)
    clock.advance(minutes=29)

    assert sessions.find(secret) is None


def test_the_last_request_is_noted_at_most_once_a_minute(
    sessions: Sessions, admin: Admin, clock: FakeClock, database: Database
) -> None:
    def seen() -> str:
        with database.read() as session:
            [row] = session.all("SELECT last_seen_at FROM console_session")
        return str(row["last_seen_at"])

    secret = sessions.start(admin.id)
    clock.advance(seconds=59)
    sessions.find(secret)
    assert seen() == "2026-11-24T12:00:00.000000Z"

    clock.advance(seconds=1)
    sessions.find(secret)
    assert seen() == "2026-11-24T12:01:00.000000Z"


def test_sessions_that_are_over_are_swept_at_the_next_sign_in(
    sessions: Sessions, admin: Admin, clock: FakeClock, database: Database
) -> None:
    sessions.start(admin.id)
    clock.advance(minutes=31)

    sessions.start(admin.id)

    with database.read() as session:
        assert len(session.all("SELECT 1 FROM console_session")) == 1


def test_a_session_is_fresh_for_ten_minutes(
    sessions: Sessions, admin: Admin, clock: FakeClock
) -> None:
    secret = sessions.start(admin.id)

    clock.advance(minutes=10, microseconds=-1)
    assert sessions.is_fresh(secret)
    clock.advance(microseconds=1)
    assert not sessions.is_fresh(secret)
    assert not sessions.is_fresh("guess")


def test_a_session_that_is_renewed_is_fresh_and_has_another_secret(
    sessions: Sessions, admin: Admin, clock: FakeClock
) -> None:
    former = sessions.start(admin.id)
    clock.advance(minutes=20)

    renewed = sessions.renew(former)

    assert renewed is not None
    assert sessions.find(former) is None
    assert sessions.renew(former) is None
    assert not sessions.is_fresh(former)
    assert sessions.find(renewed) == admin
    assert sessions.is_fresh(renewed)


def test_renewing_prolongs_no_session(sessions: Sessions, admin: Admin, clock: FakeClock) -> None:
    secret: str | None = sessions.start(admin.id)

    for _ in range(12 * 60 // 20):
        assert secret is not None
        clock.advance(minutes=20)
        sessions.find(secret)
        secret = sessions.renew(secret)

    assert secret is not None
    assert sessions.find(secret) is None


def test_an_admin_sees_their_sessions_and_ends_them(
    sessions: Sessions, admin: Admin, clock: FakeClock, database: Database
) -> None:
    stranger = sessions.start(add_admin(database, clock, "eve").id)
    mine = sessions.start(admin.id, "192.0.2.1", "Firefox\n" + "x" * 999)
    clock.advance(seconds=1)
    phone, desk = (sessions.start(admin.id, address) for address in ("192.0.2.2", "192.0.2.3"))
    actor = Actor(f"admin:{admin.id}")

    listed = sessions.of(admin.id)
    assert listed[-1].id == session_id(mine)
    assert (listed[-1].address, listed[-1].agent) == ("192.0.2.1", "Firefox" + "x" * 193)
    assert not sessions.end_one(admin.id, session_id(stranger), actor)
    assert not sessions.end_one(admin.id, "", actor)
    assert sessions.end_one(admin.id, session_id(phone), actor)
    assert sessions.find(phone) is None
    assert sessions.end_others(admin.id, mine, actor) == 1
    assert sessions.end_others(admin.id, mine, actor) == 0

    assert sessions.find(desk) is None
    assert sessions.find(mine) == admin
    assert sessions.find(stranger) is not None
