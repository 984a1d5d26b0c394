"""The text of a token: a JWT access token (RFC 9068), signed with ES256 or RS256.

The JWT says who; only the token's row says whether it is alive.
What PyJWT does not check is checked here: the ``typ``, that each part has one spelling only,
that no name stands twice, and that each claim is there and has its type.
"""

import base64
import binascii
import hashlib
import json
import re
import threading
from dataclasses import asdict, dataclass, fields
from typing import Any

import jwt

from app.keys import Keyring, SigningKey

TYPE = "at+jwt"
"""The ``typ`` of an access token: no other JWT can pass for one (RFC 9068 §2.1)."""

LONGEST_TOKEN = 2048
"""Characters of the longest text that is looked at; tokens have 450 to 750."""

SCIM_PATH = "/scim/v2"
"""Where SCIM is served below a public URL."""

REMEMBERED_SIGNATURES = 1024
"""How many verified tokens are remembered: far more than one instance has apps."""

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
"""Three parts of base64url without padding (RFC 7515 §7.1)."""

_ID = re.compile(r"[A-Za-z0-9_-]+")
"""What a ``jti`` is made of: not all text can be asked a database for."""

_JWS = jwt.PyJWS()


class NotOurs(Exception):  # noqa: N818 - what it is: a text this instance never signed
    """A text is no token this instance signed for its SCIM endpoint."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, in the order it says it (RFC 9068 §2.2)."""

    iss: str
    sub: str
    aud: str
    client_id: str
    scope: str
    jti: str
    iat: int
    exp: int


def sign(claims: Claims, key: SigningKey) -> str:
    """Return the text of a token."""
    # PyJWT writes the header in the order of the alphabet: alg, kid, typ. As each kid starts with
    # the product's name, each token starts with one constant a secret scanner can look for.
    header = {"kid": key.kid, "typ": TYPE}
    return jwt.encode(asdict(claims), key.private, key.algorithm, header)


class Verifier:
    """Tells the tokens this instance signed from all other texts.

    It remembers signatures it has verified, which never change; never whether a token is alive.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._known: dict[str, Claims] = {}
        self._lock = threading.Lock()

    def verify(self, text: str, sha256: str) -> Claims:
        """Return what a token says, and remember it by its fingerprint.

        :raises NotOurs: this instance never signed it
        """
        if len(text) > LONGEST_TOKEN or not _SHAPE.fullmatch(text):
            raise NotOurs("It does not look like a JWT.")
        claims = _verified(text, self._keyring)
        self._keep(sha256, claims)
        return claims

    def find_verified(self, sha256: str) -> Claims | None:
        """Return what the token with a fingerprint says, if it was verified before."""
        return self._known.get(sha256)

    def _keep(self, sha256: str, claims: Claims) -> None:
        with self._lock:
            if len(self._known) >= REMEMBERED_SIGNATURES:
                del self._known[next(iter(self._known))]
            self._known[sha256] = claims


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a token: enough to know it again, too little to use it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _verified(text: str, keyring: Keyring) -> Claims:
    header, payload, _ = (_decoded(part) for part in text.split("."))
    key = _key_named_in(_object(header), keyring)
    try:
        _JWS.decode(text, key, algorithms=[key.algorithm_name])
    except jwt.PyJWTError as error:
        raise NotOurs("Its signature is wrong.") from error
    claims = _claims(_object(payload))
    # what no database can be asked for is no URL of ours either
    is_known = claims.iss.isprintable() and keyring.is_issuer(claims.iss)
    if not is_known or claims.aud != claims.iss + SCIM_PATH:
        raise NotOurs("It is for another audience.")
    return claims


def _decoded(part: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise NotOurs("A part is not base64url.") from error
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != part:
        raise NotOurs("A part has another spelling than the one base64url gives it.")
    return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data.decode(), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise NotOurs("A part is not JSON, or names something twice.") from error
    if not isinstance(value, dict):
        raise NotOurs("A part is not a JSON object.")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _key_named_in(header: dict[str, Any], keyring: Keyring) -> jwt.PyJWK:
    # Exactly these three: a header that brings its own key (jku, jwk, x5u, x5c) or asks for
    # something else to be understood (crit) is nothing this instance wrote (RFC 8725 §3.10).
    if header.keys() != {"alg", "kid", "typ"} or header["typ"] != TYPE:
        raise NotOurs("Its header is not that of a token.")
    kid = header["kid"]
    key = keyring.find_public(kid) if isinstance(kid, str) else None
    # The algorithm is the key's, never the token's choice (RFC 8725 §3.1).
    if key is None or header["alg"] != key.algorithm_name:
        raise NotOurs("No such key signs with this algorithm.")
    return key


def _claims(payload: dict[str, Any]) -> Claims:
    for claim in fields(Claims):
        if type(payload.get(claim.name)) is not claim.type:
            raise NotOurs(f"The claim {claim.name} is missing or has another type.")
    if not _ID.fullmatch(payload["jti"]):
        raise NotOurs("Its jti is none of ours.")
    return Claims(**{claim.name: payload[claim.name] for claim in fields(Claims)})
