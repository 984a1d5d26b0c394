"""What a restore takes, refuses and ends."""

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app import Assembly, assemble
from app.backup import last_backup
from app.keys import open_keyring
from app.migrations import MIGRATIONS
from scim import instant
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import open_database
from tests.postgres import PostgresServer
from tests.served import ServedProvisor
from tests.sizes import size

New = Callable[..., ServedProvisor]


def refused(provisor: ServedProvisor, *arguments: str) -> str:
    done = provisor.tried(*arguments)
    assert 1 == done.exit_code
    assert done.stderr.startswith("Error: ")
    assert 1 == done.stderr.count("\n")
    return done.stderr


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def with_assembly(provisor: ServedProvisor, act: Callable[[Assembly], Any]) -> Any:
    assembly = assemble(provisor.settings)
    try:
        return act(assembly)
    finally:
        assembly.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "instance.backup"


@pytest.fixture
def new_sqlite(tmp_path: Path) -> New:
    return lambda name, **variables: ServedProvisor(tmp_path / name, **variables)


def test_a_backup_is_its_owners_to_read_and_leaves_nothing_beside_it(
    instance: ServedProvisor, file: Path, tmp_path: Path
) -> None:
    before = {each.name for each in tmp_path.iterdir()}

    told = instance.said("backup", str(file))

    assert 0o600 == file.stat().st_mode & 0o777
    assert before | {file.name} == {each.name for each in tmp_path.iterdir()}
    assert "secret" in told
    assert "--force" in refused(instance, "backup", str(file))
    assert "is a file" in refused(instance, "backup", "-")
    instance.said("backup", str(file), "--force")


def test_an_instance_remembers_its_last_backup(instance: ServedProvisor, file: Path) -> None:
    assert with_assembly(instance, lambda made: last_backup(made.database)) is None
    before = instant.now()

    instance.said("backup", str(file))

    made = with_assembly(instance, lambda made: last_backup(made.database))
    assert before <= made <= instant.now()


def test_what_must_end_has_ended_in_what_is_restored(
    instance: ServedProvisor, new_instance: New, file: Path
) -> None:
    """A token that was revoked since works again, and the operator is told; sessions do not."""
    instance.called("admin", "create", "ada@example.com", "--owner", "--password-stdin",
                    text="a password of some length\n")  # fmt: skip
    with_assembly(instance, lambda made: made.sessions.start(made.admins.all()[0].id))
    app = instance.called("app", "create", "HR", "--enable-scim")
    instance.called("token", "issue", app)
    instance.said("backup", str(file))
    instance.called("token", "revoke", app)
    second, third = new_instance("second"), new_instance("third")

    told = second.said("restore", str(file))
    ended = third.said("restore", str(file), "--revoke-tokens")

    assert "Tokens alive: 1." in told
    assert "Tokens revoked: 1." in ended
    for provisor, state in ((second, "active"), (third, "revoked")):
        (token,) = json.loads(provisor.called("token", "list", app, "--json"))
        assert state == token["state"]
        actions = [
            line["action"] for line in json.loads(provisor.called("audit", "list", "--json"))
        ]
        assert "instance.restore" in actions
        assert "instance.backup" not in actions
        with_assembly(provisor, _assert_nobody_is_signed_in)
        provisor.called("audit", "verify")


def _assert_nobody_is_signed_in(assembly: Assembly) -> None:
    with assembly.database.read() as session:
        assert [] == list(session.all("SELECT * FROM console_session"))


def test_an_instance_is_replaced_by_force_alone_and_whole(
    instance: ServedProvisor, new_instance: New, file: Path
) -> None:
    app = instance.called("app", "create", "HR")
    instance.said("backup", str(file))
    second = new_instance("second")
    second.called("app", "create", "of the second")

    assert "--force" in refused(second, "restore", str(file))
    assert "of the second" in second.called("app", "list")
    second.said("restore", str(file), "--force")

    (listed,) = json.loads(second.called("app", "list", "--json"))
    assert app == listed["id"]
    second.called("token", "issue", second.called("app", "create", "new", "--enable-scim"))


