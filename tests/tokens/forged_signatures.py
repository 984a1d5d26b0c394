"""Signatures that are none, and shapes that are not that of a token."""

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from tests.tokens.minting import Mint, es256
from tests.tokens.mutations import ORDER, decoded, encoded, twin_of

_SCALAR = 32


def forged_signatures(mint: Mint) -> Iterator[tuple[str, str]]:
    """Return texts that end in no signature of ours, each with what is wrong with it."""
    for name, signature in _numbers(mint):
        yield name, f"{mint.signed_part}.{encoded(signature)}"
        for algorithm in ("none", "ES384"):
            yield f"{name}, {algorithm}", f"{_head(mint, algorithm)}.{encoded(signature)}"
    for spelling, secret in mint.spellings_of_the_public_key().items():
        for algorithm in ("HS256", "HS384", "HS512", "ES256"):
            text = _head(mint, algorithm)
            hashed = f"sha{algorithm[2:]}"
            code = hmac.digest(secret, text.encode(), hashed)
            yield f"{algorithm} with the public key as {spelling}", f"{text}.{encoded(code)}"
    yield from _of_other_keys(mint)


def _numbers(mint: Mint) -> Iterator[tuple[str, bytes]]:
    """Return signatures of the genuine text that are made of its own, or of nothing."""
    genuine = mint.signature
    r, s = genuine[:_SCALAR], genuine[_SCALAR:]
    numbers = {
        "0": 0, "1": 1, "n": ORDER, "n - 1": ORDER - 1, "n + 1": ORDER + 1, "2^256 - 1": 2**256 - 1
    }  # fmt: skip
    for one, first in numbers.items():
        yield f"r = {one}", first.to_bytes(_SCALAR) + s
        yield f"s = {one}", r + first.to_bytes(_SCALAR)
        for other, second in numbers.items():
            pair = first.to_bytes(_SCALAR) + second.to_bytes(_SCALAR)
            yield f"r = {one}, s = {other}", pair
    yield "(r, n - s)", decoded(twin_of(encoded(genuine)))
    yield "(s, r)", s + r
    yield "DER", encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    for more in (b"\x00", b"\x01", genuine, b"=" * 3):
        yield f"more: {more[:4]!r}", genuine + more
    for length in (1, 31, 32, 33, 63):
        yield f"{length} bytes of it", genuine[:length]
    yield "a zero first", b"\x00" + genuine
    yield "zeros between", b"\x00" + r + b"\x00" + s
    yield "that of another token", Mint(mint.other, "", mint.stolen).signature


def _of_other_keys(mint: Mint) -> Iterator[tuple[str, str]]:
    stolen, text = mint.stolen, mint.signed_part
    for hashed in (SHA384(), SHA512()):
        yield f"ES256 over {hashed.name}", f"{text}.{encoded(es256(text, stolen, hashed))}"
    yield "of a stranger", f"{text}.{encoded(es256(text, mint.stranger))}"
    for algorithm, hashed in (("RS256", SHA256()), ("RS512", SHA512()), ("ES256", SHA256())):
        text = _head(mint, algorithm)
        signature = mint.rsa.sign(text.encode(), padding.PKCS1v15(), hashed)
        yield f"RSA as {algorithm}", f"{text}.{encoded(signature)}"
    for algorithm in ("PS256", "RS256", "ES256"):
        text = _head(mint, algorithm)
        scheme = padding.PSS(padding.MGF1(SHA256()), _SCALAR)
        signature = mint.rsa.sign(text.encode(), scheme, SHA256())
        yield f"PSS as {algorithm}", f"{text}.{encoded(signature)}"
    for algorithm in ("EdDSA", "ES256"):
        text = _head(mint, algorithm)
        yield f"Ed25519 as {algorithm}", f"{text}.{encoded(mint.ed25519.sign(text.encode()))}"
    for algorithm in ("ES384", "ES256"):
        text = _head(mint, algorithm)
        numbers = decode_dss_signature(mint.p384.sign(text.encode(), ec.ECDSA(SHA384())))
        signature = b"".join(each.to_bytes(48) for each in numbers)
        yield f"P-384 as {algorithm}", f"{text}.{encoded(signature)}"


