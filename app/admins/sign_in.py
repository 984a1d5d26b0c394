"""Proving who one is: at the sign-in in one step or two, and again before what is sensitive."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from app.admins.admin import Admin, admin_of
from app.admins.admins import Admins
from app.admins.errors import SignInExpired, WrongPassword
from app.admins.origin import Origin
from app.admins.second_factor import SecondFactors
from app.admins.throttle import Attempt, Throttle
from app.audit import Actor
from scim.instant import Clock, to_text
from scim.storage import Database

LIFETIME = timedelta(minutes=5)
"""How long there is for the second step."""

_WRONG = "The e-mail address and the password do not belong together."


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A sign-in whose password was right, and which wants the second factor."""

    secret: str


class SignIn:
    """Checks what admins know and have; every attempt is counted before it is looked at."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        admins: Admins,
        throttle: Throttle,
        second_factors: SecondFactors,
    ) -> None:
        self._database = database
        self._clock = clock
        self._admins = admins
        self._throttle = throttle
        self._second_factors = second_factors

    def begin(self, email: str, password: str, origin: Origin) -> Admin | SecondStep:
        """Return the admin who signs in, or the step that is left.

        :raises WrongPassword: nobody has this e-mail address and this password
        :raises Throttled: there were too many attempts
        :raises SignInBusy: too many passwords wait to be checked
        """
        attempt = self._throttle.admit(email, origin)
        admin = self._admins.find_by_credentials(email, password)
        if admin is None:
            raise WrongPassword(_WRONG)
        if self._second_factors.is_on(admin.id):
            return self._second_step(admin)
        self._throttle.succeed(attempt)
        return admin

    def finish(self, secret: str, code: str, origin: Origin) -> Admin:
        """Return the admin whose second step this is.

        :raises SignInExpired: the first step is too long ago, or was never taken
        :raises WrongCode: the code is not right, or was used
        :raises Throttled: there were too many attempts
        """
        fingerprint = _fingerprint(secret)
        with self._database.read() as session:
            row = session.one(
                "SELECT admin.* FROM half_sign_in JOIN admin ON admin.id = half_sign_in.admin_id"
                " WHERE secret_sha256 = ? AND half_sign_in.created_at > ?"
                " AND admin.disabled_at IS NULL",
                (fingerprint, to_text(self._clock() - LIFETIME)),
            )
        if row is None:
            raise SignInExpired("This sign-in took too long. Begin again.")
        admin = admin_of(row)
        attempt = self._check_code(admin, code, origin)
        with self._database.write() as session:
            if not session.run("DELETE FROM half_sign_in WHERE secret_sha256 = ?", (fingerprint,)):
                raise SignInExpired("This sign-in was finished already.")
        self._throttle.succeed(attempt)
        return admin

    def prove(self, admin: Admin, proof: str, origin: Origin) -> None:
        """Let an admin who is signed in prove again who they are, by the factor they hold.

        :param proof: a code where the second factor is on, else the password
        :raises WrongPassword: it is not their password
        :raises WrongCode: the code is not right, or was used
        :raises Throttled: there were too many attempts
        :raises SignInBusy: too many passwords wait to be checked
        """
        if self._second_factors.is_on(admin.id):
            self._throttle.succeed(self._check_code(admin, proof, origin))
        else:
            self.check_password(admin, proof, origin)

    def check_password(self, admin: Admin, password: str, origin: Origin) -> None:
        """Let the password of an admin who is signed in pass.

        :raises WrongPassword: it is not their password
        :raises Throttled: there were too many attempts
        :raises SignInBusy: too many passwords wait to be checked
        """
        attempt = self._throttle.admit(admin.email, origin)
        if self._admins.find_by_credentials(admin.email, password) != admin:
            raise WrongPassword("This is not your password.")
        self._throttle.succeed(attempt)

    def sweep(self) -> None:
        """Forget the sign-ins that were never finished."""
        with self._database.write() as session:
            session.run(
                "DELETE FROM half_sign_in WHERE created_at <= ?",
                (to_text(self._clock() - LIFETIME),),
            )

    def _second_step(self, admin: Admin) -> SecondStep:
        secret = secrets.token_urlsafe(32)
        with self._database.write() as session:
            session.run(
                "INSERT INTO half_sign_in (secret_sha256, admin_id, created_at) VALUES (?, ?, ?)",
                (_fingerprint(secret), admin.id, to_text(self._clock())),
            )
        return SecondStep(secret)

    def _check_code(self, admin: Admin, code: str, origin: Origin) -> Attempt:
        attempt = self._throttle.admit(admin.email, origin)
        self._second_factors.use(admin, code, Actor(f"admin:{admin.id}", origin.address))
        return attempt


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
