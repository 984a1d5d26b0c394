"""Periodic steps: what has to be done again and again, by one worker of all at a time.

A step's due time stands in the database, and who takes the step moves it on for as long as a step
may take. A worker that dies leaves a step that becomes due again by itself.
So a step must bear being taken twice at the same moment: where one takes very long, or the clocks
of two machines disagree. That it is one worker's work at a time saves work, and no more.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scim.instant import Clock, to_text
from scim.storage import Database, StorageError

LONGEST_STEP = timedelta(minutes=10)
"""How long others leave a step to whoever took it."""

_HOLDER_BYTES = 8

_TAKE = (
    "INSERT INTO periodic_step (name, due_at, holder) VALUES (?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at, holder = excluded.holder"
    " WHERE periodic_step.due_at <= ?"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do every so often."""

    name: str
    every: timedelta
    act: Callable[[], object]


class Steps:
    """The periodic steps of an instance, as one of its workers takes them."""

    def __init__(self, database: Database, clock: Clock, steps: Sequence[Step]) -> None:
        self._database = database
        self._clock = clock
        self._steps = steps

    def take_due(self) -> dict[str, bool]:
        """Take the steps that are due and that no other worker takes, one after the other.

        :returns: the names of those taken, and whether each was done; what failed is logged, and
            is due again after its usual time
        """
        return {step.name: done for step in self._steps if (done := self._take(step)) is not None}

    def _take(self, step: Step) -> bool | None:
        now = self._clock()
        holder = secrets.token_hex(_HOLDER_BYTES)
        try:
            if not self._is_due(step, now) or not self._begin(step, holder, now):
                return None
            try:
                step.act()
            finally:
                self._end(step, holder, now)
        except StorageError as error:
            _log.warning("The step %s was put off: %s", step.name, error)
            return False
        except Exception:  # noqa: BLE001 - whatever is wrong with one step, the others go on
            _log.exception("The step %s failed.", step.name)
            return False
        return True

    def _is_due(self, step: Step, now: datetime) -> bool:
        """Whether to try at all: most often nobody has to write to find out."""
        with self._database.glance() as session:
            row = session.one("SELECT due_at FROM periodic_step WHERE name = ?", (step.name,))
        return row is None or bool(row["due_at"] <= to_text(now))

    def _begin(self, step: Step, holder: str, now: datetime) -> bool:
        with self._database.write() as session:
            leased = to_text(now + LONGEST_STEP)
            return session.run(_TAKE, (step.name, leased, holder, to_text(now))) == 1

    def _end(self, step: Step, holder: str, begun: datetime) -> None:
        with self._database.write() as session:
            session.run(
                "UPDATE periodic_step SET due_at = ? WHERE name = ? AND holder = ?",
                (to_text(begun + step.every), step.name, holder),
            )
