"""Short-lived tokens, on every engine: an hour each, as many as are asked for, within reason."""

import pytest

from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import IssuedToken, NewToken, State, Use
from app.tokens.errors import InvalidToken, ScimDisabled
from app.tokens.lifecycle import MOST_SHORT_LIVED
from tests.conftest import FakeClock
from tests.instance import Instance

_USE = Use("192.0.2.1", "a provider")


def short(instance: Instance, app: ClientApp) -> IssuedToken:
    return instance.tokens.issue_short_lived(app.id, CLI)


def test_it_works_for_an_hour_and_no_use_makes_it_longer(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = short(instance, client_app).text

    for _ in range(59):
        clock.advance(minutes=1)
        assert instance.authenticator.authenticate(token, _USE)
    clock.advance(minutes=1)

    with pytest.raises(InvalidToken, match="expired"):
        instance.authenticator.authenticate(token, _USE)
    (row,) = instance.tokens.list(client_app.id)
    assert (0, None) == (row.renew_count, row.last_used_at)


def test_it_stands_beside_others_and_beside_a_long_lived_one(
    instance: Instance, client_app: ClientApp
) -> None:
    tokens = [
        short(instance, client_app).text,
        instance.tokens.issue(client_app.id, CLI).text,
        short(instance, client_app).text,
        instance.tokens.rotate(client_app.id, CLI).text,
        short(instance, client_app).text,
    ]

    for token in tokens:
        assert instance.authenticator.authenticate(token, _USE)


def test_it_is_revoked_like_any_other(instance: Instance, client_app: ClientApp) -> None:
    one, other = short(instance, client_app), short(instance, client_app)

    instance.tokens.revoke(client_app.id, one.token.jti, CLI)

    with pytest.raises(InvalidToken, match="revoked"):
        instance.authenticator.authenticate(one.text, _USE)
    assert instance.authenticator.authenticate(other.text, _USE)
    assert 1 == instance.tokens.revoke_all(client_app.id, CLI)


def test_it_permits_what_was_asked_for(instance: Instance, client_app: ClientApp) -> None:
    issued = instance.tokens.issue_short_lived(client_app.id, CLI, NewToken(scope="scim:read"))

    client = instance.authenticator.authenticate(issued.text, _USE)

    assert frozenset() == client.permission.changes


def revoked(instance: Instance) -> list[str]:
    """Return the tokens that the audit log says were ended."""
    with instance.database.read() as session:
        rows = session.all("SELECT object_id FROM audit WHERE action = 'token.revoke'")
    return [row["object_id"] for row in rows]


def test_those_that_ended_go_away_when_another_is_issued(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    long_lived = instance.tokens.issue(client_app.id, CLI)
    for _ in range(3):
        short(instance, client_app)
        clock.advance(minutes=59)

    kept = instance.tokens.list(client_app.id)

    assert [] == revoked(instance)
    assert [State.ACTIVE, State.EXPIRED] == [
        each.state(clock()) for each in kept if each.style == "short-lived"
    ]
    assert long_lived.token.jti in {each.jti for each in kept}


def test_the_oldest_makes_room_where_there_are_too_many(
    instance: Instance, client_app: ClientApp
) -> None:
    other = instance.new_app("Other")
    theirs = short(instance, other).text
    oldest = short(instance, client_app)
    tokens = [oldest.text, *(short(instance, client_app).text for _ in range(MOST_SHORT_LIVED))]

    with pytest.raises(InvalidToken):
        instance.authenticator.authenticate(tokens[0], _USE)
    for token in (tokens[1], tokens[-1], theirs):
        assert instance.authenticator.authenticate(token, _USE)
    assert MOST_SHORT_LIVED == len(instance.tokens.list(client_app.id))
    assert [oldest.token.jti] == revoked(instance)


def test_while_scim_is_off_there_is_none(instance: Instance, client_app: ClientApp) -> None:
    instance.client_apps.disable_scim(client_app.id, CLI)

    with pytest.raises(ScimDisabled):
        short(instance, client_app)


def test_it_dies_with_its_app(instance: Instance, client_app: ClientApp) -> None:
    token = short(instance, client_app).text

    instance.client_apps.delete(client_app.id, CLI)

    with pytest.raises(InvalidToken):
        instance.authenticator.authenticate(token, _USE)


def test_keys_rotate_where_nothing_else_is_issued(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    first = short(instance, client_app).token.kid
    clock.advance(days=instance.settings.key_rotation_days)
    published = short(instance, client_app).token.kid
    clock.advance(hours=25)

    issued = short(instance, client_app)

    assert first == published != issued.token.kid
    assert instance.authenticator.authenticate(issued.text, _USE)


def test_one_that_is_lent_works_for_a_block_and_is_gone_then(
    instance: Instance, client_app: ClientApp
) -> None:
    others = [short(instance, client_app).text, instance.tokens.issue(client_app.id, CLI).text]

    with (
        pytest.raises(OSError, match="broken off"),
        instance.tokens.lent(client_app.id, CLI, NewToken("A test", "scim:users")) as lent,
    ):
        assert instance.authenticator.authenticate(lent.text, _USE)
        raise OSError("broken off")

    with pytest.raises(InvalidToken, match="not valid"):
        instance.authenticator.authenticate(lent.text, _USE)
    assert 2 == len(instance.tokens.list(client_app.id))
    for other in others:
        assert instance.authenticator.authenticate(other, _USE)
    with instance.database.read() as session:
        rows = session.all("SELECT action FROM audit WHERE object_id = ?", (lent.token.jti,))
    assert {"token.issue", "token.revoke"} <= {row["action"] for row in rows}
    instance.client_apps.disable_scim(client_app.id, CLI)
    with pytest.raises(ScimDisabled), instance.tokens.lent(client_app.id, CLI, NewToken()):
        pass
