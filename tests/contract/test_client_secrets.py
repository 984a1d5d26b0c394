"""Client secrets, on every engine: their text, their number, their end, and what is kept."""

import re
from typing import Any

import pytest

from app.audit import CLI
from app.client_apps import ClientApp, UnknownApp
from app.oauth.client_secrets import ClientSecrets, InvalidLabel, TooManySecrets, UnknownSecret
from app.oauth.secret_text import fingerprint, is_secret, new_secret
from tests.conftest import FakeClock
from tests.instance import Instance
from tests.races import in_threads


@pytest.fixture
def client_secrets(instance: Instance) -> ClientSecrets:
    return ClientSecrets(instance.database, instance.clock)


def kept(instance: Instance, table: str) -> list[dict[str, Any]]:
    with instance.database.read() as session:
        return [dict(row) for row in session.all(f"SELECT * FROM {table}")]  # type: ignore[call-overload] # noqa: S608 - a name of ours


def test_a_secret_is_told_from_other_texts_by_its_shape_and_its_check_digits() -> None:
    secret = new_secret()
    slips = {
        secret[:place] + other + secret[place + 1 :]
        for place in range(len(secret))
        for other in "aZ0"
    } - {secret}

    assert re.fullmatch(r"prvs_[0-9A-Za-z]{49}", secret)
    assert is_secret(secret)
    assert not any(map(is_secret, [*slips, "", "prvs_", secret + "0", secret[:-1], f"{secret}\n"]))


def test_no_two_secrets_are_the_same() -> None:
    assert 1000 == len({new_secret() for _ in range(1000)})


def test_an_app_has_two_secrets_at_most(
    client_secrets: ClientSecrets, client_app: ClientApp
) -> None:
    first, second = (client_secrets.issue(client_app.id, CLI, name) for name in ("one", "two"))

    with pytest.raises(TooManySecrets):
        client_secrets.issue(client_app.id, CLI)
    client_secrets.revoke(client_app.id, first.secret.id, CLI)
    third = client_secrets.issue(client_app.id, CLI)

    listed = [each.id for each in client_secrets.list(client_app.id)]
    assert [second.secret.id, third.secret.id] == listed


def test_of_eight_who_issue_at_once_two_win(
    instance: Instance, client_secrets: ClientSecrets
) -> None:
    for number in range(5):
        app = instance.new_app(f"App {number}")

        def issue(app_id: str = app.id) -> bool:
            try:
                return bool(client_secrets.issue(app_id, CLI))
            except TooManySecrets:
                return False

        assert 2 == sum(in_threads(8, issue))
        assert 2 == len(client_secrets.list(app.id))


def test_only_the_fingerprint_of_a_secret_is_kept(
    instance: Instance, client_secrets: ClientSecrets, client_app: ClientApp
) -> None:
    issued = client_secrets.issue(client_app.id, CLI, "one")

    (row,) = kept(instance, "client_secret")
    assert fingerprint(issued.text) == row["secret_sha256"]
    assert issued.text[-4:] == row["hint"]
    assert issued.text not in repr([row, kept(instance, "audit"), issued])


def test_each_issue_and_each_revocation_is_audited(
    instance: Instance, client_secrets: ClientSecrets, client_app: ClientApp
) -> None:
    issued = [client_secrets.issue(client_app.id, CLI).secret.id for _ in range(2)]
    ended = client_secrets.revoke_all(client_app.id, CLI)

    lines = [row for row in kept(instance, "audit") if row["object_type"] == "client-secret"]
    assert 2 == ended
    assert [
        *(("client-secret.issue", id_) for id_ in issued),
        *(("client-secret.revoke", id_) for id_ in issued),
    ] == [(line["action"], line["object_id"]) for line in lines]
    assert {client_app.tenant_id} == {line["tenant_id"] for line in lines}


def test_what_cannot_be_done_changes_nothing(
    instance: Instance, client_secrets: ClientSecrets, client_app: ClientApp
) -> None:
    before = kept(instance, "audit")

    with pytest.raises(InvalidLabel, match="at most 100"):
        client_secrets.issue(client_app.id, CLI, "x" * 101)
    with pytest.raises(UnknownApp):
        client_secrets.issue("app_other", CLI)
    with pytest.raises(UnknownSecret):
        client_secrets.revoke(client_app.id, "cs_other", CLI)
    with pytest.raises(UnknownApp):
        client_secrets.revoke_all("app_other", CLI)

    assert before == kept(instance, "audit")


def test_a_secret_is_good_for_its_own_app_alone(
    instance: Instance, client_secrets: ClientSecrets, client_app: ClientApp
) -> None:
    other = instance.new_app("Other")
    secret = client_secrets.issue(client_app.id, CLI).text

    assert client_secrets.find_app(other.id, secret, None) is None
    found = client_secrets.find_app(client_app.id, secret, None)
    assert found is not None
    assert client_app.id == found.id


def test_deleting_an_app_ends_its_secrets(
    instance: Instance, client_secrets: ClientSecrets, client_app: ClientApp
) -> None:
    secret = client_secrets.issue(client_app.id, CLI).text

    instance.client_apps.delete(client_app.id, CLI)

    assert client_secrets.find_app(client_app.id, secret, None) is None
    assert client_secrets.find(secret) is None


def test_a_use_is_written_down_once_an_hour(
    client_secrets: ClientSecrets, client_app: ClientApp, clock: FakeClock
) -> None:
    secret = client_secrets.issue(client_app.id, CLI).text

    for _ in range(100):
        client_secrets.find_app(client_app.id, secret, "192.0.2.1")
        clock.advance(seconds=30)
    (kept_,) = client_secrets.list(client_app.id)

    assert ("2026-11-24T12:00:00.000000Z", "192.0.2.1") == (kept_.last_used_at, kept_.last_used_ip)
