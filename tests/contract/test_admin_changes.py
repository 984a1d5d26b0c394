"""What can be changed about an admin: the role, and whether they are let in."""

import json
from functools import partial

import pytest

from app.admins import Admin, Admins, LastOwner, UnknownAdmin
from app.audit import CLI
from app.migrations import MIGRATIONS as APP
from app.sessions import Sessions
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database
from tests.admins import PASSWORD, add_admin
from tests.conftest import FakeClock
from tests.races import together


@pytest.fixture
def admins(database: Database, clock: FakeClock) -> Admins:
    database.migrate((*DIRECTORY, *APP))
    return Admins(database, clock)


@pytest.fixture
def owner(admins: Admins, database: Database, clock: FakeClock) -> Admin:  # noqa: ARG001 - tables
    return add_admin(database, clock, "ada", "owner")


def test_a_role_can_be_changed(admins: Admins, owner: Admin, database: Database) -> None:
    grace = add_admin(database, FakeClock(), "grace")

    for _ in range(2):
        admins.set_role(grace.id, "owner", CLI)
    admins.set_role(owner.id, "auditor", CLI)

    assert {each.email: each.role for each in admins.all()} == {
        "ada@example.com": "auditor",
        "grace@example.com": "owner",
    }
    with database.read() as session:
        lines = session.all("SELECT detail FROM audit WHERE action = 'admin.set-role' ORDER BY seq")
    assert [json.loads(line["detail"]) for line in lines] == [
        {"from": "admin", "to": "owner"},
        {"from": "owner", "to": "auditor"},
    ]


def test_the_last_owner_stays_owner(admins: Admins, owner: Admin, database: Database) -> None:
    grace = add_admin(database, FakeClock(), "grace", "owner")
    admins.disable(grace.id, CLI)

    with pytest.raises(LastOwner):
        admins.set_role(owner.id, "admin", CLI)
    with pytest.raises(LastOwner):
        admins.disable(owner.id, CLI)

    assert admins.get(owner.id) == owner


def test_of_two_owners_who_leave_at_once_one_stays(
    admins: Admins, owner: Admin, database: Database
) -> None:
    grace = add_admin(database, FakeClock(), "grace", "owner")

    def leave(admin: Admin) -> bool:
        try:
            admins.set_role(admin.id, "auditor", CLI)
        except LastOwner:
            return False
        return True

    assert sorted(together(partial(leave, owner), partial(leave, grace))) == [False, True]
    assert [each.role for each in admins.all()].count("owner") == 1


def test_who_is_disabled_is_out_at_once_and_can_come_back(
    admins: Admins, owner: Admin, database: Database, clock: FakeClock
) -> None:
    grace = add_admin(database, clock, "grace")
    sessions = Sessions(database, clock)
    secret = sessions.start(grace.id)

    for _ in range(2):
        admins.disable(grace.id, CLI)

    assert sessions.find(secret) is None
    assert admins.find_by_credentials(grace.email, PASSWORD) is None
    assert admins.get(grace.id).disabled_at is not None
    assert admins.get(owner.id).disabled_at is None
    for _ in range(2):
        admins.enable(grace.id, CLI)
    assert admins.find_by_credentials(grace.email, PASSWORD) == grace
    assert sessions.find(secret) is None
    with database.read() as session:
        lines = session.all("SELECT action FROM audit WHERE object_id = ?", (grace.id,))
    actions = [line["action"] for line in lines]
    assert (actions.count("admin.disable"), actions.count("admin.enable")) == (1, 1)


def test_a_session_begun_while_its_admin_is_disabled_opens_nothing(
    admins: Admins, owner: Admin, database: Database, clock: FakeClock
) -> None:
    """Whoever signs in at that very moment may come just behind."""
    del owner  # who remains
    grace = add_admin(database, clock, "grace")
    admins.disable(grace.id, CLI)

    assert Sessions(database, clock).find(Sessions(database, clock).start(grace.id)) is None


@pytest.mark.parametrize("admin_id", ["adm_nobody", "", "adm\0"])
def test_who_is_nobody_cannot_be_changed(admins: Admins, admin_id: str) -> None:
    for change in (
        lambda: admins.set_role(admin_id, "owner", CLI),
        lambda: admins.disable(admin_id, CLI),
        lambda: admins.enable(admin_id, CLI),
        lambda: admins.get(admin_id),
    ):
        with pytest.raises(UnknownAdmin):
            change()


def test_an_admin_is_got_by_email_address_or_not_at_all(admins: Admins, owner: Admin) -> None:
    assert admins.get_by_email(" ADA@example.com") == owner
    for nobody in ("eve@example.com", "", "\0"):
        with pytest.raises(UnknownAdmin):
            admins.get_by_email(nobody)
