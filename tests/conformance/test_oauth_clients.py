"""A really served token endpoint, as libraries that others wrote use it: nothing here is ours.

authlib and requests-oauthlib get tokens; joserfc and PyJWT verify them from what is published.
"""

import json
import os
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt as jose
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session as RequestsOAuth2Session

from tests.conformance.oauth_client import GRANT, new_signer
from tests.served import ServedProvisor


class Connection:
    """What an administrator hands over: where the server is, and what proves the client."""

    def __init__(self, provisor: ServedProvisor) -> None:
        self.provisor = provisor
        self.url = provisor.url
        self.app_id = provisor.called("app", "create", "Entra", "--enable-scim")
        provisor.called("app", "set", self.app_id, "token-style=short-lived")
        self.secret = provisor.called("secret", "issue", self.app_id)
        self.server: dict[str, Any] = requests.get(
            f"{self.url}/.well-known/oauth-authorization-server", timeout=30
        ).json()

    def users(self, token: str) -> int:
        """Return the status of a list of users."""
        return self.provisor.ask("GET", "/scim/v2/Users", token).status


@pytest.fixture
def connection(served: ServedProvisor) -> Connection:
    return Connection(served)


@pytest.fixture(autouse=True)
def insecure_transport() -> Iterator[None]:
    """Let both libraries talk to a loopback address without TLS."""
    names = ("OAUTHLIB_INSECURE_TRANSPORT", "AUTHLIB_INSECURE_TRANSPORT")
    os.environ.update(dict.fromkeys(names, "1"))
    yield
    for name in names:
        del os.environ[name]


def test_clients_that_others_wrote_get_tokens(connection: Connection) -> None:
    endpoint = connection.server["token_endpoint"]
    for method in ("client_secret_basic", "client_secret_post"):
        with OAuth2Session(
            connection.app_id, connection.secret, token_endpoint_auth_method=method
        ) as session:
            token = session.fetch_token(endpoint, grant_type="client_credentials", scope="scim")
            assert "scim" == token["scope"]
            assert token["expires_in"] in {3599, 3600}, "its exp is a whole second"
            assert 200 == session.get(f"{connection.url}/scim/v2/Users").status_code
            assert session.introspect_token(
                connection.server["introspection_endpoint"], token["access_token"]
            ).json()["active"]
            session.revoke_token(connection.server["revocation_endpoint"], token["access_token"])
            assert 401 == connection.users(token["access_token"])
    for in_body in (False, True):
        backend = BackendApplicationClient(client_id=connection.app_id)
        with RequestsOAuth2Session(client=backend) as plain:
            token = plain.fetch_token(
                endpoint, client_secret=connection.secret, include_client_id=in_body
            )
            assert 200 == plain.get(f"{connection.url}/scim/v2/Users").status_code


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # for a newer name of it
def test_a_client_that_others_wrote_signs_its_requests(connection: Connection) -> None:
    for algorithm in connection.server["token_endpoint_auth_signing_alg_values_supported"]:
        signer = new_signer(algorithm, None)
        jwks = json.dumps({"keys": [signer.jwk]})
        connection.provisor.called("client-keys", "set", connection.app_id, "-", text=jwks)
        pem = signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key = {"ES256": ECKey, "EdDSA": OKPKey}.get(algorithm, RSAKey).import_key(pem)
        minutes = {"exp": int(time.time()) + 300}  # authlib's own hour is longer than is taken
        endpoint = connection.server["token_endpoint"]
        with OAuth2Session(
            connection.app_id, key, token_endpoint_auth_method="private_key_jwt"
        ) as session:
            session.register_client_auth_method(PrivateKeyJWT(endpoint, minutes, alg=algorithm))
            token = session.fetch_token(endpoint, grant_type="client_credentials")

        assert 200 == connection.users(token["access_token"])


def test_verifiers_that_others_wrote_need_only_what_is_published(connection: Connection) -> None:
    answer = requests.post(
        connection.server["token_endpoint"],
        GRANT,
        auth=(connection.app_id, connection.secret),
        timeout=30,
    )
    token = answer.json()["access_token"]
    published = requests.get(connection.server["jwks_uri"], timeout=30).json()

    opened = jose.decode(token, KeySet.import_key_set(published), algorithms=["ES256"])
    registry = jose.JWTClaimsRegistry(
        iss={"essential": True, "value": connection.server["issuer"]},
        aud={"essential": True, "value": connection.server["protected_resources"][0]},
        exp={"essential": True},
    )
    registry.validate(opened.claims)
    key = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token,
        key,
        algorithms=["ES256"],
        issuer=connection.server["issuer"],
        audience=connection.server["protected_resources"],
        options={"require": ["iss", "sub", "aud", "exp", "iat", "jti"]},
    )

    assert "at+jwt" == opened.header["typ"]
    assert opened.claims == claims
    assert connection.app_id == claims["client_id"]
    assert 3600 == claims["exp"] - claims["iat"]
    resource = requests.get(
        f"{connection.url}/.well-known/oauth-protected-resource/scim/v2", timeout=30
    ).json()
    assert (claims["aud"], [claims["iss"]]) == (
        resource["resource"],
        resource["authorization_servers"],
    )
