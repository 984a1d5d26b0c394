"""``private_key_jwt`` beside RFC 7521 §4.2 and RFC 7523 §3: each rule, on both engines."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.audit import CLI
from app.oauth.assertions import LONGEST_LIFE
from app.oauth.jwk import ALGORITHMS, InvalidKeys, read_jwks
from tests.conformance.oauth_client import GRANT, OAuthClient, Signer, claims_of, new_signer
from tests.conftest import FakeClock
from tests.races import in_threads

ES256 = new_signer("ES256")
RS256 = new_signer("RS256", "two")
SMALL = Signer("RS256", rsa.generate_private_key(65537, 1024))  # noqa: S505 - as is tested


def give_keys(oauth: OAuthClient, *signers: Signer) -> None:
    """Register the public keys of signers, and those alone."""
    jwks = json.dumps({"keys": [each.jwk for each in signers]})
    oauth.assembly.oauth.client_keys.set(oauth.id, jwks, CLI)


def claims(oauth: OAuthClient, **other: Any) -> dict[str, Any]:
    audience = oauth.assembly.settings.public_url
    return claims_of(oauth.id, audience, oauth.assembly.clock(), **other)


def status(oauth: OAuthClient, assertion: dict[str, str], **form: str) -> int:
    """Return what an introspection is answered: it asks for credentials and changes nothing."""
    answer = oauth.send("/oauth2/introspect", assertion | form | {"token": "x"})
    if answer.status_code == 401:
        assert "invalid_client" == answer.get_json()["error"]
    return answer.status_code


def test_every_algorithm_that_is_announced_gets_a_token(oauth: OAuthClient) -> None:
    announced = oauth.http.get("/.well-known/oauth-authorization-server").get_json()
    assert list(ALGORITHMS) == announced["token_endpoint_auth_signing_alg_values_supported"]
    for algorithm in ALGORITHMS:
        signer = new_signer(algorithm, None)
        give_keys(oauth, signer)

        answer = oauth.send("/oauth2/token", GRANT | signer.sign(claims(oauth)))

        assert 200 == answer.status_code, algorithm
        assert 200 == oauth.use(answer.get_json()["access_token"])
        oauth.assembly.tokens.revoke_all(oauth.id, CLI)


def test_it_may_be_for_the_issuer_or_the_token_endpoint(oauth: OAuthClient) -> None:
    give_keys(oauth, ES256)
    url = oauth.assembly.settings.public_url

    for audience in (url, f"{url}/oauth2/token", [url]):
        assert 200 == status(oauth, ES256.sign(claims(oauth, aud=audience)))


def test_the_client_may_name_itself_beside_it(oauth: OAuthClient) -> None:
    give_keys(oauth, ES256)

    assert 200 == status(oauth, ES256.sign(claims(oauth)), client_id=oauth.id)
    assert 401 == status(oauth, ES256.sign(claims(oauth)), client_id="app_other")


def test_it_is_good_for_once(oauth: OAuthClient, clock: FakeClock) -> None:
    give_keys(oauth, ES256)
    assertion = ES256.sign(claims(oauth))

    assert [200, 401] == [status(oauth, assertion) for _ in range(2)]
    clock.advance(minutes=4)
    assert 401 == status(oauth, assertion)


def test_of_eight_who_use_it_at_once_one_wins(oauth: OAuthClient) -> None:
    give_keys(oauth, ES256)
    assertion = ES256.sign(claims(oauth))

    assert [200] + [401] * 7 == sorted(in_threads(8, lambda: status(oauth, assertion)))


def test_spent_assertions_are_forgotten_once_they_are_over(
    oauth: OAuthClient, clock: FakeClock
) -> None:
    give_keys(oauth, ES256)
    for _ in range(3):
        status(oauth, ES256.sign(claims(oauth)))
        clock.advance(minutes=4)

    with oauth.assembly.database.read() as session:
        assert 2 == len(session.all("SELECT * FROM client_assertion"))


Change = Callable[[OAuthClient], dict[str, Any]]

REFUSED: dict[str, Change] = {
    "another issuer": lambda _: {"iss": "app_other"},
    "another subject": lambda _: {"sub": "app_other"},
    "another app": lambda _: {"iss": "app_other", "sub": "app_other"},
    "a subject that no database can hold": lambda _: {"iss": "a\0", "sub": "a\0"},
    "a subject that is no text": lambda _: {"iss": 1, "sub": 1},
    "no issuer": lambda _: {"iss": None},
    "another audience": lambda _: {"aud": "https://other.example"},
    "the SCIM endpoints as audience": lambda c: {"aud": c.assembly.settings.scim_url},
    "two audiences": lambda c: {"aud": [c.assembly.settings.public_url, "https://other.example"]},
    "no audience": lambda _: {"aud": None},
    "no end": lambda _: {"exp": None},
    "an end now": lambda c: {"exp": int(c.assembly.clock().timestamp())},
    "an end too far ahead": lambda c: {
        "exp": int((c.assembly.clock() + LONGEST_LIFE).timestamp()) + 1
    },
    "an end that is text": lambda c: {"exp": str(int(c.assembly.clock().timestamp()) + 60)},
    "an end that is no moment": lambda _: {"exp": 10**30},
    "an end that is no number": lambda _: {"exp": float("nan")},
    "an end that is a truth value": lambda _: {"exp": True},
    "a beginning ahead": lambda c: {"nbf": int(c.assembly.clock().timestamp()) + 120},
    "an issue ahead": lambda c: {"iat": int(c.assembly.clock().timestamp()) + 120},
    "no jti": lambda _: {"jti": None},
    "an empty jti": lambda _: {"jti": ""},
    "a jti that is no text": lambda _: {"jti": 7},
    "a jti that is too long": lambda _: {"jti": "x" * 257},
    "half a character as jti": lambda _: {"jti": "\ud800"},
}


def test_what_strays_is_refused(oauth: OAuthClient) -> None:
    give_keys(oauth, ES256)

    for case, change in REFUSED.items():
        changed = claims(oauth) | change(oauth)
        given = {name: value for name, value in changed.items() if value is not None}
        assert 401 == status(oauth, ES256.sign(given)), case
    assert 200 == status(oauth, ES256.sign(claims(oauth)))


def test_an_algorithm_belongs_to_its_key(oauth: OAuthClient) -> None:
    """RFC 8725 §3.1: what a header says is no choice."""
    give_keys(oauth, ES256, RS256)
    public = json.dumps(RS256.jwk)
    forged = {
        "PS256 with the RS256 key": Signer("PS256", RS256.private, "two").sign(claims(oauth)),
        "the kid of another key": ES256.sign(claims(oauth), kid="two"),
        "an unknown kid": ES256.sign(claims(oauth), kid="three"),
        "another key": new_signer("ES256").sign(claims(oauth)),
        "an access token": ES256.sign(claims(oauth), typ="at+jwt"),
        "a typ that is a list": ES256.sign(claims(oauth), typ=["JWT"]),
        "a critical header": ES256.sign(claims(oauth), crit=["exp"], exp=1),
        "no signature": as_form(jwt.encode(claims(oauth), None, "none")),
        "the public key as a shared secret": as_form(
            jwt.encode(claims(oauth), public.encode() * 2, "HS256", {"kid": "two"})
        ),
        "nothing": as_form("..."),
        "no claims": as_form("e30.e30.e30"),
        "claims that are a list": as_form("e30.W10.e30"),
        "much": as_form("x" * 5000),
        "two parts": as_form("e30.e30"),
    }

    for case, assertion in forged.items():
        assert 401 == status(oauth, assertion), case
    assert 200 == status(oauth, RS256.sign(claims(oauth)))


def as_form(text: str) -> dict[str, str]:
    return ES256.sign({}) | {"client_assertion": text}


def test_keys_are_replaced_and_removed_as_a_whole(oauth: OAuthClient) -> None:
    give_keys(oauth, ES256, RS256)
    give_keys(oauth, RS256)
    assert [401, 200] == [status(oauth, each.sign(claims(oauth))) for each in (ES256, RS256)]

    assert oauth.assembly.oauth.client_keys.remove(oauth.id, CLI)

    assert 401 == status(oauth, RS256.sign(claims(oauth)))
    assert not oauth.assembly.oauth.client_keys.remove(oauth.id, CLI)
    with oauth.assembly.database.read() as session:
        rows = session.all(
            "SELECT action FROM audit WHERE action LIKE 'client-keys.%' ORDER BY seq"
        )
    assert ["client-keys.set", "client-keys.set", "client-keys.remove"] == [
        row["action"] for row in rows
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", "not JSON"),
        ("[" * 20_000, "at most"),
        ("[" * 9_000, "not JSON"),
        ("[]", "no JWK Set"),
        ('{"keys": {}}', "no JWK Set"),
        ('{"keys": [1]}', "no JWK Set"),
        ('{"keys": []}', "one key at least"),
        (json.dumps({"keys": [ES256.jwk] * 6}), "5 at most"),
        (json.dumps({"keys": [ES256.jwk] * 2}), "a kid of its own"),
        (json.dumps({"keys": [ES256.jwk | {"d": "x"}]}), "private key"),
        (json.dumps({"keys": [{"kty": "oct", "k": "x"}]}), "private key"),
        (json.dumps({"keys": [ES256.jwk | {"use": "enc"}]}), "not for signatures"),
        (json.dumps({"keys": [ES256.jwk | {"kid": 1}]}), "not text"),
        (json.dumps({"keys": [ES256.jwk | {"kid": "half\ud800"}]}), "not text"),
        (json.dumps({"keys": [ES256.jwk | {"kid": "a\nb"}]}), "not text"),
        (json.dumps({"keys": [ES256.jwk | {"crv": "P-384"}]}), "none of"),
        (json.dumps({"keys": [ES256.jwk | {"kty": ["EC"]}]}), "none of"),
        (json.dumps({"keys": [ES256.jwk | {"alg": "RS256"}]}), "used with"),
        (json.dumps({"keys": [RS256.jwk | {"alg": "HS256"}]}), "used with"),
        (json.dumps({"keys": [RS256.jwk | {"alg": ["RS256"]}]}), "used with"),
        (json.dumps({"keys": [ES256.jwk | {"x": "AAAA"}]}), "cannot be read"),
        (json.dumps({"keys": [ES256.jwk | {"x": 7}]}), "cannot be read"),
        (json.dumps({"keys": [RS256.jwk | {"n": "AQAB"}]}), "cannot be read"),
        (json.dumps({"keys": [SMALL.jwk]}), "2048 to 4096"),
        (json.dumps({"keys": [RS256.jwk | {"e": RS256.jwk["n"]}]}), "exponent|cannot be read"),
    ],
)
def test_a_document_that_is_no_set_of_public_keys_is_refused(document: str, problem: str) -> None:
    with pytest.raises(InvalidKeys, match=problem):
        read_jwks(document)
