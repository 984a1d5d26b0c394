"""What keys sign with, how they are made, and how their private parts are written down.

An algorithm belongs to a key for good: what a token says it was signed with is only compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_on_curve
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey

RSA_BITS = 2048
"""The length of an RSA key: the least that RFC 7518 §3.3 allows, because it is in every token.

A token of 3,072 bits is 170 characters longer, and Entra ID shares 1,024 bytes between the token,
the URL and a certificate. That a token is ours is proved by its row besides.
"""

_RSA_EXPONENT = 65537
_SCALAR_BYTES = 32
"""The length of a private key on P-256."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A key that was just made."""

    secret: bytes
    """Its private part, as :func:`load` takes it."""

    jwk: dict[str, Any]
    """Its public part (RFC 7517 §4), without its id."""


def generate(algorithm: str) -> Fresh:
    """Return a new key; one of RSA takes about 40 ms to find."""
    return _GENERATORS[algorithm]()


def load(algorithm: str, secret: bytes) -> PrivateKey:
    """Return the private key that was written down."""
    return _LOADERS[algorithm](secret)


def _generate_es256() -> Fresh:
    private = generate_on_curve(SECP256R1())
    secret = private.private_numbers().private_value.to_bytes(_SCALAR_BYTES)
    return Fresh(secret, ECAlgorithm.to_jwk(private.public_key(), as_dict=True))


def _load_es256(secret: bytes) -> PrivateKey:
    return derive_private_key(int.from_bytes(secret), SECP256R1())


def _generate_rs256() -> Fresh:
    private = generate_rsa(_RSA_EXPONENT, RSA_BITS)
    secret = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    jwk = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    del jwk["key_ops"]  # "use" says it already, and the two are not to stand together (§4.3)
    return Fresh(secret, jwk)


def _load_rs256(secret: bytes) -> PrivateKey:
    key = load_der_private_key(secret, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the private key of an RS256 key is one of RSA")
    return key


_GENERATORS: dict[str, Callable[[], Fresh]] = {
    "ES256": _generate_es256,  # P-256 with SHA-256 (RFC 7518 §3.4): short, and fast to verify
    "RS256": _generate_rs256,  # PKCS #1 v1.5 with SHA-256 (§3.3): what every verifier knows
}
_LOADERS: dict[str, Callable[[bytes], PrivateKey]] = {"ES256": _load_es256, "RS256": _load_rs256}