def test_an_instance_that_is_served_is_not_replaced(
    served: ServedProvisor, instance: ServedProvisor, file: Path
) -> None:
    instance.said("backup", str(file))

    told = refused(served, "restore", str(file), "--force")

    assert "stop the servers" in told
    assert 201 == served.ask("POST", "/scim/v2/Users", served.new_token(), {"userName": "a"}).status


def test_the_log_comes_along_unless_it_is_left_out(
    instance: ServedProvisor, new_instance: New, file: Path
) -> None:
    with_assembly(instance, _log_a_request)

    for name, options, kept in (("with", (), 1), ("without", ("--without-log",), 0)):
        instance.said("backup", str(file), "--force", *options)
        restored = new_instance(name)
        restored.said("restore", str(file))
        assert kept == with_assembly(restored, _count_requests), name


def _log_a_request(assembly: Assembly) -> None:
    row = (instant.now(), "t", "a", "j", "GET", "/scim/v2/Users", "", "", "r", 200, 1, b"")
    assembly.log.queue.add(row)
    assert assembly.log.queue.flush()


def _count_requests(assembly: Assembly) -> int:
    with assembly.log.store.reading() as session:
        row = session.one("SELECT COUNT(*) AS number FROM provisioning_log")
    return int(row["number"]) if row else 0


def test_without_its_keys_a_backup_is_restored_beside_them_alone(
    instance: ServedProvisor, new_instance: New, tmp_path: Path, file: Path
) -> None:
    instance.said("backup", str(file), "--without-keys")
    key = tmp_path / "first" / "keys" / "kek"

    assert key.read_bytes() not in b"".join(parts_of(file).values())
    assert "key-encryption key" in refused(new_instance("second"), "restore", str(file))
    new_instance("third", PROVISOR_KEK_FILE=str(key)).said("restore", str(file))


def test_a_file_of_keys_that_is_somebodys_own_is_never_written(
    instance: ServedProvisor, new_instance: New, tmp_path: Path, file: Path
) -> None:
    own = tmp_path / "own"
    own.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
    instance.said("backup", str(file))

    assert str(own) in refused(new_instance("2", PROVISOR_KEK_FILE=str(own)), "restore", str(file))
    assert "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" == own.read_text()


def parts_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(file: Path, **changes: Any) -> bytes:
    """Return a backup whose manifest says something else."""
    parts = parts_of(file)
    parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | changes).encode()
    return archived(file, parts)


def archived(file: Path, parts: dict[str, bytes]) -> bytes:
    other = file.with_suffix(".other")
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return other.read_bytes()


