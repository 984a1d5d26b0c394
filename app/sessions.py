"""Sessions: who is signed in to the console, kept on the server.

The browser holds a secret, the row its SHA-256: a stolen database opens no session.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.admins import Admin, admin_of
from app.audit import Actor, Event, record
from scim.instant import Clock, to_text
from scim.storage import Database, Row

IDLE = timedelta(minutes=30)
"""How long a session lasts without a request (OWASP ASVS 5.0 §7.3)."""

ABSOLUTE = timedelta(hours=12)
"""How long a session lasts at most (likewise)."""

FRESH = timedelta(minutes=10)
"""How long ago admins may have proved who they are, where something is to be sensitive."""

_SEEN_EVERY = timedelta(minutes=1)
"""How exactly ``last_seen_at`` is kept; a write for each request would queue at the database."""

_ID_LENGTH = 16

_LONGEST_AGENT = 200

_ALIVE = "console_session.created_at > ? AND last_seen_at > ? AND admin.disabled_at IS NULL"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session of an admin, as they see it among their others."""

    id: str
    """The start of the fingerprint: it names the session and opens nothing."""

    created_at: str
    last_seen_at: str
    address: str | None
    agent: str | None


class Sessions:
    """The sessions of the admins who are signed in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(self, admin_id: str, address: str | None = None, agent: str = "") -> str:
        """Sign an admin in and return the secret of the session, which is not kept.

        :param address: the network address the admin signs in from
        :param agent: what their browser calls itself
        """
        secret = secrets.token_urlsafe(32)
        moment = self._clock()
        now = to_text(moment)
        with self._database.write() as session:
            session.run(
                "DELETE FROM console_session WHERE created_at <= ? OR last_seen_at <= ?",
                (to_text(moment - ABSOLUTE), to_text(moment - IDLE)),
            )
            session.run(
                "INSERT INTO console_session (secret_sha256, admin_id, created_at, last_seen_at,"
                " proved_at, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (_fingerprint(secret), admin_id, now, now, now, address, _shown(agent)),
            )
            event = Event("session.start", "admin", admin_id)
            record(session, Actor(f"admin:{admin_id}", address), event, now)
        return secret

    def find(self, secret: str) -> Admin | None:
        """Return the admin whose live session this is, and keep the session alive."""
        moment = self._clock()
        row = self._row(secret, moment)
        if row is None:
            return None
        if row["last_seen_at"] <= to_text(moment - _SEEN_EVERY):
            self._see(secret, to_text(moment))
        return admin_of(row)

    def peek(self, secret: str) -> Admin | None:
        """Return the admin whose live session this is, and let the session end when it would."""
        row = self._row(secret, self._clock())
        return admin_of(row) if row else None

    def _row(self, secret: str, moment: datetime) -> Row | None:
        with self._database.read() as session:
            return session.one(
                "SELECT admin.*, last_seen_at FROM console_session"  # noqa: S608 - a constant
                " JOIN admin ON admin.id = console_session.admin_id"
                f" WHERE secret_sha256 = ? AND {_ALIVE}",
                (_fingerprint(secret), to_text(moment - ABSOLUTE), to_text(moment - IDLE)),
            )

    def is_fresh(self, secret: str) -> bool:
        """Return whether the admin of a session proved within :data:`FRESH` who they are."""
        with self._database.read() as session:
            row = session.one(
                "SELECT 1 FROM console_session WHERE secret_sha256 = ?"
                " AND COALESCE(proved_at, created_at) > ?",
                (_fingerprint(secret), to_text(self._clock() - FRESH)),
            )
        return row is not None

    def renew(self, secret: str, address: str | None = None) -> str | None:
        """Note that the admin of a session has proved again who they are.

        Returns the secret that takes the place of the former, which is worth nothing from now on,
        or None where the session is over.
        """
        renewed = secrets.token_urlsafe(32)
        now = to_text(self._clock())
        with self._database.write() as session:
            row = session.one(
                "UPDATE console_session SET secret_sha256 = ?, proved_at = ?"
                " WHERE secret_sha256 = ? RETURNING admin_id",
                (_fingerprint(renewed), now, _fingerprint(secret)),
            )
            if row is None:
                return None
            event = Event("session.renew", "admin", row["admin_id"])
            record(session, Actor(f"admin:{row['admin_id']}", address), event, now)
        return renewed

    def of(self, admin_id: str) -> list[OpenSession]:
        """Return the live sessions of an admin, the latest in use first."""
        moment = self._clock()
        with self._database.read() as session:
            rows = session.all(
                "SELECT console_session.* FROM console_session"  # noqa: S608 - a constant
                " JOIN admin ON admin.id = console_session.admin_id"
                f" WHERE admin_id = ? AND {_ALIVE} ORDER BY last_seen_at DESC, secret_sha256",
                (admin_id, to_text(moment - ABSOLUTE), to_text(moment - IDLE)),
            )
        return [
            OpenSession(
                row["secret_sha256"][:_ID_LENGTH],
                row["created_at"],
                row["last_seen_at"],
                row["address"],
                row["agent"],
            )
            for row in rows
        ]

    def end(self, secret: str, address: str | None = None) -> None:
        """Sign the admin of a session out; a session that is over stays over.

        :param address: the network address the admin signs out from
        """
        fingerprint = _fingerprint(secret)
        with self._database.write() as session:
            row = session.one(
                "DELETE FROM console_session WHERE secret_sha256 = ? RETURNING admin_id",
                (fingerprint,),
            )
            if row is None:
                return
            event = Event("session.end", "admin", row["admin_id"])
            actor = Actor(f"admin:{row['admin_id']}", address)
            record(session, actor, event, to_text(self._clock()))

    def end_others(self, admin_id: str, secret: str, actor: Actor) -> int:
        """End every session of an admin but this one, and return how many there were."""
        with self._database.write() as session:
            ended = session.run(
                "DELETE FROM console_session WHERE admin_id = ? AND secret_sha256 <> ?",
                (admin_id, _fingerprint(secret)),
            )
            if ended:
                event = Event("session.end-others", "admin", admin_id)
                record(session, actor, event, to_text(self._clock()), {"count": ended})
        return ended

    def end_one(self, admin_id: str, session_id: str, actor: Actor) -> bool:
        """End one session of an admin, and return whether it was there."""
        if "\0" in session_id or len(session_id) != _ID_LENGTH:
            return False
        with self._database.write() as session:
            ended = session.run(
                "DELETE FROM console_session WHERE admin_id = ?"
                " AND substr(secret_sha256, 1, ?) = ?",
                (admin_id, _ID_LENGTH, session_id),
            )
            if ended:
                event = Event("session.end", "admin", admin_id)
                record(session, actor, event, to_text(self._clock()))
        return bool(ended)

    def _see(self, secret: str, now: str) -> None:
        with self._database.write() as session:
            session.run(
                "UPDATE console_session SET last_seen_at = ? WHERE secret_sha256 = ?",
                (now, _fingerprint(secret)),
            )


def session_id(secret: str) -> str:
    """Return the id of the session that a secret opens."""
    return _fingerprint(secret)[:_ID_LENGTH]


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _shown(agent: str) -> str:
    return "".join(each for each in agent if each.isprintable())[:_LONGEST_AGENT]