def forged_shapes(mint: Mint) -> Iterator[tuple[str, str]]:
    """Return texts that are not three parts of base64url, or not of a token."""
    h, p, s = mint.genuine.split(".")
    for parts in ("h", "h.p", "h..s", ".p.s", "h.p.", "..", ".", "h..", "..s", "h.p.s.", ".h.p.s",
                  "h.p.s.s", "h.p.s.h.p.s", "h..p..s", "p.h.s", "s.p.h", "h.h.s", "p.p.s",
                  "h.p.p", "h.s.p", "h.p.s~", "h.p.s~h.p.s~", "h p s", "h:p:s", "h/p/s", "h,p,s",
                  "h.p:s", "'h.p.s'", '"h.p.s"', "<h.p.s>", "h.p.s=", "h.p.s==", "h=.p.s",
                  "h.p=.s", "h%2Ep%2Es", "h.p.s;x", "h.p.s,", "h.p.s&x=y", "h\x00.p.s",
                  "h.p.s\x00", "h.p.\x00s", "h.p.s\ufeff", "h\u2024p\u2024s",
                  "h\u3002p\u3002s"):  # fmt: skip
        named = {"h": h, "p": p, "s": s}
        yield parts, "".join(named.get(letter, letter) for letter in parts)
    yield from _serialized(h, p, s)
    yield from _encrypted(mint)
    long = ("x" * 2049, f"{h}.{p}.{s}{'A' * 2000}", f"{h}.{'A' * 100_000}.{s}")
    for text in ("null", "undefined", "true", "0", "{}", "[]", "None", "NaN", "test", "admin",
                 "v4.public.AAAA", "v4.local.AAAA", "ghp_" + "a" * 36, "A" * 64, "a.b.c",
                 "e30.e30.e30", *long):  # fmt: skip
        yield f"{text:.30}", text


def _serialized(h: str, p: str, s: str) -> Iterator[tuple[str, str]]:
    """Return the JSON serializations of JWS (RFC 7515 §7.2), as they are and in base64url."""
    flattened = {"protected": h, "payload": p, "signature": s}
    general = {"payload": p, "signatures": [{"protected": h, "signature": s}]}
    unprotected: dict[str, Any] = flattened | {"header": {"alg": "none"}}
    for name, value in (("flat", flattened), ("general", general), ("header", unprotected)):
        text = json.dumps(value, separators=(",", ":"))
        yield f"JSON, {name}", text
        yield f"JSON, {name}, in base64url", encoded(text.encode())
        yield f"JSON, {name}, in base64", base64.b64encode(text.encode()).decode()


def _encrypted(mint: Mint) -> Iterator[tuple[str, str]]:
    """Return what has the shape of a JWE (RFC 7516 §7.1), with a token in it."""
    for algorithm in ("dir", "ECDH-ES", "RSA-OAEP", "A128KW", "PBES2-HS256+A128KW"):
        header = encoded(json.dumps(mint.header | {"alg": algorithm, "enc": "A256GCM"}).encode())
        for key in ("", encoded(b"k" * 24)):
            text = encoded(mint.claims["jti"].encode() * 3)
            vector, tag = encoded(b"i" * 12), encoded(b"t" * 16)
            name = f"JWE, {algorithm}, {'a' if key else 'no'} key"
            yield name, f"{header}.{key}.{vector}.{text}.{tag}"


def _head(mint: Mint, algorithm: str) -> str:
    """Return the header, with another algorithm, and the claims of the genuine token."""
    header = json.dumps(mint.header | {"alg": algorithm}, separators=(",", ":")).encode()
    return f"{encoded(header)}.{mint.genuine.split('.')[1]}"
