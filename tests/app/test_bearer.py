"""Who gets in: every way to spell credentials, and forgeries that must not be taken for a token."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient

from app import Assembly, create_app
from app.audit import CLI
from app.client_apps import NewApp

_USERS = "/scim/v2/Users"


@pytest.fixture
def client(assembly: Assembly) -> FlaskClient:
    return create_app(assembly).test_client()


@pytest.fixture
def token(assembly: Assembly) -> str:
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    return assembly.tokens.issue(app.id, CLI).text


def decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_any_case(client: FlaskClient, token: str, scheme: str) -> None:
    assert 200 == client.get(_USERS, headers={"Authorization": f"{scheme} {token}"}).status_code


@pytest.mark.parametrize("credentials", ["Basic dTpw", "{token}", "Bearer", "Bearer ", ""])
def test_what_is_no_bearer_token_is_asked_for_one(
    client: FlaskClient, token: str, credentials: str
) -> None:
    answer = client.get(_USERS, headers={"Authorization": credentials.format(token=token)})

    assert 401 == answer.status_code
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_two_ways_to_send_a_token_are_one_too_many(client: FlaskClient, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}

    answers = [
        client.get(f"{_USERS}?access_token={token}"),
        client.get(f"{_USERS}?access_token={token}", headers=bearer),
        client.post(_USERS, data={"access_token": token}),
        client.get(_USERS, headers={"Authorization": f"Bearer {token}, Bearer {token}"}),
    ]

    for answer in answers:
        assert 400 == answer.status_code
        assert 'Bearer error="invalid_request"' == answer.headers["WWW-Authenticate"]


def test_every_forgery_is_told_the_same(client: FlaskClient, token: str) -> None:
    header, claims, signature = token.split(".")
    stranger = ec.generate_private_key(ec.SECP256R1())
    good = decoded(header)
    forged = [
        f"{encoded(good | {'alg': 'none'})}.{claims}.",
        f"{encoded(good | {'alg': 'HS256'})}.{claims}.{signature}",
        f"{encoded(good | {'typ': 'JWT'})}.{claims}.{signature}",
        *(f"{encoded(good | {key: 'x'})}.{claims}.{signature}" for key in ("jku", "x5u", "jwk")),
        f"{encoded(good | {'crit': ['exp']})}.{claims}.{signature}",
        f"{header}.{encoded(decoded(claims) | {'sub': 'sa_other'})}.{signature}",
        jwt.encode(decoded(claims), stranger, algorithm="ES256", headers=good),
        jwt.encode(decoded(claims), stranger, algorithm="ES256", headers=good | {"kid": "x"}),
        *(
            jwt.encode(
                {name: value for name, value in decoded(claims).items() if name != left_out},
                stranger,
                algorithm="ES256",
                headers=good,
            )
            for left_out in decoded(claims)
        ),
        "a.b.c",
        "x" * 2049,
    ]

    answers = {
        (answer.status_code, answer.get_json(force=True)["detail"])
        for answer in (
            client.get(_USERS, headers={"Authorization": f"Bearer {each}"}) for each in forged
        )
    }

    assert {(401, "The token is not valid.")} == answers
