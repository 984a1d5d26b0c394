"""The outbox: each notice leaves once through each channel, whichever worker sends it.

A worker claims a delivery before it sends, by moving its due time on for as long as sending may
take. One that dies in between leaves a delivery that becomes due again by itself.
So a message may at worst be sent twice: where a worker dies, or the database is away, between the
receiver's yes and the mark that says so. Both messages then have the same id.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.tokens.rows import token_of
from app.watch.channels import Channel
from app.watch.failure import DeliveryFailed
from app.watch.messages import Message, message_of
from app.watch.notices import notice_of
from app.watch.stages import still_holds
from scim.instant import Clock, from_text, to_text
from scim.storage import Database, Session

SENDING_TIME = timedelta(minutes=5)
"""How long a claim lasts: more than a mail server that takes ten seconds for each answer needs."""

LONGEST_DELAY = timedelta(hours=6)
"""The longest time between two tries; the first is a minute, and each is twice the one before."""

KEPT_TRYING = timedelta(days=3)
"""How old a notice may grow before nobody tries to send it any more."""

LARGEST_BATCH = 100
"""How many messages one call sends at most."""

_log = logging.getLogger(__name__)


class DeliveryState(StrEnum):
    """What became of a message on its way through one channel."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """Nobody took it for days, and it is not tried again."""

    OBSOLETE = "obsolete"
    """It was not true any more when it could be sent: the token was used, or revoked."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A delivery that this worker alone may make for a while."""

    notice_id: str
    channel: str
    attempt: int


_WITHOUT_DELIVERY = (
    "FROM notice WHERE made_at > ? AND NOT EXISTS (SELECT 1 FROM delivery"
    " WHERE delivery.notice_id = notice.id AND delivery.channel = ?)"
)

_OPEN = (
    "INSERT INTO delivery (notice_id, channel, state, attempts, due_at, failure)"
    f" SELECT notice.id, ?, 'waiting', 0, ?, '' {_WITHOUT_DELIVERY} ON CONFLICT DO NOTHING"
)

_DUE = "FROM delivery WHERE state = 'waiting' AND channel = ? AND due_at <= ?"


class Outbox:
    """Sends notices through channels."""

    def __init__(self, database: Database, clock: Clock, channels: Sequence[Channel]) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels

    def deliver(self) -> int:
        """Send what is due, and return how many messages were taken.

        A channel that fails gets nothing more this time: what waits for it would wait for its
        time-out too.
        """
        return sum(self._deliver_through(channel) for channel in self._channels)

    def _deliver_through(self, channel: Channel) -> int:
        self._take_in(channel.name, self._clock())
        for sent in range(LARGEST_BATCH):
            claim = self._claim(channel.name, self._clock())
            if claim is None or not self._send(claim, channel):
                return sent
        return LARGEST_BATCH

    def _take_in(self, channel: str, now: datetime) -> None:
        """Open a delivery of each recent notice that has none through a channel."""
        since = to_text(now - KEPT_TRYING)
        with self._database.glance() as session:
            if session.one(f"SELECT 1 {_WITHOUT_DELIVERY}", (since, channel)) is None:
                return  # most often; nobody has to write to find that out
        with self._database.write() as session:
            session.run(_OPEN, (channel, to_text(now), since, channel))

    def _claim(self, channel: str, now: datetime) -> _Claim | None:
        moment = to_text(now)
        with self._database.glance() as session:
            if session.one(f"SELECT 1 {_DUE}", (channel, moment)) is None:
                return None
        with self._database.write() as session:
            row = session.one(
                f"SELECT notice_id, attempts {_DUE} ORDER BY due_at, notice_id LIMIT 1"
                + self._database.words.skip_locked,
                (channel, moment),
            )
            if row is None:
                return None
            session.run(
                "UPDATE delivery SET attempts = attempts + 1, due_at = ?"
                " WHERE notice_id = ? AND channel = ?",
                (to_text(now + SENDING_TIME), row["notice_id"], channel),
            )
        return _Claim(row["notice_id"], channel, row["attempts"] + 1)

    def _send(self, claim: _Claim, channel: Channel) -> bool:
        """Send a message, and return whether the channel works."""
        now = self._clock()
        with self._database.read() as session:
            message = _message(session, claim.notice_id, now)
        if message is None:
            self._end(claim, DeliveryState.OBSOLETE)
            return True
        try:
            channel.send(message, now)
        except DeliveryFailed as error:
            _log.warning(
                "Notice %s did not get out by %s: %s", claim.notice_id, channel.name, error
            )
            self._put_off(claim, message, str(error))
            return False
        self._end(claim, DeliveryState.SENT)
        return True

    def _put_off(self, claim: _Claim, message: Message, failure: str) -> None:
        due = self._clock() + delay_after(claim.attempt)
        if due > from_text(message.notice.made_at) + KEPT_TRYING:
            self._end(claim, DeliveryState.FAILED, failure)
            return
        with self._database.write() as session:
            session.run(
                "UPDATE delivery SET due_at = ?, failure = ?"
                " WHERE notice_id = ? AND channel = ? AND attempts = ?",
                (to_text(due), failure, claim.notice_id, claim.channel, claim.attempt),
            )

    def _end(self, claim: _Claim, state: DeliveryState, failure: str = "") -> None:
        with self._database.write() as session:
            session.run(
                "UPDATE delivery SET state = ?, ended_at = ?, failure = ?"
                " WHERE notice_id = ? AND channel = ? AND state = 'waiting'",
                (state, to_text(self._clock()), failure, claim.notice_id, claim.channel),
            )


def delay_after(attempt: int) -> timedelta:
    """Return how long to wait after a try: the first is number 1."""
    return min(timedelta(minutes=2 ** min(attempt - 1, 10)), LONGEST_DELAY)


def _message(session: Session, notice_id: str, now: datetime) -> Message | None:
    """Return what to send, or None where it is not true any more."""
    notice = session.one("SELECT * FROM notice WHERE id = ?", (notice_id,))
    if notice is None:
        return None
    row = session.one(
        "SELECT token.*, client_app.name AS app_name FROM token"
        " JOIN client_app ON client_app.id = token.app_id WHERE token.jti = ?",
        (notice["jti"],),
    )
    found = notice_of(notice)
    if row is None or not still_holds(found.warned, token_of(row)):
        return None
    return message_of(found, token_of(row), row["app_name"], now)
