"""Filters compiled once for every text: what they come to is what compiling each comes to."""

import pytest

from scim.limits import Limits
from scim.provider import GROUP, PROVIDER, USER, Kind, standard_provider
from scim.query.candidates import candidates_of
from scim.query.columns import Columns, Place
from scim.query.filters import compile_filter
from scim.query.paging import Order, Statement
from scim.query.prepared import all_of_kind, find_prepared
from scim.schema.attributes import bindings_of
from scim.storage.sqlite import SqliteDatabase
from scim.tolerance import PROFILES, Reader, read_filter

_PLACE = Place(PROVIDER, SqliteDatabase.words, "https://idp.example/scim/v2", "tenant")
_TEXTS = ("x", "Ada@Example.com", "straße", "ẞ Ⅷ é e\u0301", "true", "7", "stand-in-0b29f3", " ")


def paths_of(kind: Kind) -> list[str]:
    return [str(binding.urn) for binding in bindings_of(kind.model)] + [
        binding.urn.rpartition(":")[2] for binding in bindings_of(kind.model)
    ]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", [USER, GROUP], ids=lambda kind: kind.name)
def test_a_prepared_filter_is_the_compiled_one(kind: Kind, profile: str) -> None:
    prepared = 0
    for path in paths_of(kind):
        for text in _TEXTS:
            filter_ = f'{path} eq "{text}"'
            found = find_prepared(filter_, kind, Reader(PROFILES[profile]), _PLACE)
            if found is not None:
                prepared += 1
                read = read_filter(Reader(PROFILES[profile]), filter_, (kind,))
                condition = compile_filter(read, Columns(kind, _PLACE), strict=True)
                candidates = candidates_of(read, kind, _PLACE)
                compiled = Statement(all_of_kind(kind, condition), Order(), candidates)
                assert compiled.asked == found.asked

    assert prepared > 40


@pytest.mark.parametrize(
    "filter_",
    [
        'userName eq "ada"',
        'externalId eq "00u1"',
        'id eq "2819c223"',
        'emails.value eq "ada@example.com"',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "7"',
    ],
)
def test_what_providers_ask_for_is_prepared(filter_: str) -> None:
    assert find_prepared(filter_, USER, Reader(PROFILES["tolerant"]), _PLACE)


@pytest.mark.parametrize(
    "filter_",
    [
        'active eq "true"',  # a quirk, to be noticed
        'manager eq "m"',  # likewise
        'email eq "x"',  # likewise
        'meta.created eq "2026-11-24T12:00:00Z"',
        "userName eq ada",
        'userName ne "ada"',
        'userName eq "a" or userName eq "b"',
        r'userName eq "a\"b"',
        'emails[type eq "work"] eq "x"',
        'nothing eq "x"',
        'password eq "x"',
        f'userName eq "{"x" * 201}"',
        'userName eq "\ud800"',
        f'displayName eq "{chr(0xFB2C) * 200}"',  # three characters each, as they are compared
    ],
)
def test_everything_else_is_compiled_as_it_comes(filter_: str) -> None:
    assert find_prepared(filter_, USER, Reader(PROFILES["tolerant"]), _PLACE) is None


def test_a_filter_that_meets_a_bound_is_left_to_it() -> None:
    provider = standard_provider(Limits(filter_length=50))
    place = Place(provider, SqliteDatabase.words, _PLACE.base_url, _PLACE.tenant_id)
    kind = provider.kinds["User"]
    reader = Reader(PROFILES["tolerant"])

    assert find_prepared(f'userName eq "{"x" * 36}"', kind, reader, place)
    assert find_prepared(f'userName eq "{"x" * 37}"', kind, reader, place) is None
