"""Key-encryption keys, on every engine: taken over from each other, lost, or the wrong ones."""

import base64
import secrets
from pathlib import Path

import pytest

from app.audit import CLI
from app.client_apps import ClientApp
from app.keys import KeyringError, open_keyring, open_rotation
from app.tokens import Use
from app.tokens.emergency import replace_key
from scim.instant import to_text
from scim.storage import Database
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance

_USE = Use("192.0.2.1", "a provider")


class Keks:
    """The file of key-encryption keys of an instance."""

    def __init__(self, instance: Instance) -> None:
        self.path = instance.settings.instance / "keys" / "kek"

    def put_on_top(self) -> None:
        """Let a fresh key encrypt from now on."""
        self.path.write_text(f"{fresh()}\n{self.path.read_text()}")

    def keep_first(self) -> None:
        """Take the former keys away."""
        self.path.write_text(self.path.read_text().split()[0])

    def lose(self) -> None:
        """Have another key in their place."""
        self.path.write_text(fresh())


def fresh() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def keks(instance: Instance) -> Keks:
    return Keks(instance)


def rewrap(instance: Instance) -> int:
    return open_rotation(instance.settings, instance.database).rewrap(CLI, instance.clock())


def encrypted(instance: Instance) -> list[tuple[str, str]]:
    """Return the private part of each key that has one, and which key encrypted it."""
    keys = open_rotation(instance.settings, instance.database).list(instance.clock())
    sealed = [each.key.sealed for each in keys if each.key.sealed.ciphertext]
    return [(each.ciphertext, each.kek_id) for each in sealed]


def test_a_rewrap_lets_the_former_key_go_and_a_running_server_notices_nothing(
    instance: Instance, keks: Keks, client_app: ClientApp, clock: FakeClock
) -> None:
    token = instance.tokens.issue(client_app.id, CLI).text
    secret = instance.keyring.derive_secret(b"cookies")
    open_rotation(instance.settings, instance.database).announce(CLI, clock())
    before = encrypted(instance)

    keks.put_on_top()
    assert 2 == rewrap(instance)
    keks.keep_first()

    after = encrypted(instance)
    assert 2 == len({*before, *after}) - 2
    assert 1 == len({kek for _, kek in after} - {kek for _, kek in before})
    assert instance.tokens.issue(instance.new_app("Second").id, CLI)
    clock.advance(days=1)
    instance.keyring.tick()
    assert instance.tokens.issue(instance.new_app("Third").id, CLI)
    restarted = open_keyring(instance.settings, instance.database, clock)
    assert secret == restarted.derive_secret(b"cookies") != restarted.derive_secret(b"cursors")
    assert instance.authenticator.authenticate(token, _USE)


def test_a_rewrap_leaves_what_is_encrypted_already(instance: Instance, keks: Keks) -> None:
    keks.put_on_top()

    assert [1, 0] == [rewrap(instance), rewrap(instance)]

    with instance.database.read() as session:
        lines = session.all("SELECT actor, object_id FROM audit WHERE action = 'key.rewrap'")
    assert [("cli", 1)] == [(line["actor"], len(lines)) for line in lines]


def test_a_rewrap_that_cannot_open_a_key_changes_nothing(
    instance: Instance, keks: Keks, clock: FakeClock
) -> None:
    rotation = open_rotation(instance.settings, instance.database)
    keks.put_on_top()
    rotation.announce(CLI, clock())  # under the fresh key
    before = encrypted(instance)
    keks.keep_first()
    keks.put_on_top()

    with pytest.raises(KeyringError, match="Add the key-encryption key with the id"):
        rewrap(instance)

    assert before == encrypted(instance)


def test_a_fresh_key_encrypts_what_a_running_server_makes(
    instance: Instance, keks: Keks, clock: FakeClock
) -> None:
    keks.put_on_top()
    clock.advance(days=89)

    instance.keyring.tick()

    assert 2 == len({kek for _, kek in encrypted(instance)})


@pytest.mark.parametrize("state", ["active", "next"])
def test_a_server_that_cannot_open_a_key_does_not_start(
    instance: Instance, keks: Keks, clock: FakeClock, state: str
) -> None:
    rotation = open_rotation(instance.settings, instance.database)
    wrong = Keks(instance).path.read_text()
    keks.put_on_top()
    if state == "active":
        rotation.rewrap(CLI, clock())
        with instance.database.write() as session:
            session.run("DELETE FROM root_secret")
    else:
        rotation.announce(CLI, clock())
    keks.path.write_text(wrong)

    for _ in range(2):
        with pytest.raises(KeyringError, match=r"signing key .* cannot be opened: .* Add the key"):
            open_keyring(instance.settings, instance.database, clock)

    with instance.database.read() as session:
        secrets_kept = len(session.all("SELECT * FROM root_secret"))
    assert secrets_kept == (0 if state == "active" else 1)  # none under the wrong key


def test_a_key_that_was_changed_is_told_from_a_key_that_is_missing(
    instance: Instance, clock: FakeClock
) -> None:
    with instance.database.write() as session:
        session.run("UPDATE signing_key SET kid = 'provisor-moved'")

    with pytest.raises(KeyringError, match=r"was changed\. Restore it from a backup"):
        open_keyring(instance.settings, instance.database, clock)


def test_keys_lost_for_good_are_replaced_and_tokens_live_on(
    instance: Instance, keks: Keks, client_app: ClientApp, clock: FakeClock
) -> None:
    token = instance.tokens.issue(client_app.id, CLI).text
    keks.lose()
    with pytest.raises(KeyringError, match="provisor keys rotate --emergency"):
        open_keyring(instance.settings, instance.database, clock)

    rotation = open_rotation(instance.settings, instance.database)
    done = replace_key(instance.database, rotation, CLI, clock(), revoke_tokens=False)

    assert done.replacement.has_new_secret
    restarted = open_instance(instance.database, clock, instance.settings.instance)
    assert restarted.authenticator.authenticate(token, _USE)
    assert restarted.tokens.issue(instance.new_app("Second").id, CLI)


def test_a_database_from_before_the_secret_gets_one_under_the_key_it_has(
    instance: Instance, keks: Keks, client_app: ClientApp, clock: FakeClock
) -> None:
    token = instance.tokens.issue(client_app.id, CLI).text
    kek = keks.path.read_text()
    with instance.database.write() as session:
        session.run("DELETE FROM root_secret")

    restarted = open_instance(instance.database, clock, instance.settings.instance)

    assert kek == keks.path.read_text()
    assert restarted.authenticator.authenticate(token, _USE)
    assert instance.keyring.derive_secret(b"x") != restarted.keyring.derive_secret(b"x")


def test_no_private_part_lies_in_the_database_in_clear(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    instance = open_instance(database, clock, tmp_path, signing_algorithm="RS256")
    rotation = open_rotation(instance.settings, database)
    with database.write() as session:
        key = instance.keyring.get_active(session)
        stored = [list(row) for row in session.all("SELECT * FROM signing_key")]

    text = str(stored)
    private = rotation.open(rotation.list(clock())[0].key)
    assert base64.b64encode(private).decode() not in text
    assert private.hex() not in text
    assert "rivate" not in repr(key)
    assert to_text(clock()) in text