def test_what_is_no_backup_or_one_no_longer_changes_nothing(
    new_sqlite: New, file: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    instance, target = new_sqlite("first"), new_sqlite("target")
    instance.called("migrate")
    instance.said("backup", str(file))
    good = file.read_bytes()
    generator = random.Random(6)  # noqa: S311 - no secret
    spoilt: list[bytes] = [
        b"",
        b"a text",
        archived(file, {"a": b"b"}),
        good[:-1],
        good + b"x" * 70000,
    ]
    spoilt += [archived(file, {"manifest.json": text}) for text in (b"[]", b"{", b"[" * 100_000)]
    spoilt += [archived(file, parts_of(file) | {"extra": b""})]
    spoilt += [archived(file, parts_of(file) | {"provisor.db": b"SQLite format 3"})]
    spoilt += [good[: generator.randrange(len(good))] for _ in range(size(20, 500))]
    for _ in range(size(40, 2000)):
        at = generator.randrange(len(good))
        spoilt.append(
            good[:at] + bytes([good[at] ^ (1 << generator.randrange(8))]) + good[at + 1 :]
        )

    taken = 0
    for data in spoilt:
        file.write_bytes(data)
        done = target.tried("restore", str(file))
        if done.exit_code == 0:  # a bit that says nothing, such as the hour of a part
            taken += 1
            assert {} != files_of(tmp_path / "target")
            for path in files_of(tmp_path / "target"):
                Path(path).unlink()
        else:
            assert (1, 1) == (done.exit_code, done.stderr.count("\n")), done.stderr
            assert {} == files_of(tmp_path / "target")
    assert taken <= len(spoilt) // 5
    figure(f"{len(spoilt)} spoilt backups: {taken} restored, whose spoilt bit means nothing")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"provisor_backup": 2}, "later version"),
        ({"engine": "PostgreSQL"}, "provisor export"),
        ({"databases": {}}, "damaged"),
        ({"parts": 7}, "damaged"),
        (
            {"databases": {"directory": {"migrations": ["app/9999_future"], "tables": []}}},
            "later version",
        ),
        ({"databases": {"directory": {"migrations": [], "tables": []}}}, "damaged"),
    ],
)
def test_a_backup_that_does_not_fit_is_named(
    new_sqlite: New, file: Path, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    instance, target = new_sqlite("first"), new_sqlite("target")
    instance.called("migrate")
    instance.said("backup", str(file))
    file.write_bytes(rewritten(file, **changes))

    assert told in refused(target, "restore", str(file))
    assert {} == files_of(tmp_path / "target")


def test_an_instance_stays_where_the_rows_of_a_backup_are_not_those_it_names(
    instance: ServedProvisor, new_instance: New, file: Path
) -> None:
    instance.said("backup", str(file))
    databases = json.loads(parts_of(file)["manifest.json"])["databases"]
    databases["directory"]["tables"][0]["rows"] += 1
    file.write_bytes(rewritten(file, databases=databases))
    second = new_instance("second")
    second.called("app", "create", "of the second")

    told = refused(second, "restore", str(file), "--force")

    assert "has other rows than it says" in told
    assert "of the second" in second.called("app", "list")


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(
    new_instance: New, file: Path
) -> None:
    earlier, restored = new_instance("earlier"), new_instance("restored")
    earlier.settings.instance.mkdir(mode=0o700)
    database = open_database(earlier.settings.database)
    database.migrate((*DIRECTORY, *MIGRATIONS[:-1]))
    open_keyring(earlier.settings, database, instant.now)
    database.close()

    told = earlier.said("backup", str(file))
    restored.said("restore", str(file))

    assert "does not remember it" in told
    assert "The schema is up to date" in restored.called("doctor")
    assert restored.called("app", "create", "HR")


def test_tables_of_another_program_stay(
    postgres_server: PostgresServer, new_sqlite: New, file: Path
) -> None:
    url = postgres_server.new_database()
    source = new_sqlite("source", PROVISOR_DATABASE_URL=url)
    source.called("migrate")
    source.said("backup", str(file))
    other = postgres_server.new_database()
    with psycopg.connect(other) as connection:
        connection.execute("CREATE TABLE invoice (number INTEGER)")
    target = new_sqlite("target", PROVISOR_DATABASE_URL=other)

    assert "--force" in refused(target, "restore", str(file))
    assert "another program" in refused(target, "restore", str(file), "--force")
    assert "no tables" in refused(target, "backup", str(file), "--force")

    with psycopg.connect(other) as connection:
        connection.execute("SELECT number FROM invoice")
    for each in (url, other):
        postgres_server.give_back(each)


def test_a_file_that_is_no_database_is_replaced_by_force(new_sqlite: New, file: Path) -> None:
    source, target = new_sqlite("source"), new_sqlite("target")
    app = source.called("app", "create", "HR")
    source.said("backup", str(file))
    target.settings.instance.mkdir()
    (target.settings.instance / "provisor.db").write_text("no database " * 1000)
    (target.settings.instance / "provisor.db-wal").write_text("of another file")

    target.said("restore", str(file), "--force")

    assert app in target.called("app", "list")


def test_there_is_something_to_back_up(new_instance: New, new_sqlite: New, file: Path) -> None:
    assert "no " in refused(new_instance("empty"), "backup", str(file))
    damaged = new_sqlite("damaged")
    damaged.called("migrate")
    place = damaged.settings.instance / "provisor.db"
    data = bytearray(place.read_bytes())
    data[20_000:90_000] = bytes(70_000)
    place.write_bytes(data)

    refused(damaged, "backup", str(file))

    assert not file.exists()
