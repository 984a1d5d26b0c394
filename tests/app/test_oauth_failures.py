"""The OAuth endpoints where something is amiss: no database, too many guesses, a foreign page."""

import base64
import secrets
from pathlib import Path

import pytest

from app import Settings, assemble
from app.audit import CLI
from app.keys import open_rotation
from app.oauth.errors import InvalidClient
from app.oauth.secret_text import new_secret
from tests.conformance.oauth_client import GRANT, OAuthClient, basic
from tests.conftest import FakeClock
from tests.postgres import PostgresServer
from tests.served import ServedProvisor

PATHS = ("token", "rotate", "revoke", "introspect", "leak")


def test_without_its_database_every_endpoint_answers_503_in_json(
    tmp_path: Path, clock: FakeClock, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_database()
    assembly = assemble(Settings(instance=tmp_path, database_url=url, rate_limit=0), clock)
    oauth = OAuthClient(assembly)
    token = oauth.token()
    assembly.database.close()

    for path in PATHS:
        answer = oauth.ask(f"/oauth2/{path}", **GRANT, token=token)

        assert (503, "5") == (answer.status_code, answer.headers["Retry-After"]), path
        assert "temporarily_unavailable" == answer.get_json()["error"]
        assert "no-store" == answer.headers["Cache-Control"]
    postgres_server.give_back(url)


def test_who_guesses_too_often_is_held_off(tmp_path: Path, clock: FakeClock) -> None:
    assembly = assemble(Settings(instance=tmp_path, rate_limit=5), clock)
    oauth = OAuthClient(assembly)

    for path, headers in (("token", basic(oauth.id, new_secret())), ("leak", {})):
        form = GRANT | {"token": "x"}
        answers = [oauth.send(f"/oauth2/{path}", form, headers) for _ in range(20)]
        last = answers[-1]
        assert (429, "temporarily_unavailable") == (last.status_code, last.get_json()["error"])
        assert int(last.headers["Retry-After"]) >= 1
    assembly.close()


def test_who_reports_a_dead_token_again_and_again_is_held_off(
    tmp_path: Path, clock: FakeClock
) -> None:
    """Each report takes a transaction that writes, and anybody may keep a token that was ended."""
    assembly = assemble(Settings(instance=tmp_path, rate_limit=5), clock)
    oauth = OAuthClient(assembly)
    token = oauth.token()

    statuses = [oauth.send("/oauth2/leak", {"token": token}).status_code for _ in range(20)]

    assert ([204] * 6, 429) == (statuses[:6], statuses[-1])
    assembly.close()


def test_a_signing_key_that_cannot_be_opened_is_answered_503_in_json(
    tmp_path: Path, clock: FakeClock
) -> None:
    """Another server encrypted it under a key-encryption key that this one was not given."""
    assembly = assemble(Settings(instance=tmp_path, rate_limit=0), clock)
    oauth = OAuthClient(assembly)
    kek = tmp_path / "keys" / "kek"
    former = kek.read_text()
    kek.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n" + former)
    open_rotation(assembly.settings, assembly.database).rewrap(CLI, clock())
    kek.write_text(former)

    answer = oauth.get_token()

    assert (503, "5") == (answer.status_code, answer.headers["Retry-After"])
    assert "temporarily_unavailable" == answer.get_json()["error"]
    assert str(kek) not in answer.text
    assembly.close()


def test_an_app_that_is_deleted_after_it_proved_itself_is_unknown(
    tmp_path: Path, clock: FakeClock
) -> None:
    assembly = assemble(Settings(instance=tmp_path, rate_limit=0), clock)
    oauth = OAuthClient(assembly)
    assembly.client_apps.delete(oauth.id, CLI)

    for ask in (assembly.oauth.granting.grant, assembly.oauth.granting.rotate):
        with pytest.raises(InvalidClient):
            ask(oauth.app, GRANT, None)
    assembly.close()


def test_the_log_of_a_served_instance_holds_nothing_that_was_issued(
    served: ServedProvisor,
) -> None:
    """T9: neither a good request nor a bad one leaves a secret there."""
    app_id = served.called("app", "create", "Entra", "--enable-scim")
    secret = served.called("secret", "issue", app_id)
    form = "application/x-www-form-urlencoded"
    body = f"grant_type=client_credentials&client_id={app_id}&client_secret={secret}".encode()

    issued = served.ask("POST", "/oauth2/token", body=body, headers={"Content-Type": form})
    twice = served.ask("POST", "/oauth2/token", body=body, headers={"Content-Type": form})
    wrong = served.ask("POST", "/oauth2/token", body=body + b"0", headers={"Content-Type": form})
    url = served.ask("POST", f"/oauth2/token?client_secret={secret}", body=body)

    assert [200, 400, 401, 400] == [each.status for each in (issued, twice, wrong, url)]
    token = issued.body["access_token"]
    assert 200 == served.ask("GET", "/scim/v2/Users", token).status
    for text in (secret, token, token.rpartition(".")[2]):
        assert text not in served.log()
