"""An admin, and the row that is kept of one."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from app.admins.errors import EmailTaken, InvalidAdmin
from app.admins.passwords import check_password, hash_password
from app.audit import Actor, Event, record
from scim.storage import Conflict, Row, Session

Role = Literal["owner", "admin", "auditor"]
"""``owner`` may do everything, ``admin`` makes apps, ``auditor`` reads logs."""

ROLES: tuple[Role, ...] = get_args(Role)

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
"""As much of an address as can be told without sending mail: at most 254 characters."""

_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Admin:
    """A person who may sign in to the console."""

    id: str
    email: str
    role: Role
    created_at: str
    disabled_at: str | None = None
    """Since when they may not."""

    @property
    def is_owner(self) -> bool:
        """Whether the role lets them see and change all there is of the instance."""
        return self.role == "owner"

    @property
    def may_read_logs(self) -> bool:
        """Whether the role lets them read what was done to the whole instance."""
        return self.role in {"owner", "auditor"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """An e-mail address and a password hash that an admin can be made of."""

    email: str
    password_hash: str


def make_credentials(email: str, password: str) -> Credentials:
    """Return what an admin signs in with, ready to be stored.

    It hashes, so it is slow on purpose: call it before a transaction, not inside.

    :raises InvalidAdmin: the e-mail address or the password cannot be accepted
    """
    email = checked_email(email)
    check_password(password, email)
    return Credentials(email, hash_password(password))


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
                email_key(admin.email),
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
    return Admin(row["id"], row["email"], row["role"], row["created_at"], row["disabled_at"])


def checked_email(email: str) -> str:
    """Return an e-mail address as it is kept.

    :raises InvalidAdmin: it is none
    """
    email = unicodedata.normalize("NFC", email.strip())
    if not is_email(email):
        raise InvalidAdmin("Enter an e-mail address, such as name@example.com.")
    return email


def checked_role(role: str) -> Role:
    """Return the role of this name.

    :raises InvalidAdmin: there is none
    """
    for each in ROLES:
        if each == role:
            return each
    raise InvalidAdmin(f"A role is one of {', '.join(ROLES)}.")


def is_email(text: str) -> bool:
    """Return whether a text can be an e-mail address."""
    text = text.strip()
    return text.isprintable() and _EMAIL.fullmatch(text) is not None


def email_key(email: str) -> str:
    """Return an e-mail address as it is compared."""
    return unicodedata.normalize("NFC", email.strip()).lower()
