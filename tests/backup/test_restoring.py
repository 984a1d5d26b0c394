"""What a backup takes, and what a restore brings and ends."""

import json
from pathlib import Path

from app import Assembly
from app.admins import recovery
from app.backup import last_backup
from app.keys import key_path, open_keyring
from app.keys.key_file import make_key_file
from app.migrations import MIGRATIONS
from app.migrations.m0006_signing_keys import MIGRATION as SIGNING_KEYS
from scim import instant
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import open_database
from tests.backup.archives import (
    New,
    count_requests,
    log_a_request,
    parts_of,
    refused,
    with_assembly,
)
from tests.conformance.oauth_client import new_signer
from tests.served import ServedProvisor


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
    """What was revoked since works again, and the operator is told; sessions do not."""
    instance.called("admin", "create", "ada@example.com", "--owner", "--password-stdin",
                    text="a password of some length\n")  # fmt: skip
    with_assembly(instance, _let_ada_sign_in)
    app = instance.called("app", "create", "HR", "--enable-scim")
    instance.called("token", "issue", app)
    instance.called("secret", "issue", app)
    instance.called(
        "client-keys", "set", app, "-", text=json.dumps({"keys": [new_signer("ES256").jwk]})
    )
    instance.said("backup", str(file))
    instance.called("token", "revoke", app)
    second, third = new_instance("second"), new_instance("third")

    told = second.said("restore", str(file))
    ended = third.said("restore", str(file), "--revoke-tokens")

    assert "Tokens alive: 1, client secrets: 1, apps with client keys: 1." in told
    assert "Tokens revoked: 1, client secrets: 1, apps with client keys: 1." in ended
    assert "Recovery codes of admins: 10." in told
    for provisor, state, left in ((second, "active", 1), (third, "revoked", 0)):
        (token,) = json.loads(provisor.called("token", "list", app, "--json"))
        assert state == token["state"]
        assert left == len(json.loads(provisor.called("secret", "list", app, "--json")))
        assert left == len(json.loads(provisor.called("client-keys", "list", app, "--json")))
        lines = json.loads(provisor.called("audit", "list", "--json"))
        actions = {line["action"] for line in lines}
        assert "instance.restore" in actions
        assert "instance.backup" not in actions
        assert (left == 0) == ({"client-secret.revoke", "client-keys.remove"} <= actions)
        with_assembly(provisor, _assert_nobody_is_signed_in)
        provisor.called("audit", "verify")


def _let_ada_sign_in(assembly: Assembly) -> None:
    (ada,) = assembly.admins.all()
    assembly.sessions.start(ada.id)
    with assembly.database.write() as session:
        recovery.replace(session, ada.id)


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
    with_assembly(instance, log_a_request)

    for name, options, kept in (("with", (), 1), ("without", ("--without-log",), 0)):
        instance.said("backup", str(file), "--force", *options)
        restored = new_instance(name)
        restored.said("restore", str(file))
        assert kept == with_assembly(restored, count_requests), name


def test_without_its_keys_a_backup_is_restored_beside_them_alone(
    instance: ServedProvisor, new_instance: New, tmp_path: Path, file: Path
) -> None:
    instance.said("backup", str(file), "--without-keys")
    key = tmp_path / "first" / "keys" / "kek"

    assert key.read_bytes() not in b"".join(parts_of(file).values())
    assert "key-encryption key" in refused(new_instance("second"), "restore", str(file))
    new_instance("other").called("migrate")
    told = refused(new_instance("other"), "restore", str(file), "--force")
    assert "put them there" in told
    assert "unzip" not in told
    new_instance("third", PROVISOR_KEK_FILE=str(key)).said("restore", str(file))


def test_a_file_of_keys_that_is_somebodys_own_is_never_written(
    instance: ServedProvisor, new_instance: New, tmp_path: Path, file: Path
) -> None:
    own = tmp_path / "own"
    own.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
    instance.said("backup", str(file))

    told = refused(new_instance("2", PROVISOR_KEK_FILE=str(own)), "restore", str(file))
    assert f"{own} does not hold the key-encryption keys" in told
    assert "unzip -p" in told
    assert not (tmp_path / "2").exists()
    assert "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" == own.read_text()


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


def test_a_backup_from_before_keys_were_encrypted_is_one(new_instance: New, file: Path) -> None:
    earlier, restored = new_instance("earlier"), new_instance("restored")
    make_key_file(key_path(earlier.settings))
    database = open_database(earlier.settings.database)
    database.migrate((*DIRECTORY, *MIGRATIONS[: MIGRATIONS.index(SIGNING_KEYS)]))
    database.close()

    earlier.said("backup", str(file))
    restored.said("restore", str(file))

    app = restored.called("app", "create", "HR", "--enable-scim")
    assert restored.called("token", "issue", app)
