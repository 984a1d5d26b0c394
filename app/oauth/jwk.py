"""Public keys as apps publish them: a JWK Set (RFC 7517 §5), each key with one algorithm.

Errors::

    InvalidKeys  a document cannot be accepted; the sentence says why
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

ALGORITHMS = ("ES256", "EdDSA", "PS256", "RS256")
"""What an assertion may be signed with: no shared secrets, no SHA-1, and never ``none``."""

_KINDS = (
    (("EC", "P-256"), ("ES256",)),
    (("OKP", "Ed25519"), ("EdDSA",)),
    (("RSA", None), ("RS256", "PS256")),
)
"""The type and curve of a key, and what it may be used with; the first where it does not say."""

LARGEST_DOCUMENT = 16 * 1024
MOST_KEYS = 5

_LEAST_RSA_BITS = 2048  # RFC 7518 §3.3
_MOST_RSA_BITS = 4096
_LARGEST_EXPONENT = 2**32
"""Larger numbers only make a check take longer."""

_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""What only the owner of a key may know (RFC 7518 §6)."""


class InvalidKeys(Exception):  # noqa: N818 - what the document is
    """A document cannot be accepted; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and the one algorithm it is used with (RFC 8725 §3.1)."""

    kid: str | None
    algorithm: str
    public: jwt.PyJWK


def read_jwks(text: str) -> Sequence[PublicKey]:
    """Return the keys of a JWK Set.

    :raises InvalidKeys: it is none, or holds what does not belong there
    """
    if len(text) > LARGEST_DOCUMENT:
        raise InvalidKeys(f"The document can have at most {LARGEST_DOCUMENT:,} characters.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidKeys("The document is not JSON.") from error
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list) or not all(isinstance(each, dict) for each in members):
        raise InvalidKeys('The document is no JWK Set: {"keys": [...]} with an object a key.')
    if not 1 <= len(members) <= MOST_KEYS:
        raise InvalidKeys(f"A JWK Set has one key at least and {MOST_KEYS} at most.")
    keys = [_read_key(member) for member in members]
    kids = {key.kid for key in keys}
    if len(keys) > 1 and (None in kids or len(kids) < len(keys)):
        raise InvalidKeys("Where there are several keys, each needs a kid of its own.")
    return keys


def _read_key(member: Mapping[str, Any]) -> PublicKey:
    if _PRIVATE & member.keys():
        raise InvalidKeys(
            "The document holds a private key. Give the public ones, and replace the private one:"
            " it has been seen."
        )
    if member.get("use", "sig") != "sig":
        raise InvalidKeys("A key is not for signatures: its use is not sig.")
    kid = member.get("kid")
    if not isinstance(kid, str | None) or not (kid or "").isprintable():
        raise InvalidKeys("The kid of a key is not text that can be shown.")
    algorithm = _algorithm_of(member)
    try:
        public = jwt.PyJWK(dict(member), algorithm)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise InvalidKeys("A key cannot be read.") from error
    _check_size(public)
    return PublicKey(kid, algorithm, public)


def _algorithm_of(member: Mapping[str, Any]) -> str:
    kind = (member.get("kty"), member.get("crv"))
    possible = next((names for each, names in _KINDS if each == kind), None)
    if possible is None:
        raise InvalidKeys("A key is none of RSA, EC on P-256 and OKP on Ed25519.")
    algorithm = member.get("alg", possible[0])
    if algorithm not in possible:
        raise InvalidKeys(f"A key of this type is used with {' or '.join(possible)}.")
    return str(algorithm)


def _check_size(public: jwt.PyJWK) -> None:
    if public.key_type != "RSA":
        return
    numbers = public.key.public_numbers()
    if not _LEAST_RSA_BITS <= public.key.key_size <= _MOST_RSA_BITS:
        raise InvalidKeys(f"An RSA key has {_LEAST_RSA_BITS} to {_MOST_RSA_BITS} bits.")
    if numbers.e > _LARGEST_EXPONENT:
        raise InvalidKeys("The public exponent of an RSA key is too large.")
