"""What keys are not good for: stolen ones, public ones as secrets, one in another's name (T1)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.audit import CLI
from app.keys import SigningKey, open_rotation
from app.tokens import Use
from app.tokens.emergency import replace_key
from app.tokens.errors import InvalidToken
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance

_USE = Use("192.0.2.1", "a provider")


def stolen(instance: Instance) -> SigningKey:
    with instance.database.write() as session:
        return instance.keyring.get_active(session)


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def minted(claims: dict[str, Any], key: SigningKey, **header: str) -> str:
    """Return a token that a thief makes with a stolen key."""
    algorithm = header.get("alg", key.algorithm)
    headers = {"kid": key.kid, "typ": "at+jwt", **header}
    return jwt.encode(claims, key.private, algorithm, headers)


def keyed(claims: dict[str, Any], kid: str, algorithm: str, secret: bytes) -> str:
    """Return a token whose signature is a MAC (RFC 7515 §A.1); PyJWT refuses to make some."""
    header = {"alg": algorithm, "kid": kid, "typ": "at+jwt"}
    signed = b".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    mac = hmac.digest(secret, signed, f"sha{algorithm[2:]}")
    return (signed + b"." + encoded(mac)).decode()


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def spellings(key: SigningKey, jwk: dict[str, Any]) -> Iterator[bytes]:
    """Return the public key in every form somebody could take for a secret."""
    public = key.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    yield from (pem, pem.rstrip(b"\n"))
    yield public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield json.dumps(jwk).encode()
    yield json.dumps(jwk, separators=(",", ":")).encode()
    yield from (str(value).encode() for value in jwk.values())
    yield hashlib.sha256(json.dumps(jwk).encode()).digest()
    yield b""


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_stolen_key_makes_no_token_that_works(
    instance: Instance, clock: FakeClock, algorithm: str
) -> None:
    server = open_instance(
        instance.database, clock, instance.settings.instance, signing_algorithm=algorithm
    )
    rotation = open_rotation(server.settings, server.database)
    replace_key(server.database, rotation, CLI, clock(), revoke_tokens=False)
    token = server.tokens.issue(server.new_app().id, CLI).text
    key = stolen(server)
    claims = claims_of(token)

    for _ in range(2):  # before the emergency and after it
        for change in (
            {},
            {"jti": "x"},
            {"scope": "scim:read"},
            {"sub": "sa_other"},
            {"client_id": "app_other"},
            {"exp": claims["exp"] + 1},
        ):
            with pytest.raises(InvalidToken, match="not valid"):
                server.authenticator.authenticate(minted(claims | {"iat": 0} | change, key), _USE)
        replace_key(server.database, rotation, CLI, clock(), revoke_tokens=False)

    assert server.authenticator.authenticate(token, _USE)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_public_key_is_no_secret(instance: Instance, clock: FakeClock, algorithm: str) -> None:
    """RFC 8725 §2.1."""
    server = open_instance(
        instance.database, clock, instance.settings.instance, signing_algorithm=algorithm
    )
    rotation = open_rotation(server.settings, server.database)
    replace_key(server.database, rotation, CLI, clock(), revoke_tokens=False)
    claims = claims_of(server.tokens.issue(server.new_app().id, CLI).text)
    (jwk,) = server.keyring.jwks()["keys"]
    key = stolen(server)

    for secret in spellings(key, jwk):
        for mac in ("HS256", "HS384", "HS512"):
            with pytest.raises(InvalidToken, match="not valid"):
                server.authenticator.authenticate(keyed(claims, key.kid, mac, secret), _USE)


def test_a_key_signs_in_its_own_name_and_algorithm_alone(
    instance: Instance, clock: FakeClock
) -> None:
    rsa = open_instance(
        instance.database, clock, instance.settings.instance, signing_algorithm="RS256"
    )
    first = stolen(instance)
    rotation = open_rotation(rsa.settings, rsa.database)
    claims = claims_of(instance.tokens.issue(instance.new_app().id, CLI).text)
    replace_key(rsa.database, rotation, CLI, clock(), revoke_tokens=False)
    second = stolen(rsa)

    forged = [
        minted(claims, first, kid=second.kid),
        minted(claims, second, kid=first.kid),
        *(minted(claims, second, alg=other) for other in ("RS384", "RS512", "PS256")),
    ]

    for text in forged:
        with pytest.raises(InvalidToken, match="not valid"):
            rsa.authenticator.authenticate(text, _USE)
