"""What the use of a token writes down: the renewal, its first use, and where it is used from.

A request never fails because of it, and never waits for long.
"""

import logging
from datetime import datetime, timedelta

from app.audit import Actor, Event, record
from app.tokens import rows
from app.tokens.networks import place_of
from app.tokens.policy import Policy
from app.tokens.rows import Standing
from app.tokens.token import IDLE_LIFETIME, RENEWAL_INTERVAL, Token, Use
from app.watch import activity, notices
from scim.instant import from_text, to_text
from scim.storage import Conflict, Database, Session, Unavailable

RENEWAL_PATIENCE = 0.25
"""Seconds a request waits to write down that its token was used; it goes on without."""

LATE = timedelta(days=30)
"""A renewal with less than this left is kept in the audit log: the token was in danger."""

MOST_PLACES = 1000
"""Networks remembered of an app; it bounds what somebody who roams can make us keep."""

_REMEMBERED = 4096

_log = logging.getLogger(__name__)


class Uses:
    """Writes down the uses of tokens; what a worker has seen before it does not look up again."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy
        self._met: set[tuple[str, str]] = set()

    def note(self, standing: Standing, use: Use, now: datetime) -> None:
        """Write down that a token which is alive was used, if that changes anything."""
        token = standing.token
        place = place_of(use.address or "")
        met = (token.app_id, place or "")
        is_new = place is not None and met not in self._met
        is_due = standing.is_due_from <= now
        if not (is_new or is_due):
            return
        try:
            with self._database.write(patience=RENEWAL_PATIENCE) as session:
                if place is not None and is_new:
                    # before the token's row: whoever revokes takes the app's row first, too
                    _meet(session, token, place, use, now)
                if is_due:
                    self._renew(session, token, use, now)
        except (Unavailable, Conflict) as error:  # the request goes on: the next one tries again
            _log.warning("A use of token %s was not written down: %s", token.jti, error)
            return
        self._remember(met)

    def _renew(self, session: Session, token: Token, use: Use, now: datetime) -> None:
        if not rows.renew(session, self._database.words, token, use, now):
            return
        activity.note(session, token.jti, now)
        if token.first_used_at is None:
            _record(session, "token.first-use", token, use, now)
            self._end_predecessor(session, token, use, now)
        elif from_text(token.expires_at) - now <= LATE:
            renewed = {"from": token.idle_expires_at, "to": to_text(_idle_end(now))}
            _record(session, "token.renew", token, use, now, **renewed)

    def _end_predecessor(self, session: Session, successor: Token, use: Use, now: datetime) -> None:
        if successor.successor_of is None:
            return
        ends_at = to_text(now + self._policy.grace)
        if rows.end_sooner(session, successor.successor_of, ends_at):
            detail = {"predecessor": successor.successor_of, "ends_at": ends_at}
            _record(session, "token.succeed", successor, use, now, **detail)

    def _remember(self, met: tuple[str, str]) -> None:
        if len(self._met) >= _REMEMBERED:
            self._met.clear()
        self._met.add(met)


def _meet(session: Session, token: Token, place: str, use: Use, now: datetime) -> None:
    """Keep from which network an app is used, and that it is a new one."""
    inserted = session.run(
        "INSERT INTO known_network (app_id, network, first_seen_at) SELECT ?, ?, ?"
        " WHERE (SELECT COUNT(*) FROM known_network WHERE app_id = ?) < ? ON CONFLICT DO NOTHING",
        (token.app_id, place, to_text(now), token.app_id, MOST_PLACES),
    )
    if inserted:
        _record(session, "token.new-network", token, use, now, network=place)
        if _has_others(session, token.app_id, place):
            notices.add(session, notices.new_network(token.jti, place), now)


def _has_others(session: Session, app_id: str, place: str) -> bool:
    sql = "SELECT 1 FROM known_network WHERE app_id = ? AND network <> ? LIMIT 1"
    return session.one(sql, (app_id, place)) is not None


def _record(
    session: Session, action: str, token: Token, use: Use, now: datetime, **detail: str
) -> None:
    name = f"service-account:{token.service_account_id}"
    actor = Actor(name, use.address, use.request_id)
    event = Event(action, "token", token.jti, token.tenant_id)
    record(session, actor, event, to_text(now), {"app": token.app_id, **detail})


def _idle_end(now: datetime) -> datetime:
    return now + IDLE_LIFETIME + RENEWAL_INTERVAL
