"""How an app is doing, by what its requests came to lately."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.log.entries import TEST_AGENT
from app.log.outcomes import Outcome
from app.log.store import LogStore
from scim.instant import Clock, from_text, to_text
from scim.storage import Session

LATELY = timedelta(minutes=15)
"""What tells whether an app is failing."""

_HOURS = 24

_HOUR = len("2026-11-24T03")
_MINUTE = len("2026-11-24T03:45")

_MOST_REFUSED = 1_000
"""Refused requests that are looked at."""


@dataclass(frozen=True, slots=True)
class Hour:
    """The requests of one hour."""

    begins_at: str
    succeeded: int = 0
    failed: int = 0

    @property
    def requests(self) -> int:
        """How many there were."""
        return self.succeeded + self.failed


@dataclass(frozen=True, slots=True)
class Activity:
    """The requests of an app."""

    lately: Mapping[Outcome, int]
    """How many of the last 15 minutes ended how."""

    hours: tuple[Hour, ...]
    """The last 24 hours, the oldest first, the last one not over yet."""

    last_at: str | None
    """When the last request came, as far back as the log is kept."""

    @property
    def lately_failed(self) -> int:
        """How many of the last 15 minutes got another answer than they asked for."""
        return sum(count for outcome, count in self.lately.items() if not outcome.is_success)


@dataclass(frozen=True, slots=True)
class RefusedToken:
    """Requests of the last 24 hours that came with one token that is not alive."""

    token_id: str
    attempts: int
    is_more: bool
    """Whether there were more than were counted."""

    last_at: str
    detail: str


class ActivityReader:
    """Tells how apps are doing, from what was counted when rows were written."""

    def __init__(self, store: LogStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def of(self, app_id: str) -> Activity:
        """Return how an app is doing.

        :raises Unavailable: the log cannot be read just now
        """
        now = self._clock()
        first = _hour(now) - timedelta(hours=_HOURS - 1)
        with self._store.reading() as session:
            lately = _counts(session, app_id, to_text(now - LATELY)[:_MINUTE], _MINUTE)
            by_hour = _counts(session, app_id, to_text(first)[:_HOUR], _HOUR)
            row = session.one(
                "SELECT max(at) AS last_at FROM provisioning_log WHERE app_id = ?", (app_id,)
            )
        counted: Counter[Outcome] = Counter()
        for (_, outcome), requests in lately.items():
            counted[outcome] += requests
        starts = [to_text(first + timedelta(hours=each)) for each in range(_HOURS)]
        hours = tuple(_hour_of(start, by_hour) for start in starts)
        return Activity(dict(counted), hours, row["last_at"] if row else None)

    def has_heard(self, app_id: str) -> bool:
        """Return whether a request of an app is kept that is no test of ours.

        :raises Unavailable: the log cannot be read just now
        """
        sql = "SELECT 1 FROM provisioning_log WHERE app_id = ? AND agent <> ? LIMIT 1"
        with self._store.reading() as session:
            return session.one(sql, (app_id, TEST_AGENT)) is not None

    def refused_tokens(self, app_id: str) -> list[RefusedToken]:
        """Return the tokens that are not alive and were tried within a day, the last tried first.

        :raises Unavailable: the log cannot be read just now
        """
        since = to_text(self._clock() - timedelta(days=1))
        with self._store.reading() as session:
            rows = session.all(
                "SELECT at, token_id, detail FROM provisioning_log"
                " WHERE app_id = ? AND outcome = ? AND outcome <> 'Found' AND at >= ?"
                " ORDER BY at DESC, seq DESC LIMIT ?",
                (app_id, str(Outcome.UNAUTHORISED), since, _MOST_REFUSED),
            )
        is_more = len(rows) == _MOST_REFUSED
        attempts = Counter(row["token_id"] for row in rows)
        last = {row["token_id"]: row for row in reversed(rows)}
        return [
            RefusedToken(token_id, count, is_more, last[token_id]["at"], last[token_id]["detail"])
            for token_id, count in attempts.items()
        ]


def _counts(session: Session, app_id: str, since: str, unit: int) -> dict[tuple[str, Outcome], int]:
    rows = session.all(
        f"SELECT substr(minute, 1, {unit}) AS unit, outcome, sum(requests) AS requests"  # noqa: S608 - a number of ours
        " FROM provisioning_count WHERE app_id = ? AND minute >= ?"
        f" GROUP BY substr(minute, 1, {unit}), outcome",
        (app_id, since),
    )
    return {(row["unit"], Outcome(row["outcome"])): int(row["requests"]) for row in rows}


def _hour_of(start: str, counts: Mapping[tuple[str, Outcome], int]) -> Hour:
    of_hour = {outcome: n for (unit, outcome), n in counts.items() if unit == start[:_HOUR]}
    succeeded = sum(count for outcome, count in of_hour.items() if outcome.is_success)
    return Hour(start, succeeded, sum(of_hour.values()) - succeeded)


def _hour(moment: datetime) -> datetime:
    return from_text(to_text(moment)[:_HOUR] + ":00:00.000000Z")
