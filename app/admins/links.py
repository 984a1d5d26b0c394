"""One-time links: how a new admin chooses a password, and one who lost theirs another."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from app.admins import second_factor
from app.admins.admin import (
    Admin,
    Credentials,
    Role,
    admin_of,
    checked_email,
    email_key,
    insert,
    make_credentials,
    new_admin,
)
from app.admins.admins import lock_admin
from app.admins.errors import EmailTaken, InvalidLink
from app.admins.throttle import Throttle
from app.audit import Actor, Event, record
from scim.instant import Clock, to_text
from scim.storage import Database, Row, Session

LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AdminLink:
    """What a link is for."""

    email: str
    role: Role
    created_at: str
    admin_id: str | None
    """Whose password it replaces, or None where it invites."""


class AdminLinks:
    """Issues and redeems links: at most one is good for an e-mail address at a time."""

    def __init__(self, database: Database, clock: Clock, throttle: Throttle) -> None:
        self._database = database
        self._clock = clock
        self._throttle = throttle

    def invite(self, email: str, role: Role, actor: Actor) -> str:
        """Return the secret of a link by which somebody becomes an admin.

        :raises InvalidAdmin: the e-mail address cannot be accepted
        :raises EmailTaken: an admin with this e-mail address exists
        """
        email = checked_email(email)
        with self._database.write() as session:
            if _is_taken(session, email):
                raise EmailTaken("An admin with this e-mail address exists.")
            event = Event("admin.invite", "role", role)
            return self._issue(session, AdminLink(email, role, "", None), actor, event)

    def reset(self, admin_id: str, actor: Actor) -> str:
        """Return the secret of a link by which an admin chooses another password.

        Until it is redeemed, nothing changes.

        :raises UnknownAdmin: there is no such admin
        """
        with self._database.write() as session:
            admin = lock_admin(session, self._database.words, admin_id)
            event = Event("admin.issue-reset", "admin", admin_id)
            link = AdminLink(admin.email, admin.role, "", admin_id)
            return self._issue(session, link, actor, event)

    def invitations(self) -> list[AdminLink]:
        """Return the invitations that were not taken so far, oldest first."""
        with self._database.read() as session:
            rows = session.all(
                "SELECT * FROM admin_link WHERE admin_id IS NULL AND created_at > ?"
                " ORDER BY created_at, email_key",
                (to_text(self._clock() - LIFETIME),),
            )
        return [_link_of(row) for row in rows]

    def withdraw(self, email: str, actor: Actor) -> None:
        """Let an invitation be good for nothing."""
        if "\0" in email:
            return
        with self._database.write() as session:
            row = session.one(
                "DELETE FROM admin_link WHERE admin_id IS NULL AND email_key = ? RETURNING role",
                (email_key(email),),
            )
            if row is not None:
                event = Event("admin.withdraw-invitation", "role", row["role"])
                record(session, actor, event, to_text(self._clock()))

    def get(self, secret: str) -> AdminLink:
        """Return what a link is for.

        :raises InvalidLink: it is unknown, used, replaced or expired
        """
        with self._database.read() as session:
            return self._get(session, secret)

    def redeem(self, secret: str, password: str, address: str | None = None) -> Admin:
        """Give the admin of a link this password, and burn the link.

        Whoever was signed in as them no longer is, and their second factor is off.

        :raises InvalidLink: it is unknown, used, replaced or expired
        :raises InvalidAdmin: the password cannot be accepted
        :raises EmailTaken: somebody became an admin with this e-mail address meanwhile
        """
        link = self.get(secret)  # before the slow hash: a guessed link costs no memory
        credentials = make_credentials(link.email, password)
        with self._database.write() as session:
            self._get(session, secret)
            burnt = session.run(
                "DELETE FROM admin_link WHERE secret_sha256 = ?", (_fingerprint(secret),)
            )
            if not burnt:  # by somebody else at the same moment
                raise InvalidLink("The link is used, replaced or expired.")
            self._throttle.forget(session, link.email)
            if link.admin_id is None:
                return self._welcome(session, link, credentials, address)
            return self._reset(session, link.admin_id, credentials, address)

    def sweep(self) -> None:
        """Forget the links that are expired."""
        with self._database.write() as session:
            session.run(
                "DELETE FROM admin_link WHERE created_at <= ?",
                (to_text(self._clock() - LIFETIME),),
            )

    def _issue(self, session: Session, link: AdminLink, actor: Actor, event: Event) -> str:
        secret = secrets.token_urlsafe(32)
        now = to_text(self._clock())
        key = email_key(link.email)
        session.run("DELETE FROM admin_link WHERE email_key = ?", (key,))
        session.run(
            "INSERT INTO admin_link (secret_sha256, admin_id, email, email_key, role,"
            " created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (_fingerprint(secret), link.admin_id, link.email, key, link.role, now, actor.name),
        )
        record(session, actor, event, now)
        return secret

    def _get(self, session: Session, secret: str) -> AdminLink:
        row = session.one(
            "SELECT admin_link.* FROM admin_link LEFT JOIN admin ON admin.id = admin_link.admin_id"
            " WHERE secret_sha256 = ? AND admin_link.created_at > ? AND admin.disabled_at IS NULL",
            (_fingerprint(secret), to_text(self._clock() - LIFETIME)),
        )
        if row is None:
            raise InvalidLink("The link is used, replaced or expired.")
        return _link_of(row)

    def _welcome(
        self, session: Session, link: AdminLink, credentials: Credentials, address: str | None
    ) -> Admin:
        admin = new_admin(credentials, link.role, to_text(self._clock()))
        insert(session, admin, credentials, Actor(f"admin:{admin.id}", address))
        return admin

    def _reset(
        self, session: Session, admin_id: str, credentials: Credentials, address: str | None
    ) -> Admin:
        session.run(
            "UPDATE admin SET password_hash = ? WHERE id = ?",
            (credentials.password_hash, admin_id),
        )
        second_factor.remove(session, admin_id)
        for table in ("console_session", "known_device", "half_sign_in"):
            session.run(f"DELETE FROM {table} WHERE admin_id = ?", (admin_id,))  # noqa: S608 - ours
        event = Event("admin.reset-password", "admin", admin_id)
        record(session, Actor(f"admin:{admin_id}", address), event, to_text(self._clock()))
        row = session.one("SELECT * FROM admin WHERE id = ?", (admin_id,))
        if row is None:
            raise InvalidLink("There is no such admin any more.")
        return admin_of(row)


def _is_taken(session: Session, email: str) -> bool:
    return session.one("SELECT 1 FROM admin WHERE email_key = ?", (email_key(email),)) is not None


def _link_of(row: Row) -> AdminLink:
    return AdminLink(row["email"], row["role"], row["created_at"], row["admin_id"])


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
