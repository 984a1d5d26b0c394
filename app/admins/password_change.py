"""Changing one's own password, while one is signed in."""

import hashlib

from app.admins.admin import Admin
from app.admins.origin import Origin
from app.admins.passwords import (
    SHORTEST_BESIDE_FACTOR,
    SHORTEST_PASSWORD,
    check_password,
    hash_password,
)
from app.admins.second_factor import SecondFactors
from app.admins.sign_in import SignIn
from app.admins.throttle import Throttle
from app.audit import Actor, Event, record
from scim.instant import Clock, to_text
from scim.storage import Database


class PasswordChange:
    """Replaces the password of an admin who knows the present one."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sign_in: SignIn,
        throttle: Throttle,
        second_factors: SecondFactors,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sign_in = sign_in
        self._throttle = throttle
        self._second_factors = second_factors

    def shortest(self, admin: Admin) -> int:
        """Return how many characters the next password of an admin has at least."""
        is_on = self._second_factors.is_on(admin.id)
        return SHORTEST_BESIDE_FACTOR if is_on else SHORTEST_PASSWORD

    def change(self, admin: Admin, present: str, new: str, kept: str, origin: Origin) -> None:
        """Give an admin another password, and end their other sessions.

        :param kept: the secret of the session that goes on
        :raises InvalidAdmin: the new password cannot be accepted
        :raises WrongPassword: the present one is not theirs
        :raises Throttled: there were too many attempts
        :raises SignInBusy: too many passwords wait to be checked
        """
        check_password(new, admin.email, shortest=self.shortest(admin))
        self._sign_in.check_password(admin, present, origin)
        password_hash = hash_password(new)
        with self._database.write() as session:
            session.run(
                "UPDATE admin SET password_hash = ? WHERE id = ?", (password_hash, admin.id)
            )
            session.run(
                "DELETE FROM console_session WHERE admin_id = ? AND secret_sha256 <> ?",
                (admin.id, hashlib.sha256(kept.encode()).hexdigest()),
            )
            for table in ("half_sign_in", "known_device", "admin_link"):
                session.run(f"DELETE FROM {table} WHERE admin_id = ?", (admin.id,))  # noqa: S608 - ours
            self._throttle.forget(session, admin.email)
            event = Event("admin.change-password", "admin", admin.id)
            actor = Actor(f"admin:{admin.id}", origin.address)
            record(session, actor, event, to_text(self._clock()))
