"""Admins: the people who sign in to the console.

Errors::

    AdminError
    ├── InvalidAdmin  an e-mail address or a password cannot be accepted; the sentence says why
    ├── EmailTaken    an admin with this e-mail address exists
    └── UnknownAdmin  there is no admin with this id
"""

import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app.audit import Actor, Event, record
from scim.instant import Clock, to_text
from scim.storage import Conflict, Database, Row, Session

Role = Literal["owner", "admin", "auditor"]
"""``owner`` may do everything, ``admin`` makes apps, ``auditor`` reads logs."""

SHORTEST_PASSWORD = 15
"""Characters a password has at least where it is the only factor (NIST SP 800-63B-4 §3.1.1)."""

LONGEST_PASSWORD = 256

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
"""As much of an address as can be told without sending mail: at most 254 characters."""

_ID_BYTES = 8

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)  # RFC 9106 §4, second
_HASHING = threading.BoundedSemaphore(2)
"""Bounds the memory that a crowd at the sign-in page can claim: 64 MiB for each hash."""

_NOBODY = (
    f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)
"""The hash an unknown e-mail address is checked against, so that it takes as long as a known one.

It is all zeros: no password is known to have it, and a match would not sign anybody in.
"""


class AdminError(Exception):
    """What is wrong with an admin; raised as one of its subclasses."""


class InvalidAdmin(AdminError):  # noqa: N818 - the field says invalid, not invalid error
    """An e-mail address or a password cannot be accepted; the message is a sentence."""


class EmailTaken(AdminError):  # noqa: N818 - likewise
    """An admin with this e-mail address exists."""


class UnknownAdmin(AdminError):  # noqa: N818 - likewise
    """There is no admin with this id."""


@dataclass(frozen=True, slots=True)
class Admin:
    """A person who may sign in to the console."""

    id: str
    email: str
    role: Role
    created_at: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """An e-mail address and a password hash that an admin can be made of."""

    email: str
    password_hash: str


class Admins:
    """The admins of this instance."""

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

        An unknown e-mail address takes as long as a wrong password.
        """
        row = self._find_row(email)
        password_hash = row["password_hash"] if row else _NOBODY
        if not _matches(password_hash, password) or row is None:
            return None
        admin = admin_of(row)
        if _HASHER.check_needs_rehash(password_hash):
            self._rehash(admin, password_hash, password)
        return admin

    def all(self) -> list[Admin]:
        """Return every admin, oldest first."""
        with self._database.read() as session:
            rows = session.all("SELECT * FROM admin ORDER BY created_at, id")
        return [admin_of(row) for row in rows]

    def get(self, admin_id: str) -> Admin:
        """Return the admin with this id.

        :raises UnknownAdmin: there is none
        """
        with self._database.read() as session:
            row = session.one("SELECT * FROM admin WHERE id = ?", (admin_id,))
        if row is None:
            raise UnknownAdmin(f"There is no admin {admin_id}.")
        return admin_of(row)

    def _find_row(self, email: str) -> Row | None:
        if not _is_email(email):  # nobody's; PostgreSQL refuses to compare with some characters
            return None
        with self._database.read() as session:
            return session.one("SELECT * FROM admin WHERE email_key = ?", (_email_key(email),))

    def _rehash(self, admin: Admin, former: str, password: str) -> None:
        """Keep the password under today's parameters; only a sign-in knows it."""
        password_hash = _hash(password)
        with self._database.write() as session:
            changed = session.run(
                "UPDATE admin SET password_hash = ? WHERE id = ? AND password_hash = ?",
                (password_hash, admin.id, former),
            )
            if changed:  # else the password was changed meanwhile
                event = Event("admin.rehash", "admin", admin.id)
                record(session, Actor(f"admin:{admin.id}"), event, to_text(self._clock()))


def make_credentials(email: str, password: str) -> Credentials:
    """Return what an admin signs in with, ready to be stored.

    It hashes, so it is slow on purpose: call it before a transaction, not inside.

    :raises InvalidAdmin: the e-mail address or the password cannot be accepted
    """
    email = unicodedata.normalize("NFC", email.strip())
    if not _is_email(email):
        raise InvalidAdmin("Enter an e-mail address, such as name@example.com.")
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidAdmin(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidAdmin(f"The password can have at most {LONGEST_PASSWORD} characters.")
    return Credentials(email, _hash(password))


def new_admin(credentials: Credentials, role: Role, now: str) -> Admin:
    """Return an admin who is not stored yet, under an id of their own."""
    return Admin(f"adm_{secrets.token_hex(_ID_BYTES)}", credentials.email, role, now)


def insert(session: Session, admin: Admin, credentials: Credentials, actor: Actor) -> None:
    """Store an admin, with its line in the audit log.

    :raises EmailTaken: an admin with this e-mail address exists
    """
    try:
        session.run(
            "INSERT INTO admin (id, email, email_key, role, password_hash, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                admin.id,
                admin.email,
                _email_key(admin.email),
                admin.role,
                credentials.password_hash,
                admin.created_at,
            ),
        )
    except Conflict as error:
        raise EmailTaken("An admin with this e-mail address exists.") from error
    event = Event("admin.create", "admin", admin.id)
    record(session, actor, event, admin.created_at, {"role": admin.role})


def admin_of(row: Row) -> Admin:
    """Return the admin a row of the table ``admin`` holds."""
    return Admin(row["id"], row["email"], row["role"], row["created_at"])


def _is_email(text: str) -> bool:
    text = text.strip()
    return text.isprintable() and _EMAIL.fullmatch(text) is not None


def _email_key(email: str) -> str:
    return unicodedata.normalize("NFC", email.strip()).lower()


def _hash(password: str) -> str:
    with _HASHING:
        return _HASHER.hash(_normal(password))


def _matches(password_hash: str, password: str) -> bool:
    with _HASHING:
        try:
            return _HASHER.verify(password_hash, _normal(password))
        except VerifyMismatchError:
            return False


def _normal(password: str) -> str:
    """Return the one spelling of a password; keyboards differ (NIST SP 800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFC", password)
