"""Rotation, on every engine: two tokens for a while, never three, and never none by surprise."""

from datetime import timedelta
from typing import Any

import pytest

from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import NewToken, State, Use
from app.tokens.errors import (
    InvalidToken,
    RotationRunning,
    ScimDisabled,
    TokenActive,
    UnknownToken,
)
from scim.instant import from_text
from tests.conftest import FakeClock
from tests.instance import Instance
from tests.races import in_threads, together

_USE = Use("192.0.2.1", "a provider")


def rotated(instance: Instance, app: ClientApp) -> tuple[str, str]:
    """Return a token that was used, and the successor a rotation gave it."""
    old = instance.tokens.issue(app.id, CLI, NewToken("Okta", "scim:users", "192.0.2.0/24")).text
    instance.authenticator.authenticate(old, _USE)
    return old, instance.tokens.rotate(app.id, CLI).text


def is_let_in(instance: Instance, token: str) -> bool:
    try:
        instance.authenticator.authenticate(token, _USE)
    except InvalidToken:
        return False
    return True


def actions(instance: Instance) -> list[str]:
    with instance.database.read() as session:
        rows = session.all("SELECT action FROM audit WHERE object_type = 'token' ORDER BY seq")
    return [row["action"] for row in rows]


def test_both_tokens_work_and_the_successor_is_like_the_old_one(
    instance: Instance, client_app: ClientApp
) -> None:
    old, new = rotated(instance, client_app)

    assert is_let_in(instance, old)
    assert is_let_in(instance, new)
    successor, predecessor = instance.tokens.list(client_app.id)
    assert predecessor.jti == successor.successor_of
    assert ("Okta", "scim:users", "192.0.2.0/24") == (
        successor.label,
        successor.scope,
        successor.ip_allow,
    )


def test_the_old_token_ends_a_day_after_the_first_use_of_the_new_one(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    old, new = rotated(instance, client_app)

    clock.advance(days=2)
    assert is_let_in(instance, new)
    clock.advance(hours=24, seconds=-1)
    assert is_let_in(instance, old)
    clock.advance(seconds=1)

    with pytest.raises(InvalidToken, match=r"superseded on 2026-11-27T12:00:00"):
        instance.authenticator.authenticate(old, _USE)
    assert is_let_in(instance, new)
    assert State.SUPERSEDED == instance.tokens.list(client_app.id)[1].state(clock())


def test_without_a_first_use_the_old_token_ends_at_the_deadline(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    old, _ = rotated(instance, client_app)

    clock.advance(days=7, seconds=-1)
    assert is_let_in(instance, old)
    clock.advance(seconds=1)

    assert not is_let_in(instance, old)


def test_a_first_use_near_the_deadline_does_not_move_it(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    old, new = rotated(instance, client_app)

    clock.advance(days=6, hours=23)
    assert is_let_in(instance, new)
    clock.advance(hours=1)

    assert not is_let_in(instance, old)


def test_there_are_never_three(instance: Instance, client_app: ClientApp, clock: FakeClock) -> None:
    _, new = rotated(instance, client_app)

    with pytest.raises(RotationRunning):
        instance.tokens.rotate(client_app.id, CLI)
    with pytest.raises(TokenActive):
        instance.tokens.issue(client_app.id, CLI)
    is_let_in(instance, new)
    clock.advance(hours=24)

    assert is_let_in(instance, instance.tokens.rotate(client_app.id, CLI).text)


def test_a_successor_that_was_never_used_is_taken_back_by_revoking_it(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    old, new = rotated(instance, client_app)

    instance.tokens.revoke(client_app.id, instance.tokens.list(client_app.id)[0].jti, CLI)
    clock.advance(days=30)

    assert is_let_in(instance, old)
    assert not is_let_in(instance, new)
    assert instance.tokens.rotate(client_app.id, CLI)


def test_revoking_a_successor_that_was_used_lets_the_old_token_end_all_the_same(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    old, new = rotated(instance, client_app)
    is_let_in(instance, new)

    instance.tokens.revoke(client_app.id, instance.tokens.list(client_app.id)[0].jti, CLI)
    clock.advance(hours=24)

    assert not is_let_in(instance, old)


def test_a_token_in_its_grace_is_not_given_more_time_by_another_rotation(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    old, new = rotated(instance, client_app)
    is_let_in(instance, new)
    instance.tokens.revoke(client_app.id, instance.tokens.list(client_app.id)[0].jti, CLI)

    instance.tokens.rotate(client_app.id, CLI)
    clock.advance(hours=24)

    assert not is_let_in(instance, old)


def test_all_of_an_app_are_revoked_at_once(instance: Instance, client_app: ClientApp) -> None:
    old, new = rotated(instance, client_app)

    assert 2 == instance.tokens.revoke_all(client_app.id, CLI)

    assert not is_let_in(instance, old)
    assert not is_let_in(instance, new)


def test_only_a_token_that_is_alive_is_rotated(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    with pytest.raises(UnknownToken):
        instance.tokens.rotate(client_app.id, CLI)
    instance.tokens.issue(client_app.id, CLI)
    instance.client_apps.disable_scim(client_app.id, CLI)
    with pytest.raises(ScimDisabled):
        instance.tokens.rotate(client_app.id, CLI)
    clock.advance(days=91)
    instance.client_apps.enable_scim(client_app.id, CLI)
    with pytest.raises(UnknownToken):
        instance.tokens.rotate(client_app.id, CLI)

    assert 1 == len(instance.tokens.list(client_app.id))


def test_an_old_token_that_is_used_on_outlives_neither_end(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    """Its idle end moves on with every use; the end of the rotation does not."""
    old, _ = rotated(instance, client_app)

    for _ in range(14):
        assert is_let_in(instance, old)
        clock.advance(hours=12)

    assert not is_let_in(instance, old)
    predecessor = instance.tokens.list(client_app.id)[1]
    assert from_text(predecessor.idle_expires_at) > clock() + timedelta(days=80)


def test_every_step_of_a_rotation_is_in_the_audit_log(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    _, new = rotated(instance, client_app)
    is_let_in(instance, new)
    clock.advance(days=70)
    is_let_in(instance, new)

    assert [
        "token.issue", "token.new-network", "token.first-use",
        "token.issue", "token.rotate",
        "token.first-use", "token.succeed",
        "token.renew",
    ] == actions(instance)  # fmt: skip


def test_of_eight_who_rotate_at_once_exactly_one_wins(instance: Instance) -> None:
    for number in range(5):
        app = instance.new_app(f"App {number}")
        instance.tokens.issue(app.id, CLI)

        def rotate(app_id: str = app.id) -> str | None:
            try:
                return instance.tokens.rotate(app_id, CLI).text
            except RotationRunning:
                return None

        assert 1 == len([text for text in in_threads(8, rotate) if text])
        assert 2 == len(instance.tokens.list(app.id))


def test_a_first_use_that_races_a_revocation_ends_in_one_of_two_ways(instance: Instance) -> None:
    """Either nobody used the successor and the old token lives on, or it has its end."""
    for number in range(10):
        app = instance.new_app(f"App {number}")
        _, new = rotated(instance, app)
        jti = instance.tokens.list(app.id)[0].jti

        def use(text: str = new) -> Any:
            return is_let_in(instance, text)

        def revoke(app_id: str = app.id, jti: str = jti) -> Any:
            instance.tokens.revoke(app_id, jti, CLI)

        together(use, revoke, use)

        successor, predecessor = instance.tokens.list(app.id)
        assert State.REVOKED == successor.status
        assert (successor.first_used_at is None) == (predecessor.ends_at is None)
