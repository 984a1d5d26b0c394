"""What stands between the sign-in page and the admins, joined."""

from collections.abc import Callable
from dataclasses import dataclass

from app.admins.admins import Admins
from app.admins.devices import Devices
from app.admins.links import AdminLinks
from app.admins.password_change import PasswordChange
from app.admins.second_factor import SecondFactors
from app.admins.sign_in import SignIn
from app.admins.throttle import Throttle
from scim.instant import Clock
from scim.storage import Database


@dataclass(frozen=True, slots=True)
class Door:
    """The parts of the sign-in."""

    throttle: Throttle
    devices: Devices
    second_factors: SecondFactors
    sign_in: SignIn
    password_change: PasswordChange
    links: AdminLinks

    def sweep(self) -> None:
        """Forget what no sign-in asks for any more."""
        self.throttle.sweep()
        self.devices.sweep()
        self.sign_in.sweep()
        self.links.sweep()


def open_door(
    database: Database, clock: Clock, admins: Admins, derive_secret: Callable[[bytes], bytes]
) -> Door:
    """Return the sign-in of an instance.

    :param derive_secret: gives 32 bytes for a purpose, the same ones on every server
    """
    throttle = Throttle(database, clock, derive_secret(b"sign-in attempts"))
    second_factors = SecondFactors(database, clock, derive_secret(b"second factors"))
    sign_in = SignIn(database, clock, admins, throttle, second_factors)
    return Door(
        throttle,
        Devices(database, clock),
        second_factors,
        sign_in,
        PasswordChange(database, clock, sign_in, throttle, second_factors),
        AdminLinks(database, clock, throttle),
    )
