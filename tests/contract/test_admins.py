import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import pytest
from argon2 import PasswordHasher

from app.admins import Admins, EmailTaken, InvalidAdmin, UnknownAdmin
from app.audit import CLI
from app.migrations import MIGRATIONS as APP
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database
from tests.conftest import FakeClock

PASSWORD = "correct horse battery"


@pytest.fixture
def admins(database: Database, clock: FakeClock) -> Admins:
    database.migrate((*DIRECTORY, *APP))
    return Admins(database, clock)


def test_an_admin_signs_in_with_what_they_were_created_with(admins: Admins) -> None:
    admin = admins.create("ada@example.com", PASSWORD, "admin", CLI)

    found = admins.find_by_credentials("ada@example.com", PASSWORD)

    assert admin == found
    assert (admin.email, admin.role) == ("ada@example.com", "admin")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "correct horse batterz"),
        ("ada@example.com", ""),
        ("bob@example.com", PASSWORD),
        ("ada@example.com\x00", PASSWORD),
        ("", ""),
    ],
)
def test_wrong_credentials_find_nobody(admins: Admins, email: str, password: str) -> None:
    admins.create("ada@example.com", PASSWORD, "admin", CLI)

    assert admins.find_by_credentials(email, password) is None


@pytest.mark.parametrize("spelling", ["JÜRGEN@Example.com", " jürgen@example.com "])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_email_address_is_one_whatever_its_case_and_unicode_form(
    admins: Admins, spelling: str, form: str
) -> None:
    admins.create("jürgen@example.com", PASSWORD, "admin", CLI)
    email = unicodedata.normalize(form, spelling)  # type: ignore[arg-type] # a literal above

    assert admins.find_by_credentials(email, PASSWORD) is not None
    with pytest.raises(EmailTaken):
        admins.create(email, PASSWORD, "admin", CLI)


def test_a_password_is_one_whatever_its_unicode_form(admins: Admins) -> None:
    """Keyboards differ in how they spell an accent (NIST SP 800-63B-4 §3.1.1.2)."""
    admins.create(
        "ada@example.com", unicodedata.normalize("NFD", "crème brûlée à la"), "admin", CLI
    )

    assert admins.find_by_credentials("ada@example.com", "crème brûlée à la") is not None


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a@b@c",
        "ada lovelace@example.com",
        "ada@example.com\nbob@example.com",
        "ada\x00@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 190,
    ],
)
def test_what_is_no_email_address_is_refused(admins: Admins, email: str) -> None:
    with pytest.raises(InvalidAdmin, match="e-mail address"):
        admins.create(email, PASSWORD, "admin", CLI)


@pytest.mark.parametrize(("length", "problem"), [(14, "at least 15"), (129, "at most 128")])
def test_a_password_out_of_bounds_is_refused(admins: Admins, length: int, problem: str) -> None:
    with pytest.raises(InvalidAdmin, match=problem):
        admins.create("ada@example.com", "x" * length, "admin", CLI)


@pytest.mark.parametrize("length", [15, 128])
def test_a_password_needs_length_and_nothing_else(admins: Admins, length: int) -> None:
    """No composition rules (NIST SP 800-63B-4 §3.1.1.2)."""
    admin = admins.create("ada@example.com", "x" * length, "admin", CLI)

    assert admin == admins.find_by_credentials("ada@example.com", "x" * length)


def test_of_two_who_take_an_email_address_at_once_one_gets_it(admins: Admins) -> None:
    def create(email: str) -> str:
        try:
            return admins.create(email, PASSWORD, "admin", CLI).id
        except EmailTaken:
            return "taken"

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(create, ["ada@example.com", "ADA@example.com"] * 2))

    assert answers.count("taken") == 3
    assert len(admins.all()) == 1


def test_admins_are_listed_oldest_first(admins: Admins, clock: FakeClock) -> None:
    first = admins.create("zoe@example.com", PASSWORD, "owner", CLI)
    clock.advance(seconds=1)
    second = admins.create("ada@example.com", PASSWORD, "auditor", CLI)

    assert [first, second] == admins.all()


def test_an_admin_is_got_by_id_or_not_at_all(admins: Admins) -> None:
    admin = admins.create("ada@example.com", PASSWORD, "admin", CLI)

    assert admin == admins.get(admin.id)
    with pytest.raises(UnknownAdmin):
        admins.get("adm_nobody")


def test_creating_an_admin_is_audited_without_personal_data(
    admins: Admins, database: Database
) -> None:
    admin = admins.create("ada@example.com", PASSWORD, "owner", CLI)

    with database.read() as session:
        [line] = session.all("SELECT actor, action, object_id, detail FROM audit")
    assert ("cli", "admin.create", admin.id) == (line["actor"], line["action"], line["object_id"])
    assert line["detail"] == '{"role": "owner"}'


def test_a_refused_admin_leaves_no_audit_line(admins: Admins, database: Database) -> None:
    admins.create("ada@example.com", PASSWORD, "owner", CLI)

    with pytest.raises(EmailTaken):
        admins.create("ada@example.com", PASSWORD, "owner", CLI)

    with database.read() as session:
        assert len(session.all("SELECT 1 FROM audit")) == 1


def _stored_hash(database: Database) -> str:
    with database.read() as session:
        row = session.one("SELECT password_hash FROM admin")
    assert row is not None
    return str(row["password_hash"])


def test_passwords_are_kept_as_argon2id(admins: Admins, database: Database) -> None:
    """Memory 64 MiB, three passes, four lanes (RFC 9106 §4)."""
    admins.create("ada@example.com", PASSWORD, "admin", CLI)

    assert _stored_hash(database).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_sign_in_brings_an_old_hash_up_to_date(admins: Admins, database: Database) -> None:
    admins.create("ada@example.com", PASSWORD, "admin", CLI)
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.write() as session:
        session.run("UPDATE admin SET password_hash = ?", (weak,))

    assert admins.find_by_credentials("ada@example.com", PASSWORD) is not None

    assert _stored_hash(database).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert admins.find_by_credentials("ada@example.com", PASSWORD) is not None
    with database.read() as session:
        actions = [line["action"] for line in session.all("SELECT action FROM audit ORDER BY seq")]
    assert actions == ["admin.create", "admin.rehash"]


def test_an_old_hash_is_brought_up_to_date_once_by_two_sign_ins(
    admins: Admins, database: Database
) -> None:
    admins.create("ada@example.com", PASSWORD, "admin", CLI)
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.write() as session:
        session.run("UPDATE admin SET password_hash = ?", (weak,))

    with ThreadPoolExecutor(2) as threads:
        found = list(
            threads.map(
                lambda email: admins.find_by_credentials(email, PASSWORD), ["ada@example.com"] * 2
            )
        )

    assert None not in found
    with database.read() as session:
        assert len(session.all("SELECT 1 FROM audit WHERE action = 'admin.rehash'")) == 1


def test_an_unknown_email_address_takes_as_long_as_a_wrong_password(admins: Admins) -> None:
    """Otherwise the time would tell who has an account."""
    admins.create("ada@example.com", PASSWORD, "admin", CLI)

    unknown = _fastest(lambda: admins.find_by_credentials("bob@example.com", PASSWORD))
    wrong = _fastest(lambda: admins.find_by_credentials("ada@example.com", "wrong" * 5))

    assert 0.5 < unknown / wrong < 2


def _fastest(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some runs: the one least disturbed by the machine."""
    times = []
    for _ in range(5):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)
