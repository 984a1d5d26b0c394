"""Sessions: who is signed in to the console, kept on the server.

The browser holds a secret, the row its SHA-256: a stolen database opens no session.
"""

import hashlib
import secrets
from datetime import timedelta

from app.admins import Admin, admin_of
from app.audit import Actor, Event, record
from scim.instant import Clock, to_text
from scim.storage import Database

IDLE = timedelta(minutes=30)
"""How long a session lasts without a request (OWASP ASVS 5.0 §7.3)."""

ABSOLUTE = timedelta(hours=12)
"""How long a session lasts at most (likewise)."""

_SEEN_EVERY = timedelta(minutes=1)
"""How exactly ``last_seen_at`` is kept; a write for each request would queue at the database."""


class Sessions:
    """The sessions of the admins who are signed in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(self, admin_id: str, address: str | None = None) -> str:
        """Sign an admin in and return the secret of the session, which is not kept.

        :param address: the network address the admin signs in from
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
                "INSERT INTO console_session (secret_sha256, admin_id, created_at, last_seen_at)"
                " VALUES (?, ?, ?, ?)",
                (_fingerprint(secret), admin_id, now, now),
            )
            event = Event("session.start", "admin", admin_id)
            record(session, Actor(f"admin:{admin_id}", address), event, now)
        return secret

    def find(self, secret: str) -> Admin | None:
        """Return the admin whose live session this is, and keep the session alive."""
        moment = self._clock()
        with self._database.read() as session:
            row = session.one(
                "SELECT admin.*, last_seen_at FROM console_session"
                " JOIN admin ON admin.id = console_session.admin_id"
                " WHERE secret_sha256 = ? AND console_session.created_at > ? AND last_seen_at > ?",
                (_fingerprint(secret), to_text(moment - ABSOLUTE), to_text(moment - IDLE)),
            )
        if row is None:
            return None
        if row["last_seen_at"] <= to_text(moment - _SEEN_EVERY):
            self._see(secret, to_text(moment))
        return admin_of(row)

    def end(self, secret: str, address: str | None = None) -> None:
        """Sign the admin of a session out; a session that is over stays over.

        :param address: the network address the admin signs out from
        """
        fingerprint = _fingerprint(secret)
        with self._database.write() as session:
            row = session.one(
                "SELECT admin_id FROM console_session WHERE secret_sha256 = ?", (fingerprint,)
            )
            if row is None:
                return
            session.run("DELETE FROM console_session WHERE secret_sha256 = ?", (fingerprint,))
            event = Event("session.end", "admin", row["admin_id"])
            actor = Actor(f"admin:{row['admin_id']}", address)
            record(session, actor, event, to_text(self._clock()))

    def _see(self, secret: str, now: str) -> None:
        with self._database.write() as session:
            session.run(
                "UPDATE console_session SET last_seen_at = ? WHERE secret_sha256 = ?",
                (now, _fingerprint(secret)),
            )


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
