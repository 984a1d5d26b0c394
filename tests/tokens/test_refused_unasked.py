"""What the text of a token gives away refuses it by itself, whoever signed it.

The row would refuse it, too: so these forgeries, signed by the stolen key, must not get that far.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.audit import CLI
from app.tokens import Use
from app.tokens.errors import InvalidToken
from scim.storage import Database
from tests.conftest import FakeClock
from tests.instance import Instance, open_instance
from tests.tokens.counting import CountingDatabase
from tests.tokens.forged_claims import forged_claims
from tests.tokens.forged_headers import forged_headers
from tests.tokens.minting import Mint, mint_of
from tests.tokens.mutations import decoded

_SPELT_OTHERWISE = {"another order", "spaces", "a newline at its end"}
"""Headers that say the same as ours, in other words: only the row's hash tells them apart."""


@pytest.fixture
def counting(database: Database) -> CountingDatabase:
    return CountingDatabase(database)


@pytest.fixture
def instance(counting: CountingDatabase, clock: FakeClock, tmp_path: Path) -> Instance:
    return open_instance(counting, clock, tmp_path)


@pytest.fixture
def mint(instance: Instance) -> Mint:
    genuine, other = (
        instance.tokens.issue(instance.new_app(name).id, CLI).text for name in ("Okta", "Entra")
    )
    return mint_of(instance, genuine, other)


def with_wrong_headers(mint: Mint) -> Iterator[str]:
    claims = decoded(mint.genuine.split(".")[1])
    for name, header in forged_headers(mint):
        if name not in _SPELT_OTHERWISE and not name.endswith("escaped"):
            yield mint.every_way(header, claims)["signed by the stolen key"]


def with_wrong_claims(mint: Mint) -> Iterator[str]:
    """Return tokens in which a claim is missing, twice, or of another type than ours."""
    header = decoded(mint.genuine.split(".")[0])
    types = {name: type(value) for name, value in mint.claims.items()}
    for name, claims in forged_claims(mint):
        if "twice" in name or _types_of(claims, types) != types:
            yield mint.every_way(header, claims)["signed by the stolen key"]


def _types_of(claims: bytes, names: dict[str, type]) -> dict[str, type]:
    try:
        found = json.loads(claims.decode())
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: type(found[name]) for name in names if name in found}


@pytest.mark.parametrize("forged", [with_wrong_headers, with_wrong_claims])
def test_what_its_text_gives_away_is_not_looked_up(
    instance: Instance,
    counting: CountingDatabase,
    mint: Mint,
    forged: Callable[[Mint], Iterator[str]],
) -> None:
    texts = list(forged(mint))
    before = counting.asked

    for text in texts:
        with pytest.raises(InvalidToken, match="not valid"):
            instance.authenticator.authenticate(text, Use("192.0.2.1"))

    assert len(texts) > 80
    # the keys, once: a forgery may name one that this process does not know yet
    assert counting.asked - before <= 1
