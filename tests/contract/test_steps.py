"""Periodic steps: one worker of all takes each, and none waits for one that died."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from app.migrations import MIGRATIONS
from app.rounds import Rounds
from app.steps import LONGEST_STEP, Step, Steps
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database, Unavailable
from tests.conftest import FakeClock
from tests.races import together, until


@pytest.fixture
def steps_of(database: Database, clock: FakeClock) -> Callable[..., Steps]:
    database.migrate((*DIRECTORY, *MIGRATIONS))

    def made(act: Callable[[], object], name: str = "step") -> Steps:
        return Steps(database, clock, [Step(name, timedelta(minutes=10), act)])

    return made


def test_one_worker_of_many_takes_a_step_each_time_it_is_due(
    steps_of: Callable[..., Steps], clock: FakeClock
) -> None:
    taken: list[int] = []
    workers = [steps_of(partial(taken.append, number)) for number in range(8)]

    for count in range(1, 4):
        together(*[worker.take_due for worker in workers])
        together(*[worker.take_due for worker in workers])
        assert count == len(taken)
        clock.advance(minutes=10)


def test_a_step_that_is_not_due_is_left_alone(
    steps_of: Callable[..., Steps], clock: FakeClock
) -> None:
    taken: list[int] = []
    steps = steps_of(partial(taken.append, 1))

    assert {"step": True} == steps.take_due()
    clock.advance(minutes=9.99)
    assert {} == steps.take_due()
    clock.advance(minutes=0.01)
    assert {"step": True} == steps.take_due()


def test_a_step_that_takes_too_long_is_taken_by_another(
    steps_of: Callable[..., Steps], clock: FakeClock
) -> None:
    """As one is whose worker died; should that come to its end after all, nothing changes."""
    taken: list[int] = []
    seen: list[list[int]] = []
    other = steps_of(partial(taken.append, 1))

    def hang() -> None:
        clock.advance(seconds=LONGEST_STEP.total_seconds() - 1)
        other.take_due()
        seen.append(taken.copy())
        clock.advance(seconds=1)
        other.take_due()
        seen.append(taken.copy())

    steps_of(hang).take_due()
    clock.advance(minutes=9)
    other.take_due()

    assert [[], [1]] == seen
    assert [1] == taken


def test_a_step_that_fails_is_logged_and_keeps_the_others_from_nothing(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    database.migrate((*DIRECTORY, *MIGRATIONS))
    taken: list[int] = []

    def fail() -> None:
        raise ValueError("what went wrong")

    def be_away() -> None:
        raise Unavailable("nobody is there")

    steps = Steps(
        database,
        clock,
        [
            Step("failing", timedelta(minutes=1), fail),
            Step("away", timedelta(minutes=1), be_away),
            Step("working", timedelta(minutes=1), partial(taken.append, 1)),
        ],
    )
    with caplog.at_level(logging.WARNING):
        outcomes = steps.take_due()

    assert {"failing": False, "away": False, "working": True} == outcomes
    assert "what went wrong" in caplog.text
    assert "nobody is there" in caplog.text
    clock.advance(minutes=1)
    assert outcomes == steps.take_due()


def test_rounds_go_on_until_they_are_stopped(
    steps_of: Callable[..., Steps], clock: FakeClock
) -> None:
    taken: list[int] = []

    def act() -> None:
        taken.append(1)
        clock.advance(minutes=10)

    rounds = Rounds(steps_of(act), interval=0.001)

    rounds.start()
    until(lambda: len(taken) > 3)
    rounds.stop()
    after = len(taken)

    assert not rounds._thread.is_alive()  # noqa: SLF001 - that it is gone is the point
    assert after == len(taken)
