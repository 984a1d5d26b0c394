"""Admins of tests that are about something else: all have one password, hashed once."""

from functools import cache

from app.admins import Admin, Credentials, Role, insert, make_credentials, new_admin
from app.audit import CLI
from scim.instant import Clock, to_text
from scim.storage import Database

PASSWORD = "correct horse battery"


def add_admin(database: Database, clock: Clock, name: str, role: Role = "admin") -> Admin:
    """Make an admin ``name@example.com``."""
    credentials = Credentials(f"{name}@example.com", _password_hash())
    admin = new_admin(credentials, role, to_text(clock()))
    with database.write() as session:
        insert(session, admin, credentials, CLI)
    return admin


@cache
def _password_hash() -> str:
    """Return a hash as it is stored: to make one takes some 200 ms, as it should."""
    return make_credentials("anybody@example.com", PASSWORD).password_hash
