"""Headers that no token of ours has; each must be refused whoever has signed it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.tokens.minting import Mint

_ALGORITHMS: tuple[object, ...] = (
    "none", "None", "NONE", "nOnE", "none ", "", "HS256", "HS384", "HS512", "RS256", "RS384",
    "RS512", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "es256", "ES256 ", "ES256\x00", "dir",
    None, 256, 1.5, True, ["ES256"], {"alg": "ES256"},
)  # fmt: skip

_TYPES: tuple[object, ...] = (
    "JWT", "jwt", "AT+JWT", "application/at+jwt", "at+jwt ", " at+jwt", "at+jwt\x00", "at", "JOSE",
    "id_token+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", "", None, 1, True, ["at+jwt"], {},
)  # fmt: skip

_KIDS: tuple[object, ...] = (
    "provisor-00000000", "", " ", "*", "%", "_", "provisor-%", "provisor-*", "../../keys/kek",
    "/dev/null", "file:///dev/null", "https://attacker.example/jwks.json", "' OR '1'='1",
    "' OR kid LIKE 'provisor%' --", "x' UNION SELECT 'k', 'ES256', '{}' --",
    '"; DROP TABLE token; --', "$(id)", "`id`", "| id", "{{7*7}}", "%00", "\x00", "\u202e",
    "\ud800",
    "\U0001d429rovisor", "k" * 700, "0", "null", None, 0, -1, 1e9, True, [], {}, ["provisor"],
)  # fmt: skip

_NAMES = ("alg", "kid", "typ")


def forged_headers(mint: Mint) -> Iterator[tuple[str, bytes]]:
    """Return headers, each with what is wrong with it."""
    good = mint.header
    for name, values in zip(_NAMES, (_ALGORITHMS, _KIDS, _TYPES), strict=True):
        yield f"{name} left out", _json({k: v for k, v in good.items() if k != name})
        yield from ((f"{name} {value!r:.40}", _json(good | {name: value})) for value in values)
    kid = good["kid"]
    for near in (kid.upper(), kid + " ", " " + kid, kid + "\x00", kid[:-1], kid + "0", [kid]):
        yield f"kid near {near!r}", _json(good | {"kid": near})
    yield from (
        (f"more: {json.dumps(more):.40}", _json(good | more)) for more in _members(mint, kid)
    )
    yield from _spellings(good)


def _members(mint: Mint, kid: str) -> Iterator[dict[str, Any]]:
    """Return members that say where a key is, or that something else is to be understood."""
    own = mint.public(mint.stranger) | {"kid": kid, "alg": "ES256", "use": "sig"}
    yield from ({name: "https://attacker.example/key"} for name in ("jku", "x5u", "url", "iss"))
    yield from ({name: "AAAA"} for name in ("x5t", "x5t#S256", "nonce", "apu", "epk", "enc"))
    yield from ({"jwk": key} for key in (own, mint.public(), {}, None))
    yield from ({"x5c": chain} for chain in (["AAAA"], [], "AAAA"))
    yield from ({"crit": names} for names in (["exp"], ["b64"], [], ["alg"], "exp", None))
    yield {"crit": ["b64"], "b64": False}
    yield from ({"b64": False}, {"cty": "JWT"}, {"cty": "at+jwt"}, {"zip": "DEF"})
    yield from ({"": ""}, {"Alg": "none"}, {"ALG": "none"}, {"exp": 99999999999}, {"jwks": [own]})


def _spellings(good: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Return what is no header, and the right one spelt in another way than ours."""
    text = _json(good)
    for name in _NAMES:
        pair = f"{json.dumps(name)}:{json.dumps(good[name])}"
        for other in ('"none"', '"HS256"', '"x"', json.dumps(good[name])):
            yield f"{name} twice, {other} last", _with(text, f'{pair},"{name}":{other}')
            yield f"{name} twice, {other} first", _with(text, f'"{name}":{other},{pair}')
        yield (
            f"{name} escaped",
            text.replace(name.encode(), b"\\u%04x" % ord(name[0]) + name[1:].encode()),
        )
    yield "another order", _json(dict(reversed(good.items())))
    yield "spaces", json.dumps(good, indent=1).encode()
    yield "a byte order mark", b"\xef\xbb\xbf" + text
    yield "UTF-16", text.decode().encode("utf-16")
    yield "no UTF-8", text.replace(b"provisor", b"provisor\xff\xc0\x80")
    yield "a NUL at its end", text + b"\x00"
    yield "a newline at its end", text + b"\n"
    yield "two objects", text + text
    yield "a comma too many", text.replace(b"}", b",}")
    yield "single quotes", text.replace(b'"', b"'")
    yield "a deep array", b'{"alg":' + b"[" * 300 + b"]" * 300 + b"}"
    for other in (b"[]", b'"none"', b"1", b"null", b"NaN", b"{}", b"{", b"\x00", b"[%s]" % text):
        yield f"{other[:20]!r} in its place", other


def _with(text: bytes, pair: str) -> bytes:
    """Return a header in which a pair is written down in place of the one of its name."""
    name = pair.partition(":")[0]
    rest = {k: v for k, v in json.loads(text).items() if f'"{k}"' != name}
    return f"{{{pair},{json.dumps(rest)[1:]}".encode()


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
