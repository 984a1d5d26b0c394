"""Which warnings a token deserves, beside a model of the rules as a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tokens.token import ABSOLUTE_LIFETIME, IDLE_LIFETIME, RENEWAL_INTERVAL, Token
from app.watch.notices import Kind, Warned, new_network
from app.watch.stages import Watched, is_lasting, still_holds, warnings_of
from scim.instant import from_text, to_text

ISSUED = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
END = to_text(ISSUED + IDLE_LIFETIME)


def fresh() -> Token:
    return Token(
        jti="jti",
        tenant_id="tenant",
        app_id="app",
        service_account_id="sa",
        kid="kid",
        hint="x7Qk",
        label="",
        scope="scim",
        status="active",
        created_at=to_text(ISSUED),
        created_by="cli",
        issued_via="cli",
        idle_expires_at=END,
        absolute_expires_at=to_text(ISSUED + ABSOLUTE_LIFETIME),
    )


def used(token: Token, moment: datetime) -> Token:
    end = to_text(moment + IDLE_LIFETIME + RENEWAL_INTERVAL)
    return replace(
        token,
        first_used_at=token.first_used_at or to_text(moment),
        last_used_at=to_text(moment),
        idle_expires_at=min(end, token.absolute_expires_at),
    )


def watched(
    token: Token, busy_days: int = 0, *, scim: bool = True, successor_used: bool = False
) -> Watched:
    return Watched(token, "HR sync", scim, busy_days, successor_used)


def stages_at(token: Token, **after: float) -> list[tuple[Kind, int]]:
    found = warnings_of(watched(token), ISSUED + timedelta(**after))
    return [(warned.kind, warned.stage) for warned in found]


@given(st.timedeltas(timedelta(0), timedelta(days=100)))
def test_the_stage_of_an_idle_end_is_the_last_one_reached(since: timedelta) -> None:
    """The model: days left, and the stage from there on."""
    table = [(1, 1), (7, 7), (14, 14), (30, 30)]
    token = replace(fresh(), first_used_at=END)  # so that nothing else is to warn of
    left = IDLE_LIFETIME - since

    found = warnings_of(watched(replace(token, last_used_at=END)), ISSUED + since)

    expected = next((stage for days, stage in table if left <= timedelta(days=days)), None)
    if expected is None or left <= timedelta(0):
        assert found == ()
    else:
        assert found == (Warned("jti", Kind.IDLE_END, END, expected),)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (6.99, []),
        (7, [(Kind.NEVER_USED, 0)]),
        (59.99, [(Kind.NEVER_USED, 0)]),
        (60, [(Kind.IDLE_END, 30), (Kind.NEVER_USED, 0)]),
        (76, [(Kind.IDLE_END, 14), (Kind.NEVER_USED, 0)]),
        (83, [(Kind.IDLE_END, 7), (Kind.NEVER_USED, 0)]),
        (89, [(Kind.IDLE_END, 1), (Kind.NEVER_USED, 0)]),
        (90, []),
    ],
)
def test_a_token_that_is_never_used_is_warned_of_twice_over(
    days: float, expected: list[tuple[Kind, int]]
) -> None:
    assert expected == stages_at(fresh(), days=days)


def test_the_absolute_end_has_the_same_stages_whatever_the_use() -> None:
    last = ISSUED + ABSOLUTE_LIFETIME - timedelta(days=30)
    token = used(fresh(), last)

    assert warnings_of(watched(token), last - timedelta(seconds=1)) == ()
    assert [(Kind.ABSOLUTE_END, 30)] == stages_at(token, days=3620)
    assert [(Kind.ABSOLUTE_END, 14)] == stages_at(token, days=3636)


@pytest.mark.parametrize(("life", "stages"), [(1 / 24, []), (1, []), (7, [1]), (30, [14, 7, 1])])
def test_what_was_so_at_the_issue_is_not_told(life: float, stages: list[int]) -> None:
    """Else a token that its client fetches by the hour would be warned of each time."""
    end = to_text(ISSUED + timedelta(days=life))
    token = replace(used(fresh(), ISSUED), absolute_expires_at=end, idle_expires_at=end)

    told = [stages_at(token, hours=hour) for hour in range(int(life * 24) + 1)]

    assert [(Kind.ABSOLUTE_END, stage) for stage in stages] == list(
        dict.fromkeys(each for found in told for each in found)
    )
    assert is_lasting(token) == (life > 1)


def test_a_use_moves_the_end_and_with_it_the_key_of_every_stage() -> None:
    (before, _) = warnings_of(watched(fresh()), ISSUED + timedelta(days=60))
    token = used(fresh(), ISSUED + timedelta(days=61))

    assert [] == stages_at(token, days=61)
    (after,) = warnings_of(watched(token), ISSUED + timedelta(days=61 + 61))
    assert before.stage == after.stage == 30
    assert before.about < after.about


@pytest.mark.parametrize(("busy_days", "days", "is_silent"), [(5, 3.01, True), (5, 3, False)])
@pytest.mark.parametrize("missing", [0, 1])
def test_only_a_busy_token_is_called_silent(
    busy_days: int, days: float, *, is_silent: bool, missing: int
) -> None:
    token = used(fresh(), ISSUED)

    found = warnings_of(watched(token, busy_days - missing), ISSUED + timedelta(days=days))

    expected = (Warned("jti", Kind.SILENT, to_text(ISSUED)),) if is_silent and not missing else ()
    assert found == expected


def test_a_token_whose_app_has_scim_off_is_meant_to_be_silent_but_still_ends() -> None:
    now = ISSUED + timedelta(days=80)

    (found,) = warnings_of(watched(fresh(), scim=False), now)

    assert found.kind is Kind.IDLE_END


def test_a_rotation_is_warned_of_while_nobody_uses_the_successor() -> None:
    deadline = to_text(ISSUED + timedelta(days=7))
    token = replace(used(fresh(), ISSUED), ends_at=deadline)
    kinds = [stages_at(token, days=days) for days in (0, 3.9, 4, 6)]

    assert kinds == [[], [], [(Kind.ROTATION_END, 3)], [(Kind.ROTATION_END, 1)]]
    late = ISSUED + timedelta(days=6)
    assert warnings_of(watched(token, successor_used=True), late) == ()
    assert stages_at(token, days=7) == []


@pytest.mark.parametrize("status", ["revoked", "superseded"])
def test_a_token_that_has_ended_is_not_warned_of(status: str) -> None:
    assert stages_at(replace(fresh(), status=status), days=80) == []


def test_a_warning_holds_until_it_is_not_true_any_more() -> None:
    token = fresh()
    for warned in warnings_of(watched(token), ISSUED + timedelta(days=80)):
        assert still_holds(warned, token)
        assert not still_holds(warned, used(token, ISSUED + timedelta(days=80)))
        assert not still_holds(warned, replace(token, status="revoked"))
    silent = used(token, ISSUED)
    (warned,) = warnings_of(watched(silent, 14), ISSUED + timedelta(days=4))
    assert still_holds(warned, silent)
    assert not still_holds(warned, used(silent, from_text(warned.about) + timedelta(days=5)))
    assert still_holds(new_network("jti", "192.0.2.0/24"), used(token, ISSUED))
