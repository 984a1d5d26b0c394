"""``provisor keys``, as operators and their scripts use it."""

import base64
import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main


class Command:
    """The command on a fresh instance."""

    def __init__(self, instance: Path) -> None:
        self.kek = instance / "keys" / "kek"
        self._environment = {"PROVISOR_INSTANCE": str(instance), "PROVISOR_DATABASE_URL": ""}
        self.run("migrate")

    def run(self, *arguments: str, **variables: str) -> Result:
        environment = self._environment | variables
        return CliRunner(env=environment).invoke(main, arguments, catch_exceptions=False)

    def listed(self) -> list[dict[str, Any]]:
        done = self.run("keys", "list", "--json")
        assert 0 == done.exit_code, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def new_token(self) -> str:
        app_id = self.run("app", "create", "Okta", "--enable-scim").stdout.strip()
        return self.run("token", "issue", app_id).stdout.strip()


@pytest.fixture
def provisor(tmp_path: Path) -> Command:
    return Command(tmp_path / "instance")


def test_the_list_says_what_there_is_to_know(provisor: Command) -> None:
    provisor.new_token()

    (key,) = provisor.listed()

    assert ("ES256", "active", 1, None) == (
        key["algorithm"],
        key["state"],
        key["live_tokens"],
        key["retired_at"],
    )
    assert key["created_at"] == key["signs_from"]
    assert 16 == len(key["kek_id"])
    assert key["kid"] in provisor.run("keys", "list").stdout


def test_a_rotation_prints_the_id_of_the_key_and_says_when_it_signs(provisor: Command) -> None:
    done = provisor.run("keys", "rotate")

    active, following = provisor.listed()
    assert following["kid"] == done.stdout.strip()
    assert following["signs_from"] in done.stderr
    assert ("active", "next") == (active["state"], following["state"])
    assert done.stdout == provisor.run("keys", "rotate").stdout


def test_an_emergency_prints_the_id_of_the_key_that_signs_now(provisor: Command) -> None:
    provisor.new_token()

    done = provisor.run("keys", "rotate", "--emergency", PROVISOR_SIGNING_ALGORITHM="RS256")

    revoked, active = provisor.listed()
    assert active["kid"] == done.stdout.strip()
    assert ("revoked", "active") == (revoked["state"], active["state"])
    assert ("ES256", "RS256") == (revoked["algorithm"], active["algorithm"])
    assert "Tokens revoked: 0. Tokens left: 1." in done.stderr
    assert "Restart" not in done.stderr


def test_an_emergency_ends_tokens_where_it_is_asked_to(provisor: Command) -> None:
    provisor.new_token()

    done = provisor.run("keys", "rotate", "--emergency", "--revoke-tokens")

    assert "Tokens revoked: 1. Tokens left: 0." in done.stderr
    assert [0, 0] == [key["live_tokens"] for key in provisor.listed()]


def test_tokens_are_revoked_in_an_emergency_alone(provisor: Command) -> None:
    done = provisor.run("keys", "rotate", "--revoke-tokens")

    assert (2, "") == (done.exit_code, done.stdout)
    assert 1 == len(provisor.listed())


def test_a_rewrap_says_how_many_keys_it_encrypted(provisor: Command) -> None:
    provisor.run("keys", "rotate")
    top = base64.b64encode(secrets.token_bytes(32)).decode()
    provisor.kek.write_text(f"{top}\n{provisor.kek.read_text()}")

    assert "Keys encrypted anew: 2." in provisor.run("keys", "rewrap").stderr
    provisor.kek.write_text(top)

    assert 0 == provisor.run("migrate").exit_code
    assert 1 == len({key["kek_id"] for key in provisor.listed()})
    assert "Keys encrypted anew: 0." in provisor.run("keys", "rewrap").stderr


def test_a_lost_key_encryption_key_stops_all_but_the_way_out(provisor: Command) -> None:
    provisor.kek.write_text(base64.b64encode(secrets.token_bytes(32)).decode())

    refused = [provisor.run(*words) for words in (("migrate",), ("keys", "rewrap"))]

    for done in refused:
        assert (1, "") == (done.exit_code, done.stdout)
        assert done.stderr.startswith("Error: ")
        assert 1 == done.stderr.count("\n")
        assert "provisor keys rotate --emergency" in done.stderr
    assert "Restart the servers" in provisor.run("keys", "rotate", "--emergency").stderr
    assert 0 == provisor.run("migrate").exit_code


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("PROVISOR_SIGNING_ALGORITHM", "HS256", "must be ES256 or RS256"),
        ("PROVISOR_KEY_ROTATION_DAYS", "3651", "between 0 and 3650"),
    ],
)
def test_a_bad_setting_is_named(provisor: Command, variable: str, value: str, hint: str) -> None:
    done = provisor.run("keys", "list", **{variable: value})

    assert 1 == done.exit_code
    assert f"{variable} must" in done.stderr
    assert hint in done.stderr


def test_there_is_nothing_to_rotate_before_there_are_keys(
    provisor: Command, tmp_path: Path
) -> None:
    """A next key without an active one would keep every server from starting."""
    fresh = {"PROVISOR_INSTANCE": str(tmp_path / "fresh"), "PROVISOR_KEK_FILE": str(provisor.kek)}

    refused = provisor.run("keys", "rotate", **fresh)

    assert (1, "") == (refused.exit_code, refused.stdout)
    assert "provisor migrate" in refused.stderr
    assert 0 == provisor.run("migrate", **fresh).exit_code
    assert 0 == provisor.run("keys", "rotate", **fresh).exit_code
