"""The state of an app: each rule, at its border and beyond."""

from datetime import UTC, datetime, timedelta

import pytest

from app.app_state import AppState, Signs, Thresholds, next_end_of, state_of
from app.settings import Settings
from app.tokens import Token
from app.watch.notices import Kind
from scim.instant import to_text

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def moment(**ahead: float) -> str:
    return to_text(NOW + timedelta(**ahead))


def signs(**said: object) -> Signs:
    """Return the signs of an app that does well, but for what is said."""
    usual: dict[str, object] = {
        "scim_enabled": True,
        "has_credential": True,
        "requests": 100,
        "failed": 0,
        "last_at": moment(minutes=-1),
        "next_end": (Kind.IDLE_END, moment(days=90)),
    }
    return Signs(**usual | said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, "Healthy"),
        ({"failed": 20}, "Healthy"),
        ({"failed": 21}, "Failing"),
        ({"requests": 4, "failed": 4}, "Healthy"),
        ({"requests": 5, "failed": 1}, "Healthy"),
        ({"requests": 5, "failed": 2}, "Failing"),
        ({"requests": 0}, "Healthy"),
        ({"last_at": moment(hours=-24, seconds=1)}, "Healthy"),
        ({"last_at": moment(hours=-24)}, "Quiet"),
        ({"last_at": None}, "Waiting"),
        ({"next_end": (Kind.IDLE_END, moment(days=14, seconds=1))}, "Healthy"),
        ({"next_end": (Kind.IDLE_END, moment(days=14))}, "Token expiring"),
        ({"next_end": (Kind.ABSOLUTE_END, moment(days=2))}, "Token expiring"),
        ({"next_end": (Kind.ROTATION_END, moment(days=7))}, "Healthy"),
        ({"next_end": (Kind.ROTATION_END, moment(days=3))}, "Token expiring"),
        ({"next_end": None}, "Healthy"),
        ({"has_credential": False}, "No token"),
        ({"scim_enabled": False}, "SCIM off"),
        ({"scim_enabled": False, "failed": 100}, "SCIM off"),
        ({"has_credential": False, "failed": 100}, "No token"),
        ({"scim_enabled": False, "has_credential": False}, "SCIM off"),
        ({"failed": 21, "next_end": (Kind.IDLE_END, moment(days=1))}, "Failing"),
        (
            {"last_at": moment(days=-80), "next_end": (Kind.IDLE_END, moment(days=10))},
            "Token expiring",
        ),
    ],
)
def test_the_state_of_an_app(said: dict[str, object], state: str) -> None:
    assert state == state_of(signs(**said), Thresholds.of(Settings()), NOW)


def test_an_operator_moves_the_borders() -> None:
    strict = Thresholds(0, 1, timedelta(hours=1), timedelta(days=30))

    assert AppState.FAILING == state_of(signs(requests=1, failed=1), strict, NOW)
    assert AppState.QUIET == state_of(signs(last_at=moment(hours=-1)), strict, NOW)
    soon = (Kind.IDLE_END, moment(days=30))
    assert AppState.EXPIRING == state_of(signs(next_end=soon), strict, NOW)


def token(jti: str, **said: object) -> Token:
    usual: dict[str, object] = {
        "idle_expires_at": moment(days=90),
        "absolute_expires_at": moment(days=3650),
    }
    names = ("tenant_id", "app_id", "service_account_id", "kid", "hint", "label", "scope")
    about = dict.fromkeys(names, "x") | {"status": "active", "created_by": "cli"}
    return Token(
        jti=jti,
        created_at=moment(days=-30),
        issued_via="cli",
        **about | usual | said,  # type: ignore[arg-type]
    )


def test_the_end_that_counts_is_that_of_the_token_in_use() -> None:
    old = token("old", ends_at=moment(days=7), first_used_at=moment(days=-29))
    new = token("new", successor_of="old")
    used = token("new", successor_of="old", first_used_at=moment())
    hourly = token("hourly", style="short-lived", absolute_expires_at=moment(hours=1))

    assert next_end_of([]) is None
    assert next_end_of([hourly]) is None
    assert (Kind.ROTATION_END, moment(days=7)) == next_end_of([new, old])
    assert (Kind.IDLE_END, moment(days=90)) == next_end_of([used, old])
    assert (Kind.IDLE_END, moment(days=90)) == next_end_of([hourly, token("only")])
