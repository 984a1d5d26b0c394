import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.admins import Admins, EmailTaken, InvalidAdmin
from app.migrations import MIGRATIONS as APP
from app.setup_link import InvalidSetupLink, SetupLinks
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database
from tests.admins import PASSWORD, add_admin
from tests.conftest import FakeClock


@pytest.fixture
def admins(database: Database, clock: FakeClock) -> Admins:
    database.migrate((*DIRECTORY, *APP))
    return Admins(database, clock)


@pytest.fixture
def links(admins: Admins, database: Database, clock: FakeClock) -> SetupLinks:  # noqa: ARG001 - tables
    return SetupLinks(database, clock)


def _issue(links: SetupLinks) -> str:
    secret = links.issue()
    assert secret is not None
    return secret


def test_a_link_makes_the_first_owner(links: SetupLinks, admins: Admins) -> None:
    owner = links.redeem(_issue(links), "ada@example.com", PASSWORD)

    assert owner.role == "owner"
    assert owner == admins.find_by_credentials("ada@example.com", PASSWORD)


def test_a_link_works_once(links: SetupLinks, admins: Admins) -> None:
    secret = _issue(links)
    links.redeem(secret, "ada@example.com", PASSWORD)

    with pytest.raises(InvalidSetupLink):
        links.check(secret)
    with pytest.raises(InvalidSetupLink):
        links.redeem(secret, "eve@example.com", PASSWORD)
    assert len(admins.all()) == 1


def test_no_link_is_issued_once_there_is_an_owner(
    links: SetupLinks, database: Database, clock: FakeClock
) -> None:
    add_admin(database, clock, "ada", "owner")

    assert links.issue() is None


def test_an_admin_who_is_no_owner_does_not_stand_in_the_way(
    links: SetupLinks, database: Database, clock: FakeClock
) -> None:
    add_admin(database, clock, "ada")

    assert links.issue() is not None


def test_a_link_is_void_once_there_is_an_owner(
    links: SetupLinks, database: Database, clock: FakeClock
) -> None:
    secret = _issue(links)
    add_admin(database, clock, "ada", "owner")

    with pytest.raises(InvalidSetupLink):
        links.redeem(secret, "eve@example.com", PASSWORD)


def test_a_new_link_replaces_the_former_one(links: SetupLinks) -> None:
    former, latter = _issue(links), _issue(links)

    links.check(latter)
    with pytest.raises(InvalidSetupLink):
        links.check(former)


def test_a_link_is_good_for_a_day(links: SetupLinks, clock: FakeClock) -> None:
    secret = _issue(links)

    clock.advance(hours=24, microseconds=-1)
    links.check(secret)

    clock.advance(microseconds=1)
    with pytest.raises(InvalidSetupLink):
        links.check(secret)


def test_a_guessed_link_is_refused(links: SetupLinks) -> None:
    links.issue()

    with pytest.raises(InvalidSetupLink):
        links.redeem("guess", "eve@example.com", PASSWORD)


def test_a_refused_owner_leaves_the_link_good(
    links: SetupLinks, database: Database, clock: FakeClock
) -> None:
    add_admin(database, clock, "ada")
    secret = _issue(links)

    with pytest.raises(InvalidAdmin):
        links.redeem(secret, "bob@example.com", "short")
    with pytest.raises(EmailTaken):
        links.redeem(secret, "ada@example.com", PASSWORD)

    assert links.redeem(secret, "bob@example.com", PASSWORD).role == "owner"


def test_only_the_fingerprint_of_a_link_is_kept(links: SetupLinks, database: Database) -> None:
    secret = _issue(links)

    with database.read() as session:
        [row] = session.all("SELECT secret_sha256 FROM setup_link")
    assert hashlib.sha256(secret.encode()).hexdigest() == row["secret_sha256"]
    assert len(secret) == 43  # 256 bits in base64url


def test_set_up_is_audited(links: SetupLinks, database: Database) -> None:
    owner = links.redeem(_issue(links), "ada@example.com", PASSWORD, "192.0.2.1")

    with database.read() as session:
        lines = session.all("SELECT * FROM audit ORDER BY seq")
    assert [
        ("setup-link.issue", "cli", None),
        ("admin.create", f"admin:{owner.id}", "192.0.2.1"),
    ] == [(line["action"], line["actor"], line["address"]) for line in lines]


def test_of_those_who_redeem_a_link_at_once_one_becomes_the_owner(
    links: SetupLinks, admins: Admins
) -> None:
    secret = _issue(links)
    together = Barrier(4)

    def redeem(email: str) -> str:
        together.wait()
        try:
            return links.redeem(secret, email, PASSWORD).email
        except InvalidSetupLink:
            return "late"

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(redeem, [f"{name}@example.com" for name in "abcd"]))

    assert answers.count("late") == 3
    assert [email for email in answers if email != "late"] == [a.email for a in admins.all()]


def test_of_links_issued_at_once_one_is_good(links: SetupLinks) -> None:
    together = Barrier(4)

    def issue(_: int) -> str:
        together.wait()
        return _issue(links)

    def is_good(secret: str) -> bool:
        try:
            links.check(secret)
        except InvalidSetupLink:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        secrets = list(threads.map(issue, range(4)))

    assert [is_good(secret) for secret in secrets].count(True) == 1
