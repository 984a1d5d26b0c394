"""Long-lived tokens, on every engine: issue, use, renew, revoke, and the races between them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import Use
from app.tokens.errors import Forbidden, InvalidToken, ScimDisabled, TokenActive
from scim.instant import from_text
from scim.storage import Session
from tests.conftest import FakeClock
from tests.instance import Instance
from tests.races import in_threads, together

_USE = Use("192.0.2.1", "a provider")


def issued(instance: Instance, app: ClientApp) -> str:
    return instance.tokens.issue(app.id, CLI).text


def test_a_token_is_short_enough_for_every_provider(
    instance: Instance, client_app: ClientApp
) -> None:
    """Entra shares 1,024 bytes between the token, the URL and a certificate."""
    assert len(issued(instance, client_app)) <= 480


def test_the_database_holds_no_token(instance: Instance, client_app: ClientApp) -> None:
    token = instance.tokens.issue(client_app.id, CLI)

    with instance.database.read() as session:
        kept = [dict(row) for table in ("token", "audit") for row in _rows(session, table)]
    assert token.text not in str(kept)
    assert token.text not in repr(token)


def test_a_use_on_day_89_keeps_a_token_alive_to_day_179(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = issued(instance, client_app)

    clock.advance(days=89)
    instance.authenticator.authenticate(token, _USE)
    clock.advance(days=90)

    assert instance.authenticator.authenticate(token, _USE).app_id == client_app.id


def test_91_days_without_use_end_a_token_and_it_is_told(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = issued(instance, client_app)

    clock.advance(days=91)

    with pytest.raises(InvalidToken, match=r"expired .* not been used for 90 days"):
        instance.authenticator.authenticate(token, _USE)


def test_the_end_that_is_told_is_the_one_that_came_first(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = issued(instance, client_app)

    clock.advance(days=4000)

    with pytest.raises(InvalidToken, match=r"expired on 2027-02-22.* not been used for 90 days"):
        instance.authenticator.authenticate(token, _USE)


def test_use_does_not_outlast_the_greatest_age(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = issued(instance, client_app)

    for _ in range(3650 // 80):
        clock.advance(days=80)
        instance.authenticator.authenticate(token, _USE)
    clock.advance(days=51)

    with pytest.raises(InvalidToken, match="greatest age"):
        instance.authenticator.authenticate(token, _USE)


def test_1000_uses_in_an_hour_write_the_row_at_most_twice(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = issued(instance, client_app)

    for _ in range(1000):
        instance.authenticator.authenticate(token, _USE)
        clock.advance(seconds=3.6)

    (row,) = instance.tokens.list(client_app.id)
    assert row.renew_count <= 2


def test_a_renewal_is_never_shorter_than_90_days_nor_an_hour_longer(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = issued(instance, client_app)
    clock.advance(days=30)

    instance.authenticator.authenticate(token, _USE)

    (row,) = instance.tokens.list(client_app.id)
    assert from_text(row.idle_expires_at) - clock() == timedelta(days=90, hours=1)
    assert ("192.0.2.1", "a provider") == (row.last_used_ip, row.last_used_agent)


def test_an_app_has_one_active_token(instance: Instance, client_app: ClientApp) -> None:
    first = issued(instance, client_app)

    with pytest.raises(TokenActive):
        issued(instance, client_app)
    instance.tokens.revoke_all(client_app.id, CLI)
    second = issued(instance, client_app)

    with pytest.raises(InvalidToken, match="revoked"):
        instance.authenticator.authenticate(first, _USE)
    assert instance.authenticator.authenticate(second, _USE)


def test_an_expired_token_makes_room_for_the_next(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    issued(instance, client_app)

    clock.advance(days=91)

    assert instance.authenticator.authenticate(issued(instance, client_app), _USE)


def test_scim_comes_before_a_token_and_lets_it_in(
    instance: Instance, client_app: ClientApp
) -> None:
    token = issued(instance, client_app)
    instance.client_apps.disable_scim(client_app.id, CLI)

    with pytest.raises(Forbidden):
        instance.authenticator.authenticate(token, _USE)
    instance.tokens.revoke_all(client_app.id, CLI)
    with pytest.raises(ScimDisabled):
        issued(instance, client_app)


def test_no_change_of_one_character_lets_a_token_in(
    instance: Instance, client_app: ClientApp
) -> None:
    token = issued(instance, client_app)
    changed = [
        token[:place] + other + token[place + 1 :]
        for place, character in enumerate(token)
        for other in "Aa0-_.= \n"
        if other != character
    ]

    for text in [*changed, token + "=", token + ".", " " + token, token[:-1], token * 6]:
        with pytest.raises(InvalidToken):
            instance.authenticator.authenticate(text, _USE)


def test_of_eight_who_issue_at_once_exactly_one_wins(instance: Instance) -> None:
    for number in range(5):
        app = instance.new_app(f"App {number}")

        def issue(app_id: str = app.id) -> str | None:
            try:
                return instance.tokens.issue(app_id, CLI).text
            except TokenActive:
                return None

        assert 1 == len([text for text in in_threads(8, issue) if text])
        assert 1 == len(instance.tokens.list(app.id))


def test_a_renewal_that_races_a_revocation_revives_nothing(instance: Instance) -> None:
    for number in range(20):
        app = instance.new_app(f"App {number}")
        token = issued(instance, app)

        def use(text: str = token) -> None:
            try:
                instance.authenticator.authenticate(text, _USE)
            except InvalidToken:
                return

        def revoke(app_id: str = app.id) -> None:
            instance.tokens.revoke_all(app_id, CLI)

        together(use, revoke, use)

        with pytest.raises(InvalidToken, match="revoked"):
            instance.authenticator.authenticate(token, _USE)


def _rows(session: Session, table: str) -> Sequence[Any]:
    return session.all(f"SELECT * FROM {table}")  # noqa: S608 - a name from above
