"""A client of the OAuth endpoints, in this process: what it sends can be as wrong as it likes."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from app import Assembly, create_app
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from app.oauth.credentials import ASSERTION_TYPE

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

FORM = "application/x-www-form-urlencoded"
GRANT = {"grant_type": "client_credentials"}


class OAuthClient:
    """An app whose SCIM is on, with a client secret and a key, and the server it talks to."""

    def __init__(self, assembly: Assembly, name: str = "Okta", tenant_id: str = "") -> None:
        self.assembly = assembly
        self.http = create_app(assembly).test_client()
        self.app: ClientApp = assembly.client_apps.create(
            NewApp(tenant_id or assembly.tenants.default().id, name), CLI
        )
        assembly.client_apps.enable_scim(self.app.id, CLI)
        self.id = self.app.id
        self.secret = assembly.oauth.client_secrets.issue(self.id, CLI).text

    @property
    def post_credentials(self) -> dict[str, str]:
        """The parameters of ``client_secret_post``."""
        return {"client_id": self.id, "client_secret": self.secret}

    @property
    def basic(self) -> dict[str, str]:
        """The header of ``client_secret_basic``."""
        return basic(self.id, self.secret)

    def send(self, path: str, form: Any, headers: dict[str, str] | None = None) -> "TestResponse":
        """Send a form, or bytes as they are, without credentials of its own."""
        return self.http.post(
            path, data=form, headers=headers, content_type=None if form is None else FORM
        )

    def ask(self, path: str, **form: str) -> "TestResponse":
        """Send a form with ``client_secret_basic``."""
        return self.send(path, form, self.basic)

    def get_token(self, **form: str) -> "TestResponse":
        """Ask for a token."""
        return self.ask("/oauth2/token", **GRANT, **form)

    def token(self, **form: str) -> str:
        """Return a fresh token, which there must be."""
        answer = self.get_token(**form)
        assert answer.status_code == 200, answer.text
        text: str = answer.get_json()["access_token"]
        return text

    def use(self, token: str) -> int:
        """Return the status of a SCIM request with a token."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.get("/scim/v2/Users", headers=headers).status_code


def basic(client_id: str, secret: str) -> dict[str, str]:
    """Return the header of ``client_secret_basic``."""
    text = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


@dataclass
class Signer:
    """Who signs assertions for an app."""

    algorithm: str
    private: Any = field(repr=False)
    kid: str | None = "one"

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key, with the algorithm it is used with."""
        kind = {"ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}.get(self.algorithm, RSAAlgorithm)
        member = kind.to_jwk(self.private.public_key(), as_dict=True)  # type: ignore[attr-defined]  # each has it
        return {**member, "alg": self.algorithm} | ({"kid": self.kid} if self.kid else {})

    def sign(self, claims: dict[str, Any], **header: Any) -> dict[str, str]:
        """Return the parameters of ``private_key_jwt``."""
        named = ({"kid": self.kid} if self.kid else {}) | header
        payload = json.dumps(claims).encode()  # as wrong as they may be
        text = jwt.PyJWS().encode(payload, self.private, self.algorithm, named)
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text}


def new_signer(algorithm: str, kid: str | None = "one") -> Signer:
    """Return who signs with a fresh key."""
    if algorithm == "ES256":
        return Signer(algorithm, ec.generate_private_key(ec.SECP256R1()), kid)
    if algorithm == "EdDSA":
        return Signer(algorithm, ed25519.Ed25519PrivateKey.generate(), kid)
    return Signer(algorithm, rsa.generate_private_key(65537, 2048), kid)


def claims_of(app_id: str, audience: str, now: datetime, **other: Any) -> dict[str, Any]:
    """Return the claims of a good assertion, and others."""
    return {
        "iss": app_id,
        "sub": app_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
    } | other
