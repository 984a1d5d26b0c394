"""Requests answered before Flask: just as Flask answers them, and only what is plain."""

from functools import partial
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from app import Assembly
from app.audit import CLI
from app.client_apps import ClientApp
from tests.app.plain_requests import heard
from tests.conftest import FakeClock

_PLAIN = (
    "/Users/{id}",
    "/Users",
    "/Groups",
    "/Users?count=1",
    "/Users?startIndex=2&count=1",
    "/Users?filter=userName+eq+%22ada%40example.com%22",
    "/Users?filter=userName%20eq%20%22nobody%22",
    "/Users?filter=displayName%20co%20%22%C3%A9%22&count=5",
    "/Users?count=0",
    "/Users?filter=",
    "/Users?count=",
    # errors
    "/Users/00000000-0000-4000-8000-000000000000",
    "/Groups/{id}",
    "/Users?filter=userName+eq",
    "/Users?filter=nothing+eq+%22x%22",
    "/Users?filter=a;count=1",
    "/Users?count=many",
    "/Users?startIndex=1.5",
)
"""Reads that are answered here; ``{id}`` is the id of a user."""

_OTHER = (
    "/",
    "/Users/",
    "/users",
    "/Users/{id}/",
    "/Users/{id}?attributes=userName",
    "/Users/.search",
    "/Users?attributes=userName",
    "/Users?excludedAttributes=emails",
    "/Users?sortBy=userName",
    "/Users?cursor",
    "/Users?Count=1",
    "/Users?count=1&count=2",
    "/Users?unknown=1",
    "/Users?access_token=x",
    "/Users?filter=%FF",
    "/Users/%C3%A9",
    "/Nothing",
    "/Schemas",
    "/ServiceProviderConfig",
    "/Me",
    f"/Users?filter={'x' * 20_000}",
)
"""Reads that are left to the application behind."""


def both(application: Flask, path: str, **options: Any) -> list[Any]:
    """Return what is answered with and without the part in front."""
    doors = (application.wsgi_app, partial(Flask.wsgi_app, application))
    return [heard(Client(door).get(f"/scim/v2{path}", **options)) for door in doors]


@pytest.mark.parametrize("path", [*_PLAIN, *_OTHER])
def test_a_read_is_answered_as_flask_answers_it(
    application: Flask, bearer: dict[str, str], user: str, path: str
) -> None:
    here, there = both(application, path.format(id=user), headers=bearer)

    assert there == here


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic dTpw"},
        {"Authorization": "Bearer a, Bearer b"},
    ],
)
@pytest.mark.parametrize("path", ["/Users", "/Users/1"])
def test_who_may_not_come_in_is_refused_as_flask_refuses(
    application: Flask, headers: dict[str, str], path: str
) -> None:
    here, there = both(application, path, headers=headers)

    assert there == here
    assert 401 == here[0] or 400 == here[0]


@pytest.mark.parametrize(
    ("media_type", "times"),
    [
        ("application/scim+json", 0),
        ("application/json; charset=utf-8", 0),
        ("", 0),
        ("application/x-www-form-urlencoded", 1),
        ("Application/X-WWW-Form-Urlencoded; charset=utf-8", 1),
        ("text/plain", 1),
    ],
)
def test_a_media_type_on_a_read_is_passed_over_but_for_a_form(
    application: Flask, bearer: dict[str, str], reached: list[str], media_type: str, times: int
) -> None:
    headers = {**bearer, "Content-Type": media_type}

    here, there = both(application, "/Users", headers=headers)

    assert there == here
    assert times == len(reached)


@pytest.mark.parametrize("header", ["If-None-Match", "If-Match"])
@pytest.mark.parametrize("version", ['W/"1"', 'W/"2"', ""])
def test_conditions_hold(
    application: Flask, bearer: dict[str, str], user: str, header: str, version: str
) -> None:
    here, there = both(application, f"/Users/{user}", headers={**bearer, header: version})

    assert there == here
    assert ((header == "If-Match") == (version == 'W/"1"')) == (here[0] == 200)


@pytest.mark.parametrize(
    "host", ["..", ".x", "a b", 'x"y', "x:", "x:99999999", "[::1]:5000", "x_y", ""]
)
def test_an_odd_host_is_left_to_flask(
    application: Flask, bearer: dict[str, str], user: str, host: str
) -> None:
    here, there = both(application, f"/Users/{user}", headers={**bearer, "Host": host})

    assert there == here


def test_a_url_of_bytes_that_are_no_text_is_refused(
    application: Flask, bearer: dict[str, str]
) -> None:
    environ = {"QUERY_STRING": 'filter="\xe9"'}

    here, there = both(application, "/Users", headers=bearer, environ_overrides=environ)

    assert there == here
    assert 400 == here[0]


@pytest.mark.parametrize(
    "options", [{"base_url": "https://idp.example"}, {"base_url": "http://x:8080"}]
)
def test_locations_are_of_the_host_the_client_used(
    application: Flask, bearer: dict[str, str], user: str, options: dict[str, str]
) -> None:
    here, there = both(application, f"/Users/{user}", headers=bearer, **options)

    assert there == here
    assert options["base_url"] in here[2].decode()


@pytest.mark.parametrize("port", ["", "/run/provisor.sock"])
def test_a_server_on_a_unix_socket_has_no_port_and_no_address(
    application: Flask, bearer: dict[str, str], user: str, port: str
) -> None:
    environ = {"SERVER_PORT": port, "REMOTE_ADDR": ""}

    here, there = both(application, f"/Users/{user}", headers=bearer, environ_overrides=environ)

    assert there == here
    assert 200 == here[0]


@pytest.mark.parametrize("path", _PLAIN)
def test_plain_reads_never_reach_flask(
    application: Flask, bearer: dict[str, str], user: str, path: str, reached: list[str]
) -> None:
    Client(application.wsgi_app).get(f"/scim/v2{path.format(id=user)}", headers=bearer)

    assert [] == reached


@pytest.mark.parametrize("path", _OTHER)
def test_everything_else_does(
    application: Flask, bearer: dict[str, str], user: str, path: str, reached: list[str]
) -> None:
    Client(application.wsgi_app).get(f"/scim/v2{path.format(id=user)}", headers=bearer)

    assert 1 == len(reached)


def test_a_read_renews_the_token(
    application: Flask,
    assembly: Assembly,
    provisioning_app: ClientApp,
    bearer: dict[str, str],
    clock: FakeClock,
) -> None:
    for _ in range(3):
        clock.advance(days=89)
        assert 200 == Client(application.wsgi_app).get("/scim/v2/Users", headers=bearer).status_code

    token = next(iter(assembly.tokens.list(provisioning_app.id)))
    assert 3 == token.renew_count


def test_a_revoked_token_is_refused_at_once(
    application: Flask, assembly: Assembly, provisioning_app: ClientApp, bearer: dict[str, str]
) -> None:
    client = Client(application.wsgi_app)
    assert 200 == client.get("/scim/v2/Users", headers=bearer).status_code

    assembly.tokens.revoke_all(provisioning_app.id, CLI)

    assert 401 == client.get("/scim/v2/Users", headers=bearer).status_code
