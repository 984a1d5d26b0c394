"""Known devices: browsers in which an admin has signed in before.

Whoever holds the cookie of one is counted apart at the sign-in, so that strangers who guess an
admin's password elsewhere do not shut the admin out.
"""

import hashlib
import secrets
from datetime import timedelta

from app.admins.admin import email_key, is_email
from scim.instant import Clock, to_text
from scim.storage import Database, Session

LIFETIME = timedelta(days=90)
"""How long a device is known without a sign-in."""


class Devices:
    """The devices that admins have signed in with."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def remember(self, admin_id: str, secret: str | None) -> str:
        """Know a device from now on, and return the secret to keep there.

        :param secret: what the device came with; it stays good if it is known as this admin's
        """
        moment = self._clock()
        now = to_text(moment)
        with self._database.write() as session:
            known = secret is not None and session.run(
                "UPDATE known_device SET last_used_at = ?"
                " WHERE secret_sha256 = ? AND admin_id = ? AND last_used_at > ?",
                (now, device_key(secret), admin_id, to_text(moment - LIFETIME)),
            )
            if known and secret is not None:
                return secret
            # never one that the browser brought along: somebody may have planted it there
            fresh = secrets.token_urlsafe(32)
            session.run(
                "INSERT INTO known_device (secret_sha256, admin_id, last_used_at) VALUES (?, ?, ?)",
                (device_key(fresh), admin_id, now),
            )
        return fresh

    def sweep(self) -> None:
        """Forget the devices that were not used for long."""
        with self._database.write() as session:
            session.run(
                "DELETE FROM known_device WHERE last_used_at <= ?",
                (to_text(self._clock() - LIFETIME),),
            )


def is_known(session: Session, email: str, secret: str | None, since: str) -> bool:
    """Return whether the admin with an e-mail address signed in on a device since a moment."""
    if secret is None or not is_email(email):
        return False
    row = session.one(
        "SELECT 1 FROM known_device JOIN admin ON admin.id = known_device.admin_id"
        " WHERE secret_sha256 = ? AND email_key = ? AND last_used_at > ?",
        (device_key(secret), email_key(email), since),
    )
    return row is not None


def device_key(secret: str) -> str:
    """Return what is kept of the secret of a device."""
    return hashlib.sha256(secret.encode()).hexdigest()
