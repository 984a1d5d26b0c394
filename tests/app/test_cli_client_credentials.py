"""``provisor secret`` and ``provisor client-keys``, as operators and their scripts use them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.oauth.secret_text import is_secret
from tests.conformance.oauth_client import new_signer


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    made = {"PROVISOR_INSTANCE": str(tmp_path / "instance"), "PROVISOR_DATABASE_URL": ""}
    assert run(made, "migrate").exit_code == 0
    return made


@pytest.fixture
def app_id(environment: dict[str, str]) -> str:
    return run(environment, "app", "create", "Okta", "--enable-scim").stdout.strip()


def run(environment: dict[str, str], *arguments: str, text: str | None = None) -> Result:
    return CliRunner(env=environment).invoke(main, arguments, input=text)


def test_issuing_prints_the_secret_alone_on_standard_output(
    environment: dict[str, str], app_id: str
) -> None:
    done = run(environment, "secret", "issue", app_id, "--label", "Entra")

    (secret,) = done.stdout.splitlines()
    assert is_secret(secret)
    assert secret not in done.stderr
    (listed,) = json.loads(run(environment, "secret", "list", app_id, "--json").stdout)
    assert ("Entra", f"…{secret[-4:]}") == (listed["label"], listed["hint"])
    assert secret not in run(environment, "secret", "list", app_id).stdout


def test_one_secret_is_revoked_or_all(environment: dict[str, str], app_id: str) -> None:
    for _ in range(2):
        run(environment, "secret", "issue", app_id)
    third = run(environment, "secret", "issue", app_id)
    first, _ = json.loads(run(environment, "secret", "list", app_id, "--json").stdout)

    one = run(environment, "secret", "revoke", app_id, "--id", first["id"])
    gone = run(environment, "secret", "revoke", app_id, "--id", first["id"])
    rest = run(environment, "secret", "revoke", app_id)

    assert (1, "") == (third.exit_code, third.stdout)
    assert "Revoke one first" in third.stderr
    assert [0, 1, 0] == [one.exit_code, gone.exit_code, rest.exit_code]
    assert "revoked: 1." in rest.stderr
    assert [] == json.loads(run(environment, "secret", "list", app_id, "--json").stdout)


def test_public_keys_come_from_a_file_or_standard_input(
    environment: dict[str, str], app_id: str, tmp_path: Path
) -> None:
    jwks = json.dumps({"keys": [new_signer("ES256").jwk]})
    (tmp_path / "keys.json").write_text(jwks)

    for source, text in ((str(tmp_path / "keys.json"), None), ("-", jwks)):
        done = run(environment, "client-keys", "set", app_id, source, text=text)
        assert (0, "Keys: 1.\n") == (done.exit_code, done.stderr)
    listed = json.loads(run(environment, "client-keys", "list", app_id, "--json").stdout)
    assert [{"kid": "one", "alg": "ES256"}] == listed
    removed = [run(environment, "client-keys", "remove", app_id).stderr for _ in range(2)]
    assert ["The keys are removed.\n", "There were none.\n"] == removed


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("secret", "issue", "app_unknown"), None),
        (("secret", "list", "app_unknown"), None),
        (("secret", "revoke", "app_unknown"), None),
        (("client-keys", "list", "app_unknown"), None),
        (("client-keys", "remove", "app_unknown"), None),
        (("client-keys", "set", "app_unknown", "-"), "{}"),
        (("client-keys", "set", "app_unknown", "-"), "x" * 20_000),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    environment: dict[str, str], arguments: tuple[str, ...], text: str | None
) -> None:
    done = run(environment, *arguments, text=text)

    assert (1, "", 1) == (done.exit_code, done.stdout, done.stderr.count("\n"))
    assert done.stderr.startswith("Error: ")


def test_the_token_style_is_a_setting_of_the_app(environment: dict[str, str], app_id: str) -> None:
    done = run(environment, "app", "set", app_id, "token-style=short-lived")

    (app,) = json.loads(run(environment, "app", "list", "--json").stdout)
    assert (0, "short-lived") == (done.exit_code, app["token-style"])
