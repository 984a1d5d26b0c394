"""Client assertions: an app proves itself by a JWT it signs for each request (RFC 7523 §2.2, §3).

An assertion is good for one request, within minutes, at this server and no other.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.client_apps import ClientApp
from app.oauth.client_keys import ClientKeys
from app.oauth.jwk import ALGORITHMS, PublicKey
from scim.instant import Clock, to_text
from scim.storage import Conflict, Database, Session

LONGEST_ASSERTION = 4096
LONGEST_JTI = 256

LONGEST_LIFE = timedelta(minutes=10)
"""How far ahead the end of an assertion may be: its ``jti`` is remembered until then."""

LEEWAY = timedelta(minutes=1)
"""How much faster than ours a client's clock may go."""

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_TYPES = (None, "JWT", "client-authentication+jwt")
"""An access token, or a JWT of any other kind, is no assertion (RFC 8725 §3.11)."""

_JWS = jwt.PyJWS()
_DECOY_BITS = 2048


class NotProven(Exception):  # noqa: N818 - what the assertion did not do
    """An assertion proves nothing; the message is for tests and the curious, not for clients."""


@dataclass(frozen=True, slots=True)
class _Proof:
    app_id: str
    jti: str
    ends: datetime


class Assertions:
    """Knows apps by the assertions they sign.

    :param audiences: what an assertion may be for; one of them, and nobody else beside it
    """

    def __init__(
        self, database: Database, clock: Clock, keys: ClientKeys, audiences: Iterable[str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._audiences = frozenset(audiences)

    def app_of(self, text: str) -> ClientApp:
        """Return the app that signed an assertion, which is spent with that.

        :raises NotProven: it proves nothing
        """
        claimed = _claimed_app(text)
        found = self._keys.find(claimed)
        payload = _verified(text, found.keys if found else ())
        now = self._clock()
        proof = _proof(payload, self._audiences, now)
        if found is None or proof.app_id != claimed:
            raise NotProven("No such app has keys.")
        self._spend(proof, now)
        return found.app

    def _spend(self, proof: _Proof, now: datetime) -> None:
        try:
            with self._database.write() as session:
                _prune(session, now)
                session.run(
                    "INSERT INTO client_assertion (app_id, jti_sha256, expires_at)"
                    " VALUES (?, ?, ?)",
                    (
                        proof.app_id,
                        hashlib.sha256(proof.jti.encode()).hexdigest(),
                        to_text(proof.ends),
                    ),
                )
        except Conflict as error:  # or the app was deleted meanwhile
            raise NotProven("It was used before.") from error


def _prune(session: Session, now: datetime) -> None:
    session.run("DELETE FROM client_assertion WHERE expires_at <= ?", (to_text(now),))


def _claimed_app(text: str) -> str:
    """Return the app an assertion says it is of: whose keys to look at."""
    if len(text) > LONGEST_ASSERTION or not _SHAPE.fullmatch(text):
        raise NotProven("It does not look like a JWT.")
    try:
        claimed = _object(jwt.utils.base64url_decode(text.split(".")[1])).get("sub")
    except ValueError as error:
        raise NotProven("Its claims are not base64url.") from error
    if not isinstance(claimed, str) or not re.fullmatch(r"[ -~]{1,100}", claimed):
        raise NotProven("Its subject is no app.")
    return claimed


def _verified(text: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """Return the claims of an assertion that one of the keys signed."""
    try:
        header = jwt.get_unverified_header(text)
    except (jwt.PyJWTError, RecursionError) as error:
        raise NotProven("Its header cannot be read.") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS or header.get("typ") not in _TYPES:
        raise NotProven("It is not signed with what is allowed, or is no assertion.")
    # The key's algorithm must be the one named; and where no key fits, one that signed nothing
    # is tried, so that an unknown app takes as long as a wrong signature.
    fitting = [key for key in keys if key.algorithm == algorithm and kid in {key.kid, None}]
    public = fitting[0].public if len(fitting) == 1 else _decoy(algorithm)
    try:
        return _object(_JWS.decode(text, public, algorithms=[algorithm]))
    except jwt.PyJWTError as error:
        raise NotProven("Its signature is wrong.") from error


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotProven("Its claims are not JSON.") from error
    if not isinstance(value, dict):
        raise NotProven("Its claims are no object.")
    return value


def _proof(claims: dict[str, Any], audiences: frozenset[str], now: datetime) -> _Proof:
    issuer, subject, jti = claims.get("iss"), claims.get("sub"), claims.get("jti")
    if not isinstance(subject, str) or issuer != subject:
        raise NotProven("Its issuer and its subject are not the app.")
    if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI or not jti.isprintable():
        raise NotProven("It has no jti of its own.")
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    # A second audience could use it here in the app's name (RFC 7523 §3, item 3).
    if not isinstance(audience, str) or audience not in audiences:
        raise NotProven("It is for another audience, or for several.")
    ends = _moment(claims, "exp")
    if ends is None or not now < ends <= now + LONGEST_LIFE:
        raise NotProven("It has no end, is over, or ends too late.")
    for name in ("iat", "nbf"):
        begins = _moment(claims, name)
        if begins is not None and begins > now + LEEWAY:
            raise NotProven("It is not good yet.")
    return _Proof(subject, jti, ends)


def _moment(claims: dict[str, Any], name: str) -> datetime | None:
    """Return the moment a claim names (RFC 7519 §2, NumericDate), or None where it names none."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotProven(f"The claim {name} is no number.")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise NotProven(f"The claim {name} is no moment.") from error


@cache
def _decoy(algorithm: str) -> jwt.PyJWK:
    """Return a public key that no signature fits."""
    if algorithm == "ES256":
        public: Any = ec.generate_private_key(ec.SECP256R1()).public_key()
        member = jwt.algorithms.ECAlgorithm.to_jwk(public, as_dict=True)
    elif algorithm == "EdDSA":
        public = ed25519.Ed25519PrivateKey.generate().public_key()
        member = jwt.algorithms.OKPAlgorithm.to_jwk(public, as_dict=True)
    else:  # any odd number takes as long as a product of two primes, and is there at once
        modulus = secrets.randbits(_DECOY_BITS) | 1 << _DECOY_BITS - 1 | 1
        public = rsa.RSAPublicNumbers(65537, modulus).public_key()
        member = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
    return jwt.PyJWK(member, algorithm)
