"""Signing keys, on every engine: announced, signing, retired, forgotten, revoked."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.audit import CLI
from app.client_apps import ClientApp
from app.keys import KeyState, ListedKey, Rotation, open_rotation
from app.tokens import Use
from app.tokens.emergency import replace_key
from app.tokens.errors import InvalidToken
from scim.instant import from_text
from scim.storage import Database
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance
from tests.races import in_threads

_USE = Use("192.0.2.1", "a provider")


@pytest.fixture
def rotation(instance: Instance) -> Rotation:
    """What the command line has, in another process."""
    return open_rotation(instance.settings, instance.database)


def issued(instance: Instance, app: ClientApp) -> str:
    instance.tokens.revoke_all(app.id, CLI)
    return instance.tokens.issue(app.id, CLI).text


def keys_of(instance: Instance) -> list[ListedKey]:
    return open_rotation(instance.settings, instance.database).list(instance.clock())


def states_of(instance: Instance) -> list[str]:
    return [str(each.key.state) for each in keys_of(instance)]


def published(instance: Instance) -> set[str]:
    return {key["kid"] for key in instance.keyring.jwks()["keys"]}


def active(instance: Instance) -> str:
    (kid,) = (each.key.kid for each in keys_of(instance) if each.key.state is KeyState.ACTIVE)
    return kid


def audited(instance: Instance) -> list[tuple[str, str, str, Any]]:
    with instance.database.read() as session:
        lines: Any = session.all(
            "SELECT actor, action, object_id, detail FROM audit"
            " WHERE object_type = 'signing-key' ORDER BY seq"
        )
    return [
        (line["actor"], line["action"], line["object_id"], json.loads(line["detail"]))
        for line in lines
    ]


def rotate(instance: Instance, clock: FakeClock) -> None:
    """Live through a planned rotation."""
    before = active(instance)
    clock.advance(hours=1)
    open_rotation(instance.settings, instance.database).announce(CLI, clock())
    clock.advance(hours=24)
    instance.keyring.tick()
    assert active(instance) != before


def test_the_next_key_is_published_a_day_before_it_signs(
    instance: Instance, clock: FakeClock
) -> None:
    first, began = active(instance), clock()
    seen: dict[str, datetime] = {}

    while active(instance) == first:
        for kid in published(instance):
            seen.setdefault(kid, clock())
        clock.advance(hours=4)
        instance.keyring.tick()

    second = active(instance)
    assert timedelta(days=90) == clock() - began
    assert timedelta(hours=24) <= clock() - seen[second]
    assert {second} == published(instance)  # no token names the first


def test_a_rotation_due_for_long_still_publishes_first(
    instance: Instance, clock: FakeClock
) -> None:
    first = active(instance)
    clock.advance(days=365)

    instance.keyring.tick()
    instance.keyring.tick()

    assert first == active(instance)
    assert ["active", "next"] == states_of(instance)
    clock.advance(hours=23, minutes=59)
    instance.keyring.tick()
    assert first == active(instance)
    clock.advance(minutes=1)
    instance.keyring.tick()
    assert first != active(instance)


def test_issuing_rotates_what_is_due(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    kids = set()
    for _ in range(4):
        instance.tokens.revoke_all(client_app.id, CLI)
        kids.add(instance.tokens.issue(client_app.id, CLI).token.kid)
        clock.advance(days=89)
        instance.tokens.revoke_all(client_app.id, CLI)
        kids.add(instance.tokens.issue(client_app.id, CLI).token.kid)
        clock.advance(days=1)

    assert 4 == len(kids)


def test_a_period_of_zero_never_rotates(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    instance = open_instance(database, clock, tmp_path, key_rotation_days=0)
    first = active(instance)

    for _ in range(10):
        clock.advance(days=400)
        instance.keyring.tick()

    assert [first] == [each.key.kid for each in keys_of(instance)]


def test_of_eight_servers_that_rotate_at_once_one_does(
    instance: Instance, clock: FakeClock
) -> None:
    clock.advance(days=89)
    in_threads(8, instance.keyring.tick)
    assert ["active", "next"] == states_of(instance)
    (_, following) = keys_of(instance)

    clock.advance(days=1)
    in_threads(8, instance.keyring.tick)

    assert following.key.kid == active(instance)
    assert ["key.create", "key.create", "key.retire", "key.activate", "key.delete"] == [
        action for _, action, _, _ in audited(instance)
    ]


def test_tokens_of_retired_keys_live_on_and_keep_their_keys_published(
    instance: Instance, clock: FakeClock
) -> None:
    tokens, kids = [], []
    for number in range(5):
        tokens.append(instance.tokens.issue(instance.new_app(f"App {number}").id, CLI).text)
        kids.append(active(instance))
        rotate(instance, clock)

    worker = open_instance(instance.database, clock, instance.settings.instance)

    for text in tokens:
        assert worker.authenticator.authenticate(text, _USE)
        assert instance.authenticator.authenticate(text, _USE)
    assert {*kids, active(instance)} == published(instance)
    assert [1, 1, 1, 1, 1, 0] == [each.live_tokens for each in keys_of(instance)]


@pytest.mark.parametrize("end", ["revoked", "idle", "superseded"])
def test_a_retired_key_is_published_until_its_last_token_ends(
    instance: Instance, client_app: ClientApp, clock: FakeClock, end: str
) -> None:
    token = issued(instance, client_app)
    first = active(instance)
    rotate(instance, clock)
    assert first in published(instance)

    if end == "revoked":
        instance.tokens.revoke_all(client_app.id, CLI)
    elif end == "superseded":
        with instance.database.write() as session:
            session.run("UPDATE token SET ends_at = ?", (token_end(instance),))
    else:
        clock.advance(days=90)

    assert first not in published(instance)
    assert 0 == keys_of(instance)[0].live_tokens
    words = {"revoked": "revoked", "idle": "expired", "superseded": "superseded"}
    with pytest.raises(InvalidToken, match=words[end]):  # still told why: its key verifies it
        instance.authenticator.authenticate(token, _USE)


def token_end(instance: Instance) -> str:
    return instance.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_retired_key_that_no_token_names_is_forgotten(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    issued(instance, client_app)
    first = active(instance)
    rotate(instance, clock)
    instance.client_apps.delete(client_app.id, CLI)

    rotate(instance, clock)

    assert ["active"] == states_of(instance)
    assert ("system", "key.delete", first, {}) in audited(instance)


def test_a_key_that_signs_no_more_has_no_private_part(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    issued(instance, client_app)

    rotate(instance, clock)

    retired, _ = keys_of(instance)
    assert ("", "", "") == (
        retired.key.sealed.ciphertext,
        retired.key.sealed.nonce,
        retired.key.sealed.kek_id,
    )
    assert retired.key.retired_at is not None
    assert clock() == from_text(retired.key.retired_at)


def test_asking_twice_announces_once(rotation: Rotation, clock: FakeClock) -> None:
    first = rotation.announce(CLI, clock())
    clock.advance(hours=1)

    assert first == rotation.announce(CLI, clock())
    assert clock() + timedelta(hours=23) == from_text(first.signs_from)


def test_an_emergency_lets_another_key_sign_at_once_and_ends_no_token(
    instance: Instance, rotation: Rotation, client_app: ClientApp, clock: FakeClock
) -> None:
    other = open_instance(instance.database, clock, instance.settings.instance)
    token = issued(instance, client_app)
    revoked = active(instance)
    following = rotation.announce(CLI, clock())

    done = replace_key(instance.database, rotation, CLI, clock(), revoke_tokens=False)

    assert (revoked, 0, 1) == (done.replacement.revoked_kid, done.revoked, done.alive)
    assert {done.replacement.kid} == published(instance) == {active(instance)}
    for server in (instance, other):
        assert server.authenticator.authenticate(token, _USE)
    fresh = instance.tokens.issue(instance.new_app("Second").id, CLI)
    assert done.replacement.kid == fresh.token.kid
    assert other.authenticator.authenticate(fresh.text, _USE)
    assert ("cli", "key.revoke", revoked, {}) in audited(instance)
    assert ("cli", "key.delete", following.kid, {}) in audited(instance)


def test_an_emergency_can_end_every_live_token_of_the_key(
    instance: Instance, rotation: Rotation, clock: FakeClock
) -> None:
    apps = [instance.new_app(f"App {number}") for number in range(3)]
    spared = issued(instance, apps[0])
    rotate(instance, clock)
    ended = [issued(instance, app) for app in apps[1:]]
    instance.tokens.revoke_all(apps[2].id, CLI)

    done = replace_key(instance.database, rotation, CLI, clock(), revoke_tokens=True)

    assert (1, 0) == (done.revoked, done.alive)
    assert instance.authenticator.authenticate(spared, _USE)
    for text in ended:
        with pytest.raises(InvalidToken, match="revoked"):
            instance.authenticator.authenticate(text, _USE)
    with instance.database.read() as session:
        lines = session.all("SELECT detail FROM audit WHERE action = 'token.revoke' ORDER BY seq")
    assert apps[1].id == json.loads(lines[-1]["detail"])["app"]


def test_an_emergency_that_cannot_be_carried_out_changes_nothing(
    instance: Instance, rotation: Rotation, client_app: ClientApp, clock: FakeClock
) -> None:
    token = issued(instance, client_app)
    before = keys_of(instance), audited(instance)
    kek = instance.settings.instance / "keys" / "kek"
    kek.rename(kek.with_name("away"))

    with pytest.raises(Exception, match="cannot be read"):
        replace_key(instance.database, rotation, CLI, clock(), revoke_tokens=True)

    assert before == (keys_of(instance), audited(instance))
    assert instance.authenticator.authenticate(token, _USE)


def test_a_server_that_cannot_rotate_still_issues(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    kek = instance.settings.instance / "keys" / "kek"
    kek.rename(kek.with_name("away"))
    clock.advance(days=100)

    token = issued(instance, client_app)

    assert instance.authenticator.authenticate(token, _USE)
    assert ["active"] == states_of(instance)


def test_keys_of_both_algorithms_verify_side_by_side(instance: Instance, clock: FakeClock) -> None:
    """The setting is for keys that are made from then on."""
    folder = instance.settings.instance
    rsa = open_instance(instance.database, clock, folder, signing_algorithm="RS256")
    first = rsa.tokens.issue(instance.new_app("First").id, CLI).text
    rotate(rsa, clock)
    second = rsa.tokens.issue(instance.new_app("Second").id, CLI).text
    rotate(instance, clock)
    third = instance.tokens.issue(instance.new_app("Third").id, CLI).text

    for server in (rsa, instance):
        for token in (first, second, third):
            assert server.authenticator.authenticate(token, _USE)
    assert ["ES256", "RS256", "ES256"] == [each.key.algorithm for each in keys_of(instance)]
    assert len(second) < 750


def test_the_first_key_is_of_the_algorithm_that_is_set(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    instance = open_instance(database, clock, tmp_path, signing_algorithm="RS256")

    (jwk,) = instance.keyring.jwks()["keys"]

    assert ("RSA", "RS256", "sig") == (jwk["kty"], jwk["alg"], jwk["use"])
    assert {"kty", "alg", "use", "kid", "n", "e"} == set(jwk)
