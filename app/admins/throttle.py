"""The throttle: how often somebody may guess at the sign-in.

It counts in the database, an attempt before it is evaluated: exactly, whatever the number of
workers, and alike for e-mail addresses that exist and that do not.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from app.admins.admin import email_key
from app.admins.devices import LIFETIME, device_key, is_known
from app.admins.errors import AdminError
from app.admins.origin import Origin
from scim.instant import Clock, from_text, to_text
from scim.storage import Database, Session

DELAYS = (1, 3, 5, 10)
"""Seconds to wait after the third attempt in a row that failed, after the fourth, …"""

_FREE = 3
"""Attempts in a row that cost no waiting but the last one's."""

MOST_ATTEMPTS = 100
"""Attempts in a row that one account evaluates (NIST SP 800-63B-4 §3.2.2)."""

PER_NETWORK = 30
"""Attempts a minute that are evaluated for one network."""

PER_MINUTE = 300
"""Attempts a minute that are evaluated at all."""

_MEMORY = timedelta(days=30)
"""How long attempts are remembered that have not reached :data:`MOST_ATTEMPTS`."""

_EVERYBODY = "everybody"


class Throttled(AdminError):  # noqa: N818 - as the others of its tree
    """There were too many attempts."""

    def __init__(self, seconds: int | None) -> None:
        """:param seconds: how long to wait; None where waiting does not help"""
        super().__init__(
            "There were too many attempts, so no more are taken from here. "
            "Sign in where you signed in before, or ask an owner for a reset link."
            if seconds is None
            else f"There were too many attempts. Wait {seconds} "
            f"{'second' if seconds == 1 else 'seconds'} and try again."
        )
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that may be evaluated, and counts as failed until it has succeeded."""

    key: str


class Throttle:
    """Counts the attempts to sign in."""

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        """:param secret: what the names of accounts are hashed with"""
        self._database = database
        self._clock = clock
        self._secret = secret

    def admit(self, email: str, origin: Origin) -> Attempt:
        """Let an attempt be evaluated, and count it.

        :raises Throttled: it is one too many
        """
        moment = self._clock()
        since = to_text(moment - LIFETIME)
        with self._database.read() as session:  # a flood is refused without writing
            is_device = is_known(session, email, origin.device, since)
            key = self._key(email, origin.device if is_device else None)
            _check(session, key, moment)
        with self._database.write() as session:
            session.lock(f"sign-in {key}")
            _count(session, key, _check(session, key, moment) + 1, moment)
            if not is_device:  # strangers' guesses do not shut out who signed in there before
                minute = to_text(moment)[:16]
                _count_minute(session, origin.network, minute, PER_NETWORK, moment)
                _count_minute(session, _EVERYBODY, minute, PER_MINUTE, moment)
        return Attempt(key)

    def succeed(self, attempt: Attempt) -> None:
        """Begin to count anew: the attempt was good."""
        with self._database.write() as session:
            session.run("DELETE FROM sign_in_attempts WHERE key = ?", (attempt.key,))

    def forget(self, session: Session, email: str) -> None:
        """Begin to count anew for an account whose password was replaced."""
        session.run("DELETE FROM sign_in_attempts WHERE key = ?", (self._key(email, None),))

    def sweep(self) -> None:
        """Forget what is long ago."""
        moment = self._clock()
        with self._database.write() as session:
            session.run(
                "DELETE FROM sign_in_attempts WHERE last_at <= ? AND attempts < ?",
                (to_text(moment - _MEMORY), MOST_ATTEMPTS),
            )
            session.run("DELETE FROM sign_in_minute WHERE minute < ?", (to_text(moment)[:16],))

    def _key(self, email: str, device: str | None) -> str:
        name = f"device {device_key(device)}" if device else f"account {email_key(email)}"
        data = name.encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, data, hashlib.sha256).hexdigest()


def _check(session: Session, key: str, moment: datetime) -> int:
    """Return how many attempts there were in a row.

    :raises Throttled: there may be no other now
    """
    row = session.one("SELECT attempts, waits_until FROM sign_in_attempts WHERE key = ?", (key,))
    if row is None:
        return 0
    if row["attempts"] >= MOST_ATTEMPTS:
        raise Throttled(None)
    left = (from_text(row["waits_until"]) - moment).total_seconds()
    if left > 0:
        raise Throttled(ceil(left))
    return int(row["attempts"])


def _count(session: Session, key: str, attempts: int, moment: datetime) -> None:
    delay = DELAYS[min(attempts - _FREE, len(DELAYS) - 1)] if attempts >= _FREE else 0
    waits_until = to_text(moment + timedelta(seconds=delay))
    session.run(
        "INSERT INTO sign_in_attempts (key, attempts, waits_until, last_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET attempts = excluded.attempts,"
        " waits_until = excluded.waits_until, last_at = excluded.last_at",
        (key, attempts, waits_until, to_text(moment)),
    )


def _count_minute(session: Session, key: str, minute: str, most: int, moment: datetime) -> None:
    row = session.one(
        "INSERT INTO sign_in_minute (key, minute, attempts) VALUES (?, ?, 1)"
        " ON CONFLICT (key, minute) DO UPDATE SET attempts = sign_in_minute.attempts + 1"
        " RETURNING attempts",
        (key, minute),
    )
    if row is not None and row["attempts"] > most:
        raise Throttled(60 - moment.second)
