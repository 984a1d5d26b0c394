"""The admins of an instance: made, found, changed."""

from app.admins.admin import (
    Admin,
    Role,
    admin_of,
    email_key,
    insert,
    is_email,
    make_credentials,
    new_admin,
)
from app.admins.errors import LastOwner, UnknownAdmin
from app.admins.passwords import NOBODY, hash_password, is_outdated, matches
from app.audit import Actor, Event, record
from scim.instant import Clock, to_text
from scim.storage import Database, Row, Session, Words

_OWNERS = "owners"
"""The lock of whoever counts the owners and then acts on it."""


class Admins:
    """The admins of this instance; each change commits together with its audit line."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(self, email: str, password: str, role: Role, actor: Actor) -> Admin:
        """Make an admin.

        :raises InvalidAdmin: the e-mail address or the password cannot be accepted
        :raises EmailTaken: an admin with this e-mail address exists
        """
        credentials = make_credentials(email, password)
        admin = new_admin(credentials, role, to_text(self._clock()))
        with self._database.write() as session:
            insert(session, admin, credentials, actor)
        return admin

    def find_by_credentials(self, email: str, password: str) -> Admin | None:
        """Return the admin with this e-mail address if the password is theirs.

        An unknown e-mail address, and one of an admin who is disabled, takes as long as a wrong
        password.

        :raises SignInBusy: too many passwords wait to be checked
        """
        row = self._find_row(email)
        password_hash = row["password_hash"] if row else NOBODY
        if not matches(password_hash, password) or row is None:
            return None
        admin = admin_of(row)
        if admin.disabled_at:
            return None
        if is_outdated(password_hash):
            self._rehash(admin, password_hash, password)
        return admin

    def all(self) -> list[Admin]:
        """Return every admin, oldest first."""
        with self._database.read() as session:
            rows = session.all("SELECT * FROM admin ORDER BY created_at, id")
        return [admin_of(row) for row in rows]

    def emails(self) -> dict[str, str]:
        """Return the e-mail addresses of all admins by the names under which they act."""
        return {f"admin:{admin.id}": admin.email for admin in self.all()}

    def get(self, admin_id: str) -> Admin:
        """Return the admin with this id.

        :raises UnknownAdmin: there is none
        """
        with self._database.read() as session:
            return _required(session, admin_id)

    def get_by_email(self, email: str) -> Admin:
        """Return the admin with this e-mail address.

        :raises UnknownAdmin: there is none
        """
        row = self._find_row(email)
        if row is None:
            raise UnknownAdmin("There is no admin with this e-mail address.")
        return admin_of(row)

    def set_role(self, admin_id: str, role: Role, actor: Actor) -> None:
        """Give an admin another role.

        :raises UnknownAdmin: there is no such admin
        :raises LastOwner: they are the only owner
        """
        with self._database.write() as session:
            admin = lock_admin(session, self._database.words, admin_id)
            if admin.role == role:
                return
            if admin.role == "owner":
                _require_another_owner(session, admin_id)
            session.run("UPDATE admin SET role = ? WHERE id = ?", (role, admin_id))
            _withdraw_links_of(session, admin_id)
            event = Event("admin.set-role", "admin", admin_id)
            detail = {"from": admin.role, "to": role}
            record(session, actor, event, to_text(self._clock()), detail)

    def disable(self, admin_id: str, actor: Actor) -> None:
        """Let an admin in no more, and end their sessions; what they may do is kept for later.

        :raises UnknownAdmin: there is no such admin
        :raises LastOwner: they are the only owner
        """
        now = to_text(self._clock())
        with self._database.write() as session:
            admin = lock_admin(session, self._database.words, admin_id)
            if admin.disabled_at:
                return
            if admin.role == "owner":
                _require_another_owner(session, admin_id)
            session.run("UPDATE admin SET disabled_at = ? WHERE id = ?", (now, admin_id))
            session.run("DELETE FROM console_session WHERE admin_id = ?", (admin_id,))
            _withdraw_links_of(session, admin_id)
            record(session, actor, Event("admin.disable", "admin", admin_id), now)

    def enable(self, admin_id: str, actor: Actor) -> None:
        """Let an admin in again.

        :raises UnknownAdmin: there is no such admin
        """
        with self._database.write() as session:
            if lock_admin(session, self._database.words, admin_id).disabled_at:
                session.run("UPDATE admin SET disabled_at = NULL WHERE id = ?", (admin_id,))
                event = Event("admin.enable", "admin", admin_id)
                record(session, actor, event, to_text(self._clock()))

    def _find_row(self, email: str) -> Row | None:
        if not is_email(email):  # nobody's; PostgreSQL refuses to compare with some characters
            return None
        with self._database.read() as session:
            return session.one("SELECT * FROM admin WHERE email_key = ?", (email_key(email),))

    def _rehash(self, admin: Admin, former: str, password: str) -> None:
        """Keep the password under today's parameters; only a sign-in knows it."""
        password_hash = hash_password(password)
        with self._database.write() as session:
            changed = session.run(
                "UPDATE admin SET password_hash = ? WHERE id = ? AND password_hash = ?",
                (password_hash, admin.id, former),
            )
            if changed:  # else the password was changed meanwhile
                event = Event("admin.rehash", "admin", admin.id)
                record(session, Actor(f"admin:{admin.id}"), event, to_text(self._clock()))


def lock_admin(session: Session, words: Words, admin_id: str) -> Admin:
    """Return an admin whose row nobody else changes until the transaction ends.

    :raises UnknownAdmin: there is none
    """
    session.lock(_OWNERS)
    return _required(session, admin_id, words.lock_row)


def _required(session: Session, admin_id: str, lock: str = "") -> Admin:
    sql = "SELECT * FROM admin WHERE id = ?" + lock  # noqa: S608 - a fixed word
    row = None if "\0" in admin_id else session.one(sql, (admin_id,))
    if row is None:
        raise UnknownAdmin(f"There is no admin {admin_id}.")
    return admin_of(row)


def _withdraw_links_of(session: Session, admin_id: str) -> None:
    """Let the links be good for nothing that somebody made who may do less from now on."""
    session.run("DELETE FROM admin_link WHERE created_by = ?", (f"admin:{admin_id}",))


def _require_another_owner(session: Session, admin_id: str) -> None:
    other = "SELECT 1 FROM admin WHERE role = 'owner' AND disabled_at IS NULL AND id <> ?"
    if session.one(other, (admin_id,)) is None:
        raise LastOwner("This is the last owner. Make somebody else an owner first.")
