"""What the doctor says of installations that are broken, each in its own way, and of whole ones."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.assembly import assemble
from app.doctor.findings import Verdict
from app.doctor.machine import room
from app.doctor.storage import sharing
from app.versions import Versions
from scim.instant import to_text
from scim.storage import Session, open_database
from tests.conftest import FakeClock
from tests.served import ServedProvisor, free_port

Break = Callable[[ServedProvisor], None]


@pytest.fixture
def installed(tmp_path: Path, database_where: str | Path) -> ServedProvisor:
    """An installation with everything in place, on each engine."""
    url = database_where if isinstance(database_where, str) else ""
    provisor = ServedProvisor(tmp_path / "instance", url)
    provisor.called("migrate")
    return provisor


def diagnosis(provisor: ServedProvisor) -> tuple[int, dict[str, Verdict]]:
    """Return how the command ends, and the verdicts that are not OK; none is without advice."""
    done = provisor.tried("doctor", "--json")
    findings = json.loads(done.stdout)
    assert "" == done.stderr
    assert all(bool(each["fix"]) == (each["verdict"] != "OK") for each in findings), findings
    assert all("\n" not in each["told"] for each in findings)
    return done.exit_code, {
        each["check"]: Verdict(each["verdict"]) for each in findings if each["verdict"] != "OK"
    }


def test_a_whole_installation_lacks_a_backup_alone(
    installed: ServedProvisor, tmp_path: Path
) -> None:
    assert (0, {"backup": Verdict.WARN}) == diagnosis(installed)

    installed.called("backup", str(tmp_path / "instance.backup"))

    assert (0, {}) == diagnosis(installed)
    lines = installed.called("doctor").splitlines()
    assert 10 < len(lines)
    assert all(line.startswith("OK    ") for line in lines)


def written(change: Callable[[Session], object]) -> Break:
    """Return what changes the database of an installation."""

    def act(provisor: ServedProvisor) -> None:
        database = open_database(provisor.settings.database)
        with database.write() as session:
            change(session)
        database.close()

    return act


def ran(sql: str, *parameters: object) -> Break:
    return written(lambda session: session.run(sql, parameters))


def audited(at: datetime, action: str) -> Break:
    return ran(
        "INSERT INTO audit (at, actor, action, object_type, object_id, detail)"
        " VALUES (?, 'cli', ?, 'instance', 'x', '{}')",
        to_text(at),
        action,
    )


def dropped(provisor: ServedProvisor) -> None:
    assembly = assemble(provisor.settings, FakeClock())
    assembly.counts.tell_queue(0, 7)
    assembly.close()


def key_file(provisor: ServedProvisor) -> Path:
    return provisor.settings.instance / "keys" / "kek"


def with_other_key(provisor: ServedProvisor) -> None:
    key_file(provisor).write_text("A" * 43 + "=\n")


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("break_it", "check", "verdict"),
    [
        (lambda it: key_file(it).unlink(), "keys", Verdict.FAIL),
        (lambda it: key_file(it).write_text("no key"), "keys", Verdict.FAIL),
        (with_other_key, "keys", Verdict.FAIL),
        (ran("DELETE FROM root_secret"), "keys", Verdict.WARN),
        (lambda it: key_file(it).chmod(0o640), "key file", Verdict.FAIL),
        (lambda it: it.settings.instance.chmod(0o755), "folder", Verdict.WARN),
        (
            ran("INSERT INTO schema_migration VALUES ('app/9999', 'x')"),
            "migrations",
            Verdict.FAIL,
        ),
        (
            ran("DELETE FROM schema_migration WHERE name LIKE 'app/0010%'"),
            "migrations",
            Verdict.WARN,
        ),
        (ran("DROP TABLE audit_check"), "audit log", Verdict.FAIL),
        (ran("DROP TABLE root_secret"), "keys", Verdict.FAIL),
        (ran("DELETE FROM schema_migration"), "database", Verdict.WARN),
        (audited(NOW + timedelta(days=1), "x"), "clock", Verdict.FAIL),
        (audited(NOW - timedelta(days=8), "instance.backup"), "backup", Verdict.WARN),
        (
            ran("INSERT INTO audit_check VALUES (1, 'x', 1, 'Line 3 is missing.')"),
            "audit log",
            Verdict.FAIL,
        ),
        (dropped, "provisioning log", Verdict.WARN),
    ],
)
def test_what_is_broken_is_named_with_what_to_do(
    installed: ServedProvisor, break_it: Break, check: str, verdict: Verdict
) -> None:
    break_it(installed)

    code, found = diagnosis(installed)

    assert verdict == found[check]
    assert code == (Verdict.FAIL in found.values())


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"PORT": "http"}, {"settings": Verdict.FAIL}),
        ({"SCHEMAS": "/nowhere.json"}, {"settings": Verdict.FAIL}),
        ({"MAIL_TO": "x", "SMTP_URL": "ftp://x"}, {"settings": Verdict.FAIL}),
        ({"BASE_URL": "http://scim.example.com"}, {"base URL": Verdict.FAIL}),
        ({"BASE_URL": "https://scim.example.com"}, {}),
        ({"BASE_URL": "http://localhost:5000", "HOST": "192.0.2.1"}, {"address": Verdict.WARN}),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:{port}/x"}, {"database": Verdict.FAIL}),
    ],
)
def test_settings_that_do_not_do_are_named(
    tmp_path: Path, variables: dict[str, str], expected: dict[str, Verdict]
) -> None:
    filled = {
        f"PROVISOR_{name}": value.format(port=free_port()) for name, value in variables.items()
    }
    provisor = ServedProvisor(tmp_path / "instance", **filled)

    code, found = diagnosis(provisor)

    assert code == (Verdict.FAIL in expected.values())
    assert expected == {
        check: verdict
        for check, verdict in found.items()
        if check not in {"folder", "database"} or verdict is Verdict.FAIL
    }
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize(
    ("name", "content", "check"),
    [
        ("instance", b"a file", "folder"),
        ("instance/provisor.db", b"no database" * 100, "database"),
        ("instance/provisor.db", b"", None),
    ],
)
def test_files_that_are_something_else_are_named(
    tmp_path: Path, name: str, content: bytes, check: str | None
) -> None:
    file = tmp_path / name
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_bytes(content)

    code, found = diagnosis(ServedProvisor(tmp_path / "instance"))

    assert code == (check is not None)
    assert check is None or found[check] is Verdict.FAIL
    assert content == file.read_bytes()


@pytest.mark.parametrize(
    ("mebibytes", "verdict"), [(99, Verdict.FAIL), (1000, Verdict.WARN), (2000, Verdict.OK)]
)
def test_a_disk_that_fills_up_is_told_of(mebibytes: int, verdict: Verdict) -> None:
    assert verdict is room(mebibytes << 20, Path("instance")).verdict


@pytest.mark.parametrize(
    ("is_safe", "workers", "verdict"),
    [(True, 2, Verdict.OK), (False, 1, Verdict.WARN), (False, 2, Verdict.FAIL)],
)
def test_workers_that_share_a_file_need_an_engine_that_bears_it(
    is_safe: bool,  # noqa: FBT001 - a row of the table
    workers: int,
    verdict: Verdict,
) -> None:
    assert verdict is sharing(Versions("SQLite 3.40.1", {}, is_safe), workers).verdict
