"""The second factor: codes of an authenticator app (TOTP, RFC 6238), each good once."""

import hmac
import logging
from dataclasses import dataclass

import pyotp

from app.admins import recovery
from app.admins.admin import Admin
from app.admins.admins import lock_admin
from app.admins.errors import SecondFactorError, WrongCode
from app.audit import Actor, Event, record
from app.keys.encryption import KeyEncryption, Sealed, Unopenable
from scim.instant import Clock, to_text
from scim.storage import Database, Row, Session

STEP = 30
"""Seconds that a code stands for (RFC 6238 §5.2)."""

_DRIFT = (0, -1, 1)
"""The steps around the present one whose codes are taken, for clocks differ (RFC 6238 §5.2)."""

_ISSUER = "Provisor"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given, once."""

    key: str
    """In base32, for those who type it."""

    uri: str
    """The same, as an ``otpauth:`` URI for a QR code."""


class SecondFactors:
    """The second factors of admins; each change commits together with its audit line."""

    def __init__(self, database: Database, clock: Clock, key: bytes) -> None:
        """:param key: 32 bytes that the keys of the authenticator apps are encrypted under"""
        self._database = database
        self._clock = clock
        self._encryption = KeyEncryption([key])

    def is_on(self, admin_id: str) -> bool:
        """Return whether an admin signs in with a second factor."""
        with self._database.read() as session:
            return _find(session, admin_id) is not None

    def codes_left(self, admin_id: str) -> int:
        """Return how many recovery codes an admin has left."""
        with self._database.read() as session:
            return recovery.count(session, admin_id)

    def begin(self, admin: Admin) -> Enrolment:
        """Make a key for an authenticator app; it counts for nothing until a code confirms it.

        :raises SecondFactorError: there is a second factor
        """
        key = pyotp.random_base32()
        sealed = self._encryption.seal(key.encode(), admin.id.encode())
        with self._database.write() as session:
            lock_admin(session, self._database.words, admin.id)
            if _find(session, admin.id):
                raise SecondFactorError("The second factor is on already.")
            session.run("DELETE FROM second_factor WHERE admin_id = ?", (admin.id,))
            session.run(
                "INSERT INTO second_factor (admin_id, sealed_key, nonce, created_at, last_step)"
                " VALUES (?, ?, ?, ?, 0)",
                (admin.id, sealed.ciphertext, sealed.nonce, to_text(self._clock())),
            )
        return _enrolment(admin, key)

    def begun(self, admin: Admin) -> Enrolment:
        """Return the key that waits to be confirmed.

        :raises SecondFactorError: there is none
        """
        with self._database.read() as session:
            row = _row(session, admin.id)
        if row is None or row["confirmed_at"]:
            raise SecondFactorError("There is no second factor to confirm. Begin again.")
        return _enrolment(admin, self._key_of(row))

    def confirm(self, admin: Admin, code: str, actor: Actor) -> tuple[str, ...]:
        """Turn the second factor on, and return the recovery codes, which are not kept.

        :raises SecondFactorError: there is none to confirm
        :raises WrongCode: the authenticator app does not show this code
        """
        with self._database.write() as session:
            lock_admin(session, self._database.words, admin.id)
            row = _row(session, admin.id)
            if row is None or row["confirmed_at"]:
                raise SecondFactorError("There is no second factor to confirm. Begin again.")
            if not self._spend(session, row, code):
                raise WrongCode("This is not the code that the app shows now.")
            now = to_text(self._clock())
            session.run(
                "UPDATE second_factor SET confirmed_at = ? WHERE admin_id = ?", (now, admin.id)
            )
            record(session, actor, Event("second-factor.turn-on", "admin", admin.id), now)
            return recovery.replace(session, admin.id)

    def use(self, admin: Admin, code: str, actor: Actor) -> None:
        """Take a code of the app or a recovery code, which is no good from now on.

        :raises WrongCode: it is neither, or was used before
        """
        with self._database.write() as session:
            row = _find(session, admin.id)
            if row is None:
                raise WrongCode("There is no second factor.")
            if self._spend(session, row, code):
                return
            if not recovery.spend(session, admin.id, code):
                raise WrongCode("The code is not right, or was used before.")
            event = Event("second-factor.recover", "admin", admin.id)
            record(session, actor, event, to_text(self._clock()))

    def renew_codes(self, admin_id: str, actor: Actor) -> tuple[str, ...]:
        """Return fresh recovery codes in place of the former ones.

        :raises SecondFactorError: there is no second factor
        """
        with self._database.write() as session:
            lock_admin(session, self._database.words, admin_id)
            if _find(session, admin_id) is None:
                raise SecondFactorError("There is no second factor.")
            event = Event("second-factor.renew-codes", "admin", admin_id)
            record(session, actor, event, to_text(self._clock()))
            return recovery.replace(session, admin_id)

    def turn_off(self, admin_id: str, actor: Actor) -> None:
        """Let an admin sign in with the password alone from now on."""
        with self._database.write() as session:
            lock_admin(session, self._database.words, admin_id)
            if _find(session, admin_id):
                event = Event("second-factor.turn-off", "admin", admin_id)
                record(session, actor, event, to_text(self._clock()))
            remove(session, admin_id)

    def _key_of(self, row: Row) -> str:
        sealed = Sealed(row["sealed_key"], row["nonce"], self._encryption.first_id)
        return self._encryption.open(sealed, row["admin_id"].encode()).decode()

    def _spend(self, session: Session, row: Row, code: str) -> bool:
        """Use the step up that a code stands for, and return whether there was one."""
        try:
            totp = pyotp.TOTP(self._key_of(row), interval=STEP)
        except Unopenable:  # the root secret was lost and replaced; recovery codes still work
            _log.exception("The second factor of %s cannot be opened.", row["admin_id"])
            return False
        given = "".join(code.split()).encode("utf-8", "surrogatepass")
        present = int(self._clock().timestamp()) // STEP
        for step in (present + drift for drift in _DRIFT):
            if hmac.compare_digest(totp.generate_otp(step).encode(), given):
                spent = session.run(
                    "UPDATE second_factor SET last_step = ? WHERE admin_id = ? AND last_step < ?",
                    (step, row["admin_id"], step),
                )
                return bool(spent)
        return False


def remove(session: Session, admin_id: str) -> None:
    """Take the second factor and the recovery codes from an admin."""
    session.run("DELETE FROM second_factor WHERE admin_id = ?", (admin_id,))
    recovery.remove(session, admin_id)


def _find(session: Session, admin_id: str) -> Row | None:
    """Return the row of a second factor that is on."""
    row = _row(session, admin_id)
    return row if row is not None and row["confirmed_at"] else None


def _row(session: Session, admin_id: str) -> Row | None:
    return session.one("SELECT * FROM second_factor WHERE admin_id = ?", (admin_id,))


def _enrolment(admin: Admin, key: str) -> Enrolment:
    uri = pyotp.TOTP(key, interval=STEP).provisioning_uri(name=admin.email, issuer_name=_ISSUER)
    return Enrolment(key, uri)
