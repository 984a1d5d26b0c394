"""One-time links: invitations, and another password for who lost theirs."""

from functools import partial

import pyotp
import pytest

from app.admins import Admin, EmailTaken, InvalidAdmin, UnknownAdmin
from app.admins.errors import InvalidLink
from app.admins.links import AdminLinks
from app.admins.origin import Origin
from app.audit import CLI, Actor
from app.sessions import Sessions
from scim.storage import Database
from tests.admins import PASSWORD, add_admin
from tests.conftest import FakeClock
from tests.contract.access import STRANGER, Door, open_door, quick_admin
from tests.races import in_threads

OTHER = "another horse battery"


@pytest.fixture
def door(database: Database, clock: FakeClock) -> Door:
    return open_door(database, clock)


@pytest.fixture
def links(door: Door, clock: FakeClock) -> AdminLinks:
    return AdminLinks(door.database, clock, door.throttle)


@pytest.fixture
def ada(door: Door, clock: FakeClock) -> Admin:
    return quick_admin(door, clock)


def test_an_invitation_makes_an_admin_once(links: AdminLinks, door: Door) -> None:
    secret = links.invite(" grace@example.com ", "auditor", CLI)
    assert [link.email for link in links.invitations()] == ["grace@example.com"]

    grace = links.redeem(secret, PASSWORD, "192.0.2.1")

    assert (grace.email, grace.role) == ("grace@example.com", "auditor")
    assert door.sign_in.begin(grace.email, PASSWORD, STRANGER) == grace
    assert links.invitations() == []
    for again in (links.get, lambda secret: links.redeem(secret, PASSWORD)):
        with pytest.raises(InvalidLink):
            again(secret)


def test_of_several_who_redeem_one_link_at_once_one_succeeds(links: AdminLinks, door: Door) -> None:
    secret = links.invite("grace@example.com", "admin", CLI)

    def redeem(secret: str) -> bool:
        try:
            links.redeem(secret, PASSWORD)
        except InvalidLink:
            return False
        return True

    assert in_threads(3, partial(redeem, secret)).count(True) == 1
    assert len(door.admins.all()) == 1


def test_a_password_that_cannot_be_accepted_burns_no_link(links: AdminLinks) -> None:
    secret = links.invite("grace@example.com", "admin", CLI)

    for password in ("short", "grace@example.com", "x" * 129):
        with pytest.raises(InvalidAdmin):
            links.redeem(secret, password)

    assert links.redeem(secret, PASSWORD).role == "admin"


@pytest.mark.parametrize("secret", ["", "guess", "\0", "é" * 5000, "\ud800"])
def test_what_is_no_link_leads_nowhere(links: AdminLinks, secret: str) -> None:
    with pytest.raises(InvalidLink):
        links.get(secret)


def test_a_link_is_good_for_a_day_and_until_the_next_one(
    links: AdminLinks, clock: FakeClock
) -> None:
    former = links.invite("grace@example.com", "owner", CLI)
    latter = links.invite("GRACE@example.com", "admin", CLI)
    with pytest.raises(InvalidLink):
        links.get(former)

    clock.advance(hours=24, microseconds=-1)
    assert links.get(latter).role == "admin"
    clock.advance(microseconds=1)
    with pytest.raises(InvalidLink):
        links.get(latter)
    assert links.invitations() == []
    links.sweep()


def test_who_is_an_admin_or_has_no_address_is_not_invited(links: AdminLinks, ada: Admin) -> None:
    with pytest.raises(EmailTaken):
        links.invite(ada.email.upper(), "admin", CLI)
    with pytest.raises(InvalidAdmin):
        links.invite("ada", "admin", CLI)


def test_an_invitation_can_be_withdrawn(links: AdminLinks) -> None:
    secret = links.invite("grace@example.com", "admin", CLI)

    for email in ("\0", "grace@example.com", "grace@example.com"):
        links.withdraw(email, CLI)

    with pytest.raises(InvalidLink):
        links.get(secret)


def test_who_is_demoted_or_disabled_has_invited_nobody(
    links: AdminLinks, door: Door, clock: FakeClock
) -> None:
    for name, lose in (
        ("grace", lambda admin: door.admins.set_role(admin.id, "admin", CLI)),
        ("linus", lambda admin: door.admins.disable(admin.id, CLI)),
    ):
        add_admin(door.database, clock, f"boss-{name}", "owner")
        owner = add_admin(door.database, clock, name, "owner")
        secret = links.invite("friend@example.com", "owner", Actor(f"admin:{owner.id}"))

        lose(owner)

        with pytest.raises(InvalidLink):
            links.get(secret)


def test_a_reset_replaces_password_second_factor_sessions_and_counts(
    links: AdminLinks, door: Door, ada: Admin, clock: FakeClock
) -> None:
    sessions = Sessions(door.database, clock)
    stolen, device = sessions.start(ada.id), door.devices.remember(ada.id, None)
    phone = pyotp.TOTP(door.second_factors.begin(ada).key)
    door.second_factors.confirm(ada, phone.at(clock()), CLI)
    for _ in range(3):
        door.throttle.admit(ada.email, STRANGER)

    secret = links.reset(ada.id, CLI)
    assert sessions.find(stolen) == ada
    assert links.redeem(secret, OTHER) == ada

    assert sessions.find(stolen) is None
    assert door.sign_in.begin(ada.email, OTHER, STRANGER) == ada
    assert door.admins.find_by_credentials(ada.email, PASSWORD) is None
    assert door.devices.remember(ada.id, device) != device
    assert door.second_factors.codes_left(ada.id) == 0
    with pytest.raises(InvalidLink):
        links.redeem(secret, OTHER)


def test_a_reset_lets_nobody_in_who_is_disabled(links: AdminLinks, door: Door, ada: Admin) -> None:
    secret = links.reset(ada.id, CLI)
    door.admins.disable(ada.id, CLI)

    with pytest.raises(InvalidLink):
        links.redeem(secret, OTHER)
    with pytest.raises(UnknownAdmin):
        links.reset("adm_nobody", CLI)


def test_another_password_ends_other_sessions_links_and_counts(
    links: AdminLinks, door: Door, ada: Admin, clock: FakeClock
) -> None:
    sessions = Sessions(door.database, clock)
    stolen, mine = sessions.start(ada.id), sessions.start(ada.id)
    device = Origin("192.0.2.1", door.devices.remember(ada.id, None))
    link = links.reset(ada.id, CLI)
    for _ in range(3):
        door.throttle.admit(ada.email, STRANGER)

    door.password_change.change(ada, PASSWORD, OTHER, mine, device)

    assert sessions.find(stolen) is None
    assert sessions.find(mine) == ada
    assert door.devices.remember(ada.id, device.device) != device.device
    assert door.sign_in.begin(ada.email, OTHER, STRANGER) == ada
    with pytest.raises(InvalidLink):
        links.get(link)


def test_no_secret_of_a_link_stands_in_the_database(links: AdminLinks, door: Door) -> None:
    secret = links.invite("grace@example.com", "admin", CLI)

    with door.database.read() as session:
        rows = [tuple(row) for row in session.all("SELECT * FROM admin_link")]
        lines = [tuple(row) for row in session.all("SELECT * FROM audit")]
    assert secret not in str(rows)
    assert "grace" not in str(lines)
