"""How a backup takes the place of an instance: as a whole, or not at all."""

import os
import shutil
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3

from app import Assembly
from app.backup import BackupError
from app.backup.archive import Archive
from app.backup.keys import RestoredKeys, SavedKeys
from scim.migrations import MIGRATIONS
from scim.storage import open_database
from scim.storage.copying import CopyError, copied_in
from tests.backup.archives import (
    New,
    count_requests,
    files_of,
    log_a_request,
    refused,
    with_assembly,
)
from tests.served import ServedProvisor

_OWN = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

_FAILS_AT_ITS_END = """
    CREATE TABLE parent (id PRIMARY KEY);
    CREATE TABLE child (id REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER fails AFTER INSERT ON audit WHEN NEW.action = 'instance.restore'
    BEGIN INSERT INTO child VALUES (1); END;
"""


def database_of(provisor: ServedProvisor) -> Path:
    return provisor.settings.instance / "provisor.db"


def key_of(provisor: ServedProvisor) -> Path:
    return provisor.settings.instance / "keys" / "kek"


def changed(provisor: ServedProvisor, script: str) -> None:
    connection = sqlite3.connect(database_of(provisor))
    connection.executescript(script)
    connection.close()


@pytest.fixture
def first(new_sqlite: New) -> ServedProvisor:
    made = new_sqlite("first")
    with_assembly(made, log_a_request)
    return made


@pytest.fixture
def second(new_sqlite: New) -> ServedProvisor:
    made = new_sqlite("second")
    with_assembly(made, log_a_request)
    return made


def test_a_restore_that_fails_at_the_last_moment_has_changed_nothing(
    first: ServedProvisor, second: ServedProvisor, file: Path
) -> None:
    changed(first, _FAILS_AT_ITS_END)
    first.said("backup", str(file), "--without-log")
    app, key = second.called("app", "create", "of the second"), key_of(second).read_bytes()

    told = refused(second, "restore", str(file), "--force")

    assert "FOREIGN KEY" in told
    assert app in second.called("app", "list")
    assert 1 == with_assembly(second, count_requests)
    assert key == key_of(second).read_bytes()


def test_the_log_of_a_replaced_instance_ends_with_it(
    first: ServedProvisor, second: ServedProvisor, file: Path
) -> None:
    first.said("backup", str(file), "--without-log")
    assert 1 == with_assembly(second, count_requests)

    second.said("restore", str(file), "--force")

    assert 0 == with_assembly(second, count_requests)


def hot_journal(folder: Path) -> Path:
    """Return what a process leaves that is killed within a transaction."""
    connection = sqlite3.connect(folder / "other.db", isolation_level=None)
    connection.executescript(
        "CREATE TABLE row (text); PRAGMA cache_size = 2; WITH RECURSIVE n (i) AS (SELECT 1"
        " UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO row SELECT hex(zeroblob(400))"
        " FROM n; BEGIN; UPDATE row SET text = 'x' || text;"
    )
    journal = Path(shutil.copy(folder / "other.db-journal", folder / "hot-journal"))
    connection.close()
    return journal


def test_what_a_killed_restore_left_does_not_get_into_the_next(
    first: ServedProvisor, new_sqlite: New, file: Path, tmp_path: Path
) -> None:
    first.said("backup", str(file))
    target = new_sqlite("target")
    target.settings.instance.mkdir()
    (target.settings.instance / "keys").mkdir()
    draft = f"{database_of(target)}.restoring"
    shutil.copy(hot_journal(tmp_path), f"{draft}-journal")
    Path(draft).write_text("half of one")
    Path(f"{draft}-wal").write_text("of another one")
    key_of(target).with_name("kek.restoring").write_text("half of a key")

    target.said("restore", str(file))

    assert not [name for name in files_of(target.settings.instance) if ".restoring" in name]
    assert "The keys that sign tokens can be opened" in target.called("doctor")


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_what_root_restores_belongs_to_whom_the_folder_belongs_to(
    first: ServedProvisor, new_sqlite: New, file: Path
) -> None:
    first.said("backup", str(file))
    target = new_sqlite("target")
    target.settings.instance.mkdir()
    os.chown(target.settings.instance, 65534, 65534)

    target.said("restore", str(file))
    with_assembly(target, log_a_request)

    found = [target.settings.instance, *target.settings.instance.rglob("*")]
    assert {"keys", "kek", "provisor.db", "log.db"} <= {each.name for each in found}
    assert {(65534, 65534)} == {(each.stat().st_uid, each.stat().st_gid) for each in found}


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_what_root_makes_belongs_to_whom_the_folder_belongs_to(new_sqlite: New) -> None:
    target = new_sqlite("target")
    target.settings.instance.mkdir()
    os.chown(target.settings.instance, 65534, 65534)

    target.called("migrate")
    target.called("doctor")
    with_assembly(target, lambda made: made.counts.add(0, 0, 1))

    made = list(target.settings.instance.rglob("*"))
    assert {"keys", "kek", "provisor.db", "counts"} <= {
        each.name.partition("-")[0] for each in made
    }
    assert {65534} == {each.stat().st_uid for each in made}


def test_a_file_that_was_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "provisor.db"

    with copied_in(path, None, lambda _: iter(()), MIGRATIONS) as draft:
        path.write_text("of a server that was started")
        draft.finish()
        with pytest.raises(CopyError, match="meanwhile"):
            draft.keep()

    assert {str(path): b"of a server that was started"} == files_of(tmp_path)


def test_keys_that_were_made_meanwhile_are_not_replaced(
    first: ServedProvisor, new_sqlite: New, file: Path
) -> None:
    first.said("backup", str(file))
    target = new_sqlite("target")
    target.settings.instance.mkdir()

    with (
        file.open("rb") as backup,
        RestoredKeys(target.settings, Archive(backup)) as keys,
        pytest.raises(BackupError, match="meanwhile"),
    ):
        key_of(target).write_text(_OWN)
        keys.keep()

    assert _OWN == key_of(target).read_text()


def test_keys_that_change_during_a_backup_are_noticed(first: ServedProvisor) -> None:
    keys = SavedKeys(key_of(first))
    with_assembly(first, lambda made: _checked(made, keys))
    key_of(first).write_text(_OWN + key_of(first).read_text())

    with pytest.raises(BackupError, match="try again"):
        keys.text()


def _checked(assembly: Assembly, keys: SavedKeys) -> None:
    with assembly.database.read() as session:
        keys.check(session)


@pytest.fixture
def keyed(new_instance: New) -> ServedProvisor:
    """An instance whose signing key cannot be opened, but its other secret can."""
    made = new_instance("keyed")
    made.called("migrate")
    database = open_database(made.settings.database)
    with database.write() as session:
        session.run("UPDATE signing_key SET private_key = 'AAAA'")
    database.close()
    return made


def test_a_backup_is_checked_against_the_keys_in_it(
    keyed: ServedProvisor, new_instance: New, file: Path
) -> None:
    assert "signing key" in refused(keyed, "backup", str(file))
    assert not file.exists()

    keyed.said("backup", str(file), "--without-keys")
    target = new_instance("target", PROVISOR_KEK_FILE=str(key_of(keyed)))
    assert "signing key" in refused(target, "restore", str(file))


def test_a_backup_with_other_keys_than_its_own_is_none(
    instance: ServedProvisor, file: Path
) -> None:
    key_of(instance).write_text(_OWN)

    assert "root_secret" in refused(instance, "backup", str(file))
