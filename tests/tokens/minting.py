"""What a forger has: a genuine token, the public key, keys of their own, and a stolen one."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import Assembly
from tests.instance import Instance
from tests.tokens.mutations import decoded, encoded

_SCALAR = 32


def es256(text: str, key: ec.EllipticCurvePrivateKey, hashed: HashAlgorithm | None = None) -> bytes:
    """Return the signature of a text as JWS has it: r and s (RFC 7518 §3.4)."""
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashed or SHA256())))
    return r.to_bytes(_SCALAR) + s.to_bytes(_SCALAR)


@dataclass(frozen=True)
class Mint:
    """Makes tokens that nobody issued.

    :param genuine: a live token
    :param other: another one, of another app
    :param stolen: the private key that signed both
    """

    genuine: str
    other: str
    stolen: ec.EllipticCurvePrivateKey

    @cached_property
    def stranger(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def rsa(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    @cached_property
    def p384(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP384R1())

    @cached_property
    def ed25519(self) -> ed25519.Ed25519PrivateKey:
        return ed25519.Ed25519PrivateKey.generate()

    @property
    def header(self) -> dict[str, Any]:
        """The header of the genuine token."""
        found: dict[str, Any] = json.loads(decoded(self.genuine.split(".")[0]))
        return found

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of the genuine token."""
        found: dict[str, Any] = json.loads(decoded(self.genuine.split(".")[1]))
        return found

    @property
    def signed_part(self) -> str:
        """The header and the claims of the genuine token, as they are signed."""
        return self.genuine.rpartition(".")[0]

    @property
    def signature(self) -> bytes:
        """The signature of the genuine token."""
        return decoded(self.genuine.rpartition(".")[2])

    def public(self, stolen: ec.EllipticCurvePrivateKey | None = None) -> dict[str, Any]:
        """Return the public part of a key, or else of the stolen one, as a JWK."""
        numbers = (stolen or self.stolen).public_key().public_numbers()
        x, y = (encoded(each.to_bytes(_SCALAR)) for each in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def spellings_of_the_public_key(self) -> dict[str, bytes]:
        """Return the public key as a forger may take it for a shared secret."""
        key = self.stolen.public_key()
        jwk = self.public()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        named = jwk | {"kid": self.header["kid"], "alg": "ES256", "use": "sig"}
        return {
            "PEM": pem,
            "PEM without its last newline": pem.rstrip(),
            "DER": key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "JWK": json.dumps(jwk).encode(),
            "JWK as published": json.dumps(named).encode(),
            "JWK without spaces": json.dumps(jwk, separators=(",", ":")).encode(),
            "point": key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
            "compressed point": key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
            "x": decoded(jwk["x"]),
            "x and y": decoded(jwk["x"]) + decoded(jwk["y"]),
            "kid": str(self.header["kid"]).encode(),
            "nothing": b"",
            "a word": b"secret",
        }

    def every_way(self, header: bytes, claims: bytes) -> dict[str, str]:
        """Return a header and claims as a token: signed by each key, and by none."""
        text = f"{encoded(header)}.{encoded(claims)}"
        return {
            "the signature of another": f"{text}.{encoded(self.signature)}",
            "signed by a stranger": f"{text}.{encoded(es256(text, self.stranger))}",
            "signed by the stolen key": f"{text}.{encoded(es256(text, self.stolen))}",
        }


def mint_of(assembly: Assembly | Instance, genuine: str, other: str) -> Mint:
    """Return the mint of somebody who has stolen the signing key of a program."""
    with assembly.database.read() as session:
        private = assembly.keyring.get_active(session).private
    return Mint(genuine, other, private)
