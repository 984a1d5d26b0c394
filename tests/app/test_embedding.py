"""The SCIM endpoints in somebody else's application: the one of docs/howto/embed.md."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client as WSGIClient
from werkzeug.test import TestResponse

from app import Provisioning
from scim import PROVIDER, Client, add_tenant, open_database, open_directory
from scim.storage import Database
from tests.docs.blocks import ROOT, run_blocks

KEY = {"X-Api-Key": "the key of the HR system"}
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the first program of the page defines."""
    monkeypatch.chdir(tmp_path)
    defined: dict[str, Any] = {"__name__": "embed"}
    exec(run_blocks(ROOT / "docs/howto/embed.md", "python")[0], defined)  # noqa: S102 - our own
    return defined


@pytest.fixture
def shop(names: dict[str, Any]) -> FlaskClient:
    client: FlaskClient = names["shop"].test_client()
    return client


def assert_is_error(answer: TestResponse, status: int) -> None:
    assert status == answer.status_code
    assert "application/scim+json" == answer.mimetype
    assert [ERROR] == answer.json["schemas"]  # type: ignore[index]
    assert "no-store" == answer.headers["Cache-Control"]
    assert answer.headers["X-Request-Id"]


def test_every_path_below_the_prefix_wants_a_key(shop: FlaskClient) -> None:
    for path in ("/Users", "/Users/4711", "/nothing", "/Users/.search"):
        answer = shop.get(f"/directory{path}")
        assert_is_error(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'ApiKey realm="shop"'


def test_a_login_of_the_application_is_no_key(shop: FlaskClient) -> None:
    shop.post("/login", data={"who": "ada"})

    assert shop.get("/").text == "Welcome, ada."
    assert_is_error(shop.get("/directory/Users"), 401)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("GET", "/Users/4711", None, 404),
        ("PATCH", "/Users", {}, 405),
        ("POST", "/Users", {"userName": 7}, 400),
        ("GET", "/Users?filter=(", None, 400),
        ("GET", f"/{'x' * 9000}", None, 400),
        ("GET", "/Me", None, 501),
    ],
)
def test_errors_are_scim_s(
    shop: FlaskClient, method: str, path: str, body: object, status: int
) -> None:
    answer = shop.open(f"/directory{path}", method=method, json=body, headers=KEY)

    assert_is_error(answer, status)


def test_the_pages_beside_it_keep_their_own_errors(names: dict[str, Any]) -> None:
    shop: Flask = names["shop"]
    shop.register_error_handler(404, lambda _: ("the shop has no such page", 404))
    client = shop.test_client()
    client.post("/login", data={"who": "ada"})

    for path in ("/nothing", "/directoryish"):
        answer = client.get(path)
        assert (404, "the shop has no such page") == (answer.status_code, answer.text)
        assert "X-Request-Id" not in answer.headers


def broken(request: Request) -> Client:
    """Fail, in a way that says something."""
    raise RuntimeError(f"the key store of {request.host} is away")


def test_an_authentication_that_fails_is_a_500_that_says_nothing(database: Database) -> None:
    client = embedded(database, broken).test_client()

    for path in ("/Users", "/nothing"):
        answer = client.get(f"/scim/v2{path}")
        assert_is_error(answer, 500)
        assert "key store" not in answer.text


def test_a_directory_is_served_from_either_engine_below_a_mount(
    database: Database, names: dict[str, Any]
) -> None:
    """Its locations name the whole way."""
    application = embedded(database, names["authenticate"])
    mount = "/größe".encode().decode("latin-1")  # as WSGI has it
    client = WSGIClient(DispatcherMiddleware(Flask("site"), {mount: application}))

    made = client.post("/größe/scim/v2/Users", json={"userName": "ada"}, headers=KEY)

    location = f"http://localhost/gr%C3%B6%C3%9Fe/scim/v2/Users/{made.json['id']}"  # type: ignore[index]
    assert location == made.json["meta"]["location"]  # type: ignore[index]
    assert location == made.headers["Location"]
    assert made.json == client.get(location.removeprefix("http://localhost"), headers=KEY).json


@pytest.mark.parametrize("prefix", ["/", "/directory/", "/deep/er"])
def test_whatever_the_prefix_nobody_comes_in_without_a_key(
    prefix: str, tmp_path: Path, names: dict[str, Any]
) -> None:
    database = open_database(tmp_path / "other.db")
    client = embedded(database, names["authenticate"], url_prefix=prefix).test_client()
    users = f"{prefix.rstrip('/')}/Users"

    assert_is_error(client.get(users), 401)
    made = client.post(users, json={"userName": "ada"}, headers=KEY)
    assert made.headers["Location"] == f"http://localhost{users}/{made.json['id']}"
    database.close()


def test_a_secret_that_could_be_guessed_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        open_directory(database, b"secret")


def embedded(
    database: Database, authenticate: Callable[[Request], Client], **options: str
) -> Flask:
    """Return an application that is nothing but the endpoints, in the database of a test."""
    directory = open_directory(database, bytes(32))
    for _ in range(2):
        add_tenant(database, "shop")
    application = Flask("embedded")
    endpoints = Provisioning(directory, PROVIDER, authenticate).blueprint()
    application.register_blueprint(endpoints, **options)
    return application
