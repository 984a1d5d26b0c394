"""Everything that happens to an app's tokens at the same moment ends as if it came in turn."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from app import Assembly, Settings
from app.audit import CLI
from app.tokens import State, Token
from tests.app.console_browser import new_app
from tests.conftest import FakeClock
from tests.races import in_processes, in_threads, together
from tests.sizes import size
from tests.tokens.asking import attempt, issuing
from tests.tokens.trying import refusal

_ON_ONE_APP = 50
"""Races of one app; with each token it ever had, everything done to it has more to look at."""


def told_of(assembly: Assembly, token: Token) -> str:
    """Return what the audit log tells of a token, in order."""
    with assembly.database.read() as session:
        sql = "SELECT action FROM audit WHERE object_id = ? ORDER BY seq"
        return " ".join(row["action"] for row in session.all(sql, (token.jti,)))


def alive(assembly: Assembly, app_id: str) -> list[Token]:
    moment = assembly.clock()
    return [each for each in assembly.tokens.list(app_id) if each.state(moment) is State.ACTIVE]


@pytest.mark.sized
def test_no_renewal_revives_a_token_that_is_being_revoked(
    assembly: Assembly, neighbour: Assembly, clock: FakeClock, figure: Callable[[str], None]
) -> None:
    races, outcomes = size(50, 5_000), Counter[str]()

    for number in range(races):
        if number % _ON_ONE_APP == 0:
            app = new_app(assembly, f"App {number}")
        token = assembly.tokens.issue(app.id, CLI).text
        if number % 2:  # a renewal that is not the first use
            refusal(assembly, token)
            clock.advance(hours=2)
        use, use_there = partial(refusal, assembly, token), partial(refusal, neighbour, token)

        together(use, partial(neighbour.tokens.revoke_all, app.id, CLI), use_there)

        for each in (assembly, neighbour):
            assert "revoked" in refusal(each, token)
        row = assembly.tokens.list(app.id)[0]
        assert State.REVOKED == row.status
        assert "token.first-use" not in told_of(assembly, row).partition("token.revoke")[2]
        before = number % 2
        outcomes["renewed first" if row.renew_count > before else "revoked first"] += 1
        assert row.renew_count <= before + 1

    figure(f"revocation against renewal: {races * 2} races, 0 revived; {dict(outcomes)}")


@pytest.mark.sized
def test_rotating_revoking_and_using_a_token_at_once_ends_as_in_turn(
    assembly: Assembly, neighbour: Assembly, figure: Callable[[str], None]
) -> None:
    races, outcomes = size(30, 1_000), Counter[str]()

    for number in range(races):
        app = new_app(assembly, f"App {number}")
        old = assembly.tokens.issue(app.id, CLI)
        acts = (
            partial(attempt, partial(assembly.tokens.rotate, app.id, CLI)),
            partial(neighbour.tokens.revoke, app.id, old.token.jti, CLI),
            partial(refusal, neighbour, old.text),
        )

        rotated, _, _ = together(*acts)

        outcomes[rotated] += 1
        tokens = assembly.tokens.list(app.id)
        assert State.REVOKED == tokens[-1].status
        assert {"done": 2, "UnknownToken": 1}[rotated] == len(tokens)
        assert len(tokens) - 1 == len(alive(assembly, app.id))
        assert "revoked" in refusal(assembly, old.text)

    figure(f"rotation, revocation and use at once: {races} races; {dict(outcomes)}")


@pytest.mark.sized
def test_first_use_revocation_and_another_rotation_at_once_end_as_in_turn(
    assembly: Assembly, neighbour: Assembly, figure: Callable[[str], None]
) -> None:
    races, outcomes = size(30, 1_000), Counter[str]()

    for number in range(races):
        app = new_app(assembly, f"App {number}")
        old = assembly.tokens.issue(app.id, CLI).text
        new = assembly.tokens.rotate(app.id, CLI)
        acts = (
            partial(refusal, assembly, new.text),
            partial(neighbour.tokens.revoke, app.id, new.token.jti, CLI),
            partial(attempt, partial(assembly.tokens.rotate, app.id, CLI)),
        )

        _, _, rotated = together(*acts)

        *newer, successor, predecessor = assembly.tokens.list(app.id)
        outcomes[f"{'used' if successor.first_used_at else 'unused'}, {rotated}"] += 1
        assert State.REVOKED == successor.status
        assert {"done": 1, "RotationRunning": 0}[rotated] == len(newer)
        assert "" == refusal(assembly, old)
        assert 1 + len(newer) == len(alive(assembly, app.id))
        # without a rotation that runs, only a successor that was used has given the old one an end
        assert (predecessor.ends_at is not None) == bool(newer or successor.first_used_at)

    figure(f"first use, revocation and rotation at once: {races} races; {dict(outcomes)}")


@pytest.mark.sized
def test_of_eight_threads_that_issue_at_once_one_wins(
    assembly: Assembly, figure: Callable[[str], None]
) -> None:
    rounds = size(10, 100)

    for number in range(rounds):
        app = new_app(assembly, f"App {number}")

        told = in_threads(8, partial(attempt, partial(assembly.tokens.issue, app.id, CLI)))

        assert {"done": 1, "TokenActive": 7} == Counter(told)
        assert 1 == len(assembly.tokens.list(app.id))

    figure(f"one token: {rounds} x 8 issues at once from threads, 1 won each time")


@pytest.mark.sized
def test_of_many_processes_that_issue_at_once_one_wins(
    assembly: Assembly, settings: Settings, figure: Callable[[str], None]
) -> None:
    rounds, processes = size(10, 100), size(3, 8)
    app_ids = [new_app(assembly, f"App {number}").id for number in range(rounds)]

    told = in_processes(processes, issuing, settings, app_ids)

    for app_id, *each in zip(app_ids, *told, strict=True):
        assert {"done": 1, "TokenActive": processes - 1} == Counter(each)
        assert 1 == len(assembly.tokens.list(app_id))
    winners = sum("done" in each for each in told)
    figure(
        f"one token: {rounds} x {processes} issues at once from processes, 1 won each time"
        f" ({winners} of the processes did)"
    )


@pytest.mark.sized
def test_never_three_are_alive_while_all_issue_rotate_and_revoke(
    assembly: Assembly, neighbour: Assembly, clock: FakeClock, figure: Callable[[str], None]
) -> None:
    """Two only while a rotation runs: one of them is the successor of the other."""
    rounds, most = size(20, 1_000), 0

    for number in range(rounds):
        if number % _ON_ONE_APP == 0:
            app = new_app(assembly, f"App {number}")
        issues = [partial(each.tokens.issue, app.id, CLI) for each in (assembly, neighbour)]
        rotations = [partial(each.tokens.rotate, app.id, CLI) for each in (assembly, neighbour)] * 2
        acts = [partial(attempt, act) for act in (*issues, *rotations)]
        if number % 3 == 0:
            acts.append(partial(attempt, partial(neighbour.tokens.revoke_all, app.id, CLI)))

        together(*acts)

        living = alive(assembly, app.id)
        most = max(most, len(living))
        assert 1 <= len(living) <= 2 or number % 3 == 0
        assert len(living) < 2 or living[0].successor_of == living[1].jti
        if number % 5 == 4:
            clock.advance(days=8)  # past the deadline of a rotation

    figure(f"never three: {rounds} x 6 issues and rotations at once, at most {most} alive")
