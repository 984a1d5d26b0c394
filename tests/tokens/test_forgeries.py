"""Forgeries: none is let in by any method or way, each is told the same, nothing changes."""

from collections.abc import Callable, Iterator
from itertools import islice, product

import pytest
from flask import Flask

from app import Assembly, create_app
from app.audit import CLI
from tests.app.console_browser import new_app
from tests.app.provider import Provider
from tests.sizes import size
from tests.tokens.acts import ACTS, ask, doors_of, everything_stored
from tests.tokens.forged_claims import forged_claims
from tests.tokens.forged_headers import forged_headers
from tests.tokens.forged_signatures import forged_shapes, forged_signatures
from tests.tokens.minting import Mint, mint_of
from tests.tokens.mutations import decoded

_CHALLENGE = 'Bearer error="invalid_token", error_description="The token is not valid."'
_BODY = (
    '{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],'
    ' "status": "401", "detail": "The token is not valid."}'
)


@pytest.fixture
def application(assembly: Assembly) -> Flask:
    return create_app(assembly)


@pytest.fixture
def mint(assembly: Assembly) -> Mint:
    genuine, other = (
        assembly.tokens.issue(new_app(assembly, name).id, CLI).text for name in ("Okta", "Entra")
    )
    return mint_of(assembly, genuine, other)


@pytest.fixture
def user(application: Flask, mint: Mint) -> str:
    """The id of a user, made with the genuine token."""
    provider = Provider(application.test_client(), mint.genuine)
    made = provider.ask("POST", "/Users", {"userName": "ada@example.com"})
    identifier: str = made.get_json(force=True)["id"]
    return identifier


def forgeries(mint: Mint) -> Iterator[tuple[str, str]]:
    """Return every forgery there is, each with what is wrong with it."""
    header, claims, _ = (decoded(part) for part in mint.genuine.split("."))
    for what, forged in forged_headers(mint):
        for signed, text in mint.every_way(forged, claims).items():
            yield f"header, {what}, {signed}", text
    for what, forged in forged_claims(mint):
        for signed, text in mint.every_way(header, forged).items():
            yield f"claims, {what}, {signed}", text
    yield from forged_signatures(mint)
    yield from forged_shapes(mint)
    # the right header and claims, signed by the right key once more: only the row tells
    yield "signed anew", mint.every_way(header, claims)["signed by the stolen key"]


@pytest.mark.sized
def test_no_forgery_is_let_in_and_each_is_told_the_same(
    assembly: Assembly, application: Flask, mint: Mint, user: str, figure: Callable[[str], None]
) -> None:
    corpus = {text: name for name, text in forgeries(mint)}
    ways = list(product(ACTS, doors_of(application).items()))
    tried = size(2, len(ways))
    before = everything_stored(assembly)
    expected = (401, _CHALLENGE, "no-store", None, _BODY)
    odd: dict[str, object] = {}

    for number, (text, name) in enumerate(corpus.items()):
        for act, (way, door) in islice(ways * 2, number % len(ways), number % len(ways) + tried):
            answer = ask(door, act, user, f"Bearer {text}")
            told = (
                answer.status_code,
                answer.headers.get("WWW-Authenticate"),
                answer.headers.get("Cache-Control"),
                answer.headers.get("ETag"),
                answer.text,
            )
            if told != expected:
                odd[f"{name}: {act}, {way}"] = told

    assert {} == odd
    assert mint.genuine not in corpus
    assert len(corpus) >= 500
    assert before == everything_stored(assembly)
    assert 200 == ask(application.wsgi_app, "GET", user, f"Bearer {mint.genuine}").status_code
    figure(f"forgeries: {len(corpus)} by {tried} of {len(ways)} ways each, 0 accepted, 1 answer")
