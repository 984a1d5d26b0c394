"""The sign-in of an instance, joined as the application joins it, without the web around it."""

from dataclasses import dataclass

from argon2 import PasswordHasher

from app.admins import Admin, Admins
from app.admins import door as doors
from app.admins.devices import Devices
from app.admins.origin import Origin
from app.admins.password_change import PasswordChange
from app.admins.second_factor import SecondFactors
from app.admins.sign_in import SignIn
from app.admins.throttle import Throttle
from app.migrations import MIGRATIONS as APP
from scim.instant import Clock
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database
from tests.admins import PASSWORD, add_admin

STRANGER = Origin("192.0.2.1")


@dataclass(frozen=True, slots=True)
class Door:
    """What stands at the sign-in of a database."""

    database: Database
    admins: Admins
    devices: Devices
    throttle: Throttle
    second_factors: SecondFactors
    sign_in: SignIn
    password_change: PasswordChange


def open_door(database: Database, clock: Clock) -> Door:
    """Return the sign-in of a database, with its tables made."""
    database.migrate((*DIRECTORY, *APP))
    admins = Admins(database, clock)
    door = doors.open_door(database, clock, admins, lambda purpose: purpose.ljust(32))
    return Door(
        database,
        admins,
        door.devices,
        door.throttle,
        door.second_factors,
        door.sign_in,
        door.password_change,
    )


def quick_admin(door: Door, clock: Clock, name: str = "ada") -> Admin:
    """Make an admin whose password is checked in no time, by a hash nobody should keep."""
    admin = add_admin(door.database, clock, name)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with door.database.write() as session:
        session.run("UPDATE admin SET password_hash = ? WHERE id = ?", (weak, admin.id))
    return admin
