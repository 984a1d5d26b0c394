"""Claims that no token of ours makes; with the genuine id, or with one that nobody knows."""

import json
from collections.abc import Iterator
from typing import Any

from tests.tokens.minting import Mint

_OF_EVERY_TYPE: tuple[object, ...] = (None, True, 0, 1.5, "", "x", [], ["x"], {}, {"x": 1})

_TEXTS = ("iss", "sub", "aud", "client_id", "scope", "jti")
_TIMES = ("iat", "exp")


def forged_claims(mint: Mint) -> Iterator[tuple[str, bytes]]:
    """Return claims, each with what is wrong with them."""
    good = mint.claims
    for name in good:
        yield f"{name} left out", _json({k: v for k, v in good.items() if k != name})
        for value in _OF_EVERY_TYPE:
            yield f"{name} {value!r}", _json(good | {name: value})
        yield from _doubled(good, name)
    for name in _TEXTS:
        for near in (good[name] + "\x00", good[name] + " ", good[name].swapcase(), [good[name]]):
            yield f"{name} near {near!r:.30}", _json(good | {name: near})
    for changes in (*_addressed(good), *_dated(good), *_identified(mint), *_more(good)):
        yield f"{changes!r:.60}", _json(good | changes)
    yield from _spellings(mint)


def _doubled(good: dict[str, Any], name: str) -> Iterator[tuple[str, bytes]]:
    text = _json(good)[1:]
    pair, other = (f"{json.dumps(name)}:{json.dumps(value)}" for value in (good[name], "x"))
    yield f"{name} twice", f"{{{pair},".encode() + text
    yield f"{name} twice, another first", f"{{{other},".encode() + text
    yield f"{name} twice, another last", b"{" + text[:-1] + f",{other}}}".encode()


def _addressed(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return claims for other places than ours."""
    iss, aud = good["iss"], good["aud"]
    for host in (
        "https://attacker.example",
        f"{iss}/",
        f"{iss}.attacker.example",
        f"{iss}\x00",
        f"{iss}\ud800",
    ):
        yield {"iss": host}
        yield {"aud": f"{host}/scim/v2"}
        yield {"iss": host, "aud": f"{host}/scim/v2"}
    for other in (f"{aud}/", f"{aud}/Users", aud[:-1], f"{aud}?", f"{aud}#", iss, "*", "scim"):
        yield {"aud": other}
    yield from ({"aud": [aud]}, {"aud": [aud, "x"]}, {"aud": ["x"]}, {"iss": aud, "aud": iss})
    yield {"iss": iss.replace("http://", "http://ada@")}


def _dated(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return claims of another age."""
    iat, exp = good["iat"], good["exp"]
    for other in (0, 1, -1, iat - 1, iat, exp - 1, exp + 1, 2**31, 2**63, 10**30, 10**300):
        yield {"exp": other}
    for wrong in (float(exp), exp + 0.5, str(exp), f"{exp}.0", f"+{exp}", "never", "1e400"):
        yield {"exp": wrong}
    for other in (0, -1, iat + 1, exp, exp + 1, 10**30, float(iat), str(iat)):
        yield {"iat": other}
    yield from ({"nbf": exp}, {"nbf": "x"}, {"exp": exp, "iat": exp}, {"exp": iat, "iat": exp})
    yield from ({"exp": float("inf")}, {"exp": float("nan")}, {"exp": float("-inf")})


def _identified(mint: Mint) -> Iterator[dict[str, Any]]:
    """Return claims that name somebody else, or a token that nobody issued."""
    other = Mint(mint.other, mint.genuine, mint.stolen).claims
    yield {"jti": other["jti"]}
    yield {"sub": other["sub"]}
    yield {"client_id": other["client_id"]}
    yield {name: other[name] for name in ("jti", "sub", "client_id")}
    for number in range(20):
        yield {"jti": f"{number:022}"}
    for text in (
        "*",
        "%",
        "' OR '1'='1",
        "' UNION SELECT * FROM token --",
        "\x00",
        "..",
        "a" * 500,
    ):
        yield from ({"jti": text}, {"sub": text}, {"client_id": text})


def _more(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return claims that ask for more, or say more, than the genuine token."""
    for scope in ("admin", "scim:read", "scim admin", "scim scim", "*", "scim:users", "openid"):
        yield {"scope": scope}
    yield from ({"tenant_id": "x"}, {"admin": True}, {"roles": ["owner"]}, {"scp": ["scim"]})
    yield from ({"cnf": {"jkt": "x"}}, {"act": {"sub": "x"}}, {"auth_time": 1}, {"azp": "x"})
    yield from ({"": ""}, {"JTI": "x"}, {"Exp": 9}, {"alg": "none"}, {"x": good})


def _spellings(mint: Mint) -> Iterator[tuple[str, bytes]]:
    """Return what are no claims, and the right ones spelt in another way than ours."""
    text = _json(mint.claims)
    yield "another order", _json(dict(reversed(mint.claims.items())))
    yield "spaces", json.dumps(mint.claims, indent=1).encode()
    yield "a NUL at the end", text + b"\x00"
    yield "a NUL within", text.replace(b"sa_", b"sa_\x00")
    yield "a byte order mark", b"\xef\xbb\xbf" + text
    yield "UTF-16", text.decode().encode("utf-16")
    yield "no UTF-8", text.replace(b"sa_", b"sa_\xff")
    yield "an escape", text.replace(b'"jti"', b'"\\u006ati"')
    yield "half a surrogate", text.replace(b'"sub":"', b'"sub":"\\ud800')
    yield "a huge number", text.replace(b'"exp":', b'"exp":' + b"9" * 200)
    yield "a deep array", b'{"iss":' + b"[" * 300 + b"]" * 300 + b"}"
    yield "a token within", mint.genuine.encode()
    yield "a token as JSON", _json(mint.genuine)
    for other in (b"[]", b"{}", b'"x"', b"1", b"null", b"NaN", b"{", b"[%s]" % text, text + text):
        yield f"{other[:20]!r} in their place", other


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
