"""What a token may be bound to, on every engine: scopes and networks."""

import pytest

from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import NewToken, Use
from app.tokens.errors import Forbidden, InsufficientScope, InvalidDetails, InvalidScope
from app.tokens.uses import MOST_PLACES
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance


def token_with(instance: Instance, app: ClientApp, **asked: str) -> str:
    instance.tokens.revoke_all(app.id, CLI)
    return instance.tokens.issue(app.id, CLI, NewToken(**asked)).text


def known(instance: Instance) -> list[str]:
    with instance.database.read() as session:
        return [row["network"] for row in session.all("SELECT network FROM known_network")]


@pytest.mark.parametrize("scope", ["", " ", "admin", "scim admin", "scim:rooms", "SCIM", "scim:"])
def test_a_scope_that_does_not_exist_is_refused(
    instance: Instance, client_app: ClientApp, scope: str
) -> None:
    with pytest.raises(InvalidScope, match="scim:users:read"):
        instance.tokens.issue(client_app.id, CLI, NewToken(scope=scope))

    assert [] == instance.tokens.list(client_app.id)


def test_scopes_are_kept_once_each_and_in_one_order(
    instance: Instance, client_app: ClientApp
) -> None:
    token_with(instance, client_app, scope="scim:groups:read  scim:users scim:users")

    assert "scim:users scim:groups:read" == instance.tokens.list(client_app.id)[0].scope


def test_a_token_whose_scope_is_not_about_scim_is_refused(
    instance: Instance, client_app: ClientApp
) -> None:
    """None is issued; a row may be changed by who operates the database."""
    token = token_with(instance, client_app)
    with instance.database.write() as session:
        session.run("UPDATE token SET scope = 'openid scimitar'")

    with pytest.raises(InsufficientScope):
        instance.authenticator.authenticate(token, Use())


@pytest.mark.parametrize(
    ("networks", "address", "let_in"),
    [
        ("", None, 1),
        ("", "192.0.2.1", 1),
        ("192.0.2.0/24", "192.0.2.255", 1),
        ("192.0.2.0/24", "::ffff:192.0.2.9", 1),
        ("::ffff:192.0.2.0/120", "192.0.2.9", 1),
        ("::ffff:192.0.2.0/120", "192.0.3.0", 0),
        ("192.0.2.0/24", "192.0.3.0", 0),
        ("192.0.2.0/24", "2001:db8::1", 0),
        ("192.0.2.0/24", None, 0),
        ("192.0.2.0/24", "unix:", 0),
        ("192.0.2.7, 2001:db8::/32", "2001:db8:ffff::1", 1),
        ("192.0.2.7, 2001:db8::/32", "192.0.2.7", 1),
        ("192.0.2.7, 2001:db8::/32", "192.0.2.8", 0),
    ],
)
def test_a_token_is_let_in_from_its_networks_only(
    instance: Instance, client_app: ClientApp, networks: str, address: str, let_in: int
) -> None:
    token = token_with(instance, client_app, networks=networks)

    if let_in:
        assert instance.authenticator.authenticate(token, Use(address))
    else:
        with pytest.raises(Forbidden, match="may not be used from the address"):
            instance.authenticator.authenticate(token, Use(address))
        assert instance.tokens.list(client_app.id)[0].last_used_at is None


@pytest.mark.parametrize(
    "networks",
    [
        "192.0.2.1/24",
        "everywhere",
        "192.0.2.0/33",
        "fe80::1%eth0/64",
        "fe80::1%eth0",
        "; DROP",
        "10.0.0.0/8 " * 51,
    ],
)
def test_what_is_no_list_of_networks_is_refused(
    instance: Instance, client_app: ClientApp, networks: str
) -> None:
    with pytest.raises(InvalidDetails):
        instance.tokens.issue(client_app.id, CLI, NewToken(networks=networks))

    assert [] == instance.tokens.list(client_app.id)


def test_a_network_is_met_once_whatever_the_token_the_worker_and_the_address(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    other_worker = open_instance(instance.database, clock, instance.settings.instance)
    for worker in (instance, other_worker):
        token = token_with(worker, client_app)
        for address in ("192.0.2.1", "192.0.2.200", "198.51.100.1", "2001:db8::1", "2001:db8::2"):
            worker.authenticator.authenticate(token, Use(address))

    assert ["192.0.2.0/24", "198.51.100.0/24", "2001:db8::/48"] == known(instance)
    with instance.database.read() as session:
        rows = session.all("SELECT address FROM audit WHERE action = 'token.new-network'")
    assert ["192.0.2.1", "198.51.100.1", "2001:db8::1"] == [row["address"] for row in rows]


def test_who_roams_cannot_fill_the_database(instance: Instance, client_app: ClientApp) -> None:
    with instance.database.write() as session:
        for number in range(MOST_PLACES):
            session.run("INSERT INTO known_network VALUES (?, ?, '')", (client_app.id, str(number)))
    token = token_with(instance, client_app)

    assert instance.authenticator.authenticate(token, Use("192.0.2.1"))

    assert MOST_PLACES == len(known(instance))
