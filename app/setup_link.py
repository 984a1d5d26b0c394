"""The set-up link: how the first owner comes to be, without a default account.

The operator sees a one-time link; whoever opens it first becomes the owner.
"""

import hashlib
import secrets
from datetime import timedelta

from app.admins import Admin, insert, make_credentials, new_admin
from app.audit import CLI, Actor, Event, record
from scim.instant import Clock, to_text
from scim.storage import Database, Session

LIFETIME = timedelta(hours=24)

_FIRST_OWNER = "first-owner"
"""The lock that only one can hold who looks whether there is an owner and then acts on it."""


class InvalidSetupLink(Exception):  # noqa: N818 - the field says invalid, not invalid error
    """A set-up link is unknown, used, replaced or expired, or an owner exists."""


class SetupLinks:
    """Issues and redeems the link: at most one is good at a time, none once there is an owner."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def issue(self) -> str | None:
        """Return the secret of a fresh link, which replaces former ones.

        Returns None when an owner exists.
        """
        secret = secrets.token_urlsafe(32)
        now = to_text(self._clock())
        with self._database.write() as session:
            session.lock(_FIRST_OWNER)
            if _has_owner(session):
                return None
            session.run("DELETE FROM setup_link")
            session.run(
                "INSERT INTO setup_link (secret_sha256, created_at) VALUES (?, ?)",
                (_fingerprint(secret), now),
            )
            record(session, CLI, Event("setup-link.issue", "setup-link", "first-owner"), now)
        return secret

    def check(self, secret: str) -> None:
        """Say whether a link can be redeemed.

        :raises InvalidSetupLink: it cannot
        """
        with self._database.read() as session:
            self._check(session, secret)

    def redeem(self, secret: str, email: str, password: str, address: str | None = None) -> Admin:
        """Make the first owner and burn the link, both or neither.

        :param address: the network address the owner comes from
        :raises InvalidSetupLink: the link cannot be redeemed
        :raises InvalidAdmin: the e-mail address or the password cannot be accepted
        :raises EmailTaken: an admin with this e-mail address exists
        """
        self.check(secret)  # before the slow hash: a guessed link costs no memory
        credentials = make_credentials(email, password)
        owner = new_admin(credentials, "owner", to_text(self._clock()))
        with self._database.write() as session:
            session.lock(_FIRST_OWNER)
            self._check(session, secret)
            session.run("DELETE FROM setup_link")
            insert(session, owner, credentials, Actor(f"admin:{owner.id}", address))
        return owner

    def _check(self, session: Session, secret: str) -> None:
        link = session.one(
            "SELECT created_at FROM setup_link WHERE secret_sha256 = ? AND created_at > ?",
            (_fingerprint(secret), to_text(self._clock() - LIFETIME)),
        )
        if link is None or _has_owner(session):
            raise InvalidSetupLink("The link is used, replaced or expired.")


def _has_owner(session: Session) -> bool:
    return session.one("SELECT 1 FROM admin WHERE role = 'owner'") is not None


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
