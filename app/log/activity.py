"""How an app is doing, by what its requests came to lately; tests of ours are none of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.log.outcomes import Outcome
from app.log.store import HOUR, MINUTE, LogStore
from scim.instant import Clock, from_text, to_text
from scim.storage import Session
from scim.storage.expression import places

LATELY = timedelta(minutes=15)
"""What tells whether an app is failing."""

_HOURS = 24

_MOST_REFUSED = 1_000
"""Refused requests that are looked at."""

_MOST_FAILED = 200
"""Failed requests of an app that are looked at for why they failed."""


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
class Recent:
    """What the state of an app is told from."""

    lately: Mapping[Outcome, int]
    """How many of the last 15 minutes ended how."""

    last_at: str | None
    """When the last request came, as far back as the log is kept."""

    @property
    def requests(self) -> int:
        """How many there were in the last 15 minutes."""
        return sum(self.lately.values())

    @property
    def failed(self) -> int:
        """How many of the last 15 minutes got another answer than they asked for."""
        return sum(count for outcome, count in self.lately.items() if not outcome.is_success)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why requests failed, and how many did."""

    status: int
    scim_type: str
    outcome: Outcome
    requests: int


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

    def recent(self, app_ids: Sequence[str]) -> dict[str, Recent]:
        """Return what apps did lately, by their ids, in as many queries for all as for one.

        :raises Unavailable: the log cannot be read just now
        """
        if not app_ids:
            return {}
        with self._store.reading() as session:
            lately = _lately(session, app_ids, self._since())
            last = _last(session, app_ids)
        return {app_id: Recent(lately[app_id], last[app_id]) for app_id in app_ids}

    def hours(self, app_ids: Sequence[str]) -> dict[str, tuple[Hour, ...]]:
        """Return the last 24 hours of apps, the oldest first and the last one not over yet.

        :raises Unavailable: the log cannot be read just now
        """
        if not app_ids:
            return {}
        first = _hour(self._clock()) - timedelta(hours=_HOURS - 1)
        starts = [to_text(first + timedelta(hours=each)) for each in range(_HOURS)]
        with self._store.reading() as session:
            by_hour = _by_hour(session, app_ids, starts[0][:HOUR])
        return {
            app_id: tuple(_hour_of(start, by_hour[app_id]) for start in starts)
            for app_id in app_ids
        }

    def causes(self, app_ids: Sequence[str]) -> dict[str, list[Cause]]:
        """Return why the last requests of apps failed lately, the most frequent first.

        :raises Unavailable: the log cannot be read just now
        """
        if not app_ids:
            return {}
        successes = [str(outcome) for outcome in Outcome if outcome.is_success]
        # the last ones of each app, from the index: ranked rows would all be read
        each = (
            "SELECT * FROM (SELECT app_id, status, scim_type, outcome FROM provisioning_log"  # noqa: S608 - question marks
            " WHERE app_id = ? AND is_test = 0 AND at >= ?"
            f" AND outcome NOT IN ({places(successes)}) ORDER BY at DESC LIMIT ?) AS of_app"
        )
        since = self._since()
        with self._store.reading() as session:
            rows = session.all(
                "SELECT app_id, status, scim_type, outcome, COUNT(*) AS requests"  # noqa: S608 - question marks
                f" FROM ({' UNION ALL '.join([each] * len(app_ids))}) AS failed"
                " GROUP BY app_id, status, scim_type, outcome"
                " ORDER BY requests DESC, status, scim_type",
                [
                    value
                    for app_id in app_ids
                    for value in (app_id, since, *successes, _MOST_FAILED)
                ],
            )
        found: dict[str, list[Cause]] = {app_id: [] for app_id in app_ids}
        for row in rows:
            cause = Cause(
                row["status"], row["scim_type"], Outcome(row["outcome"]), int(row["requests"])
            )
            found[row["app_id"]].append(cause)
        return found

    def has_heard(self, app_id: str) -> bool:
        """Return whether a request of an app is kept that is no test of ours.

        :raises Unavailable: the log cannot be read just now
        """
        sql = "SELECT 1 FROM provisioning_log WHERE app_id = ? AND is_test = 0 LIMIT 1"
        with self._store.reading() as session:
            return session.one(sql, (app_id,)) is not None

    def refused_tokens(self, app_id: str) -> list[RefusedToken]:
        """Return the tokens that are not alive and were tried within a day, the last tried first.

        :raises Unavailable: the log cannot be read just now
        """
        since = to_text(self._clock() - timedelta(days=1))
        with self._store.reading() as session:
            rows = session.all(
                "SELECT at, token_id, detail FROM provisioning_log"
                " WHERE app_id = ? AND outcome = ? AND outcome <> 'Found' AND at >= ?"
                " AND is_test = 0"
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

    def _since(self) -> str:
        """Return the minute that what was lately begins with: requests are counted by minutes."""
        return to_text(self._clock() - LATELY)[:MINUTE]


def _lately(
    session: Session, app_ids: Sequence[str], since: str
) -> Mapping[str, Mapping[Outcome, int]]:
    rows = session.all(
        "SELECT app_id, outcome, sum(requests) AS requests FROM provisioning_count"  # noqa: S608 - question marks
        f" WHERE app_id IN ({places(app_ids)}) AND minute >= ? GROUP BY app_id, outcome",
        (*app_ids, since),
    )
    found: dict[str, dict[Outcome, int]] = defaultdict(dict)
    for row in rows:
        found[row["app_id"]][Outcome(row["outcome"])] = int(row["requests"])
    return found


def _by_hour(
    session: Session, app_ids: Sequence[str], since: str
) -> Mapping[str, Mapping[tuple[str, Outcome], int]]:
    rows = session.all(
        "SELECT app_id, hour, outcome, requests FROM provisioning_hour"  # noqa: S608 - question marks
        f" WHERE app_id IN ({places(app_ids)}) AND hour >= ?",
        (*app_ids, since),
    )
    found: dict[str, dict[tuple[str, Outcome], int]] = defaultdict(dict)
    for row in rows:
        found[row["app_id"]][row["hour"], Outcome(row["outcome"])] = int(row["requests"])
    return found


def _last(session: Session, app_ids: Sequence[str]) -> Mapping[str, str | None]:
    asked = ", ".join(["(?)"] * len(app_ids))
    # one search of the index for each: grouped rows would all be read
    rows = session.all(
        "SELECT asked.column1 AS app_id, (SELECT at FROM provisioning_log"  # noqa: S608 - question marks
        " WHERE app_id = asked.column1 AND is_test = 0 ORDER BY at DESC LIMIT 1) AS last_at"
        f" FROM (VALUES {asked}) AS asked",
        app_ids,
    )
    return {row["app_id"]: row["last_at"] for row in rows}


def _hour_of(start: str, counts: Mapping[tuple[str, Outcome], int]) -> Hour:
    of_hour = {outcome: n for (hour, outcome), n in counts.items() if hour == start[:HOUR]}
    succeeded = sum(count for outcome, count in of_hour.items() if outcome.is_success)
    return Hour(start, succeeded, sum(of_hour.values()) - succeeded)


def _hour(moment: datetime) -> datetime:
    return from_text(to_text(moment)[:HOUR] + ":00:00.000000Z")
