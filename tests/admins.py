"""Admins of tests that are about something else: all have one password, hashed once."""

from functools import cache

from app.access import Access, MemberChange
from app.admins import Admin, Credentials, Role, insert, make_credentials, new_admin
from app.audit import CLI, Actor
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


def give_role(access: Access, app_id: str, admin_id: str, role: str, actor: Actor = CLI) -> None:
    """Give an admin a role on an app, whatever it was."""
    was = {member.admin_id: member.role for member in access.members(app_id)}
    access.change_member(app_id, MemberChange(admin_id, role, was.get(admin_id, "")), actor)


@cache
def _password_hash() -> str:
    """Return a hash as it is stored: to make one takes some 200 ms, as it should."""
    return make_credentials("anybody@example.com", PASSWORD).password_hash
