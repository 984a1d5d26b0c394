"""Names that no two resources share, on every engine."""

import unicodedata

import pytest
from scim2_models import (
    InvalidValueException,
    UniquenessException,
)

from scim import Database, Directory
from scim.provider import GROUP, KINDS, USER, Kind
from tests.contract.directories import (
    Caller,
    body_of,
    caller_of,
    new_resource,
    new_tenant,
    new_user,
    version_of,
)


@pytest.fixture
def other(directory: Directory, database: Database, caller: Caller) -> Caller:
    """A client of another tenant, which is made after the first."""
    assert caller
    return caller_of(directory, new_tenant(database, "other"))


both_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


ONE_NAME = (
    "Crème.Brûlée",
    "CRÈME.BRÛLÉE",
    unicodedata.normalize("NFD", "crème.brûlée"),
    unicodedata.normalize("NFD", "CRÈME.brûlée"),
)
"""Spellings of one name: case does not tell names apart, nor does the form of an accent."""


@both_kinds
def test_a_name_is_taken_however_it_is_spelled(caller: Caller, kind: Kind) -> None:
    taken = new_resource(caller, kind, ONE_NAME[0])
    mine = new_resource(caller, kind, "free")

    for spelling in ONE_NAME:
        change = {"op": "replace", "path": kind.unique, "value": spelling}
        with pytest.raises(UniquenessException):
            new_resource(caller, kind, spelling)
        with pytest.raises(UniquenessException):
            caller.replace(kind, mine["id"], body_of(kind, **{kind.unique: spelling}))
        with pytest.raises(UniquenessException):
            caller.patch(kind, mine["id"], change)

    assert [taken, mine] == caller.search(kind)["Resources"]


@both_kinds
def test_a_resource_may_respell_its_own_name(caller: Caller, kind: Kind) -> None:
    made = new_resource(caller, kind, ONE_NAME[0])

    for version, spelling in enumerate(ONE_NAME[1:], 2):
        renamed = caller.replace(kind, made["id"], body_of(kind, **{kind.unique: spelling}))
        assert (spelling, version) == (renamed[kind.unique], version_of(renamed))


@both_kinds
def test_a_name_is_free_again_once_its_holder_is_gone(caller: Caller, kind: Kind) -> None:
    first = new_resource(caller, kind, "ada")
    caller.delete(kind, first["id"])

    second = new_resource(caller, kind, "ADA")

    assert first["id"] != second["id"]
    assert [second["id"]] == caller.ids(kind)


def test_names_of_users_and_groups_and_of_tenants_do_not_meet(
    caller: Caller, other: Caller
) -> None:
    for each in (caller, other):
        for kind in KINDS.values():
            new_resource(each, kind, "ada")

    assert [2, 2] == [each.search(USER, GROUP)["totalResults"] for each in (caller, other)]


def test_names_that_only_look_alike_are_different(caller: Caller) -> None:
    """The comparison form is NFC in lower case; nothing is folded further (RFC 8265 §3.3)."""
    names = ["Straße", "STRASSE", "ﬁle", "FILE", "Σίσυφος", "Σίσυφοσ", "İ", "I", "Å", "A"]

    for name in names:
        new_user(caller, name)

    assert names == [each["userName"] for each in caller.search(USER)["Resources"]]


@both_kinds
def test_a_name_out_of_bounds_is_refused(caller: Caller, kind: Kind) -> None:
    for name in ("", "x" * 513, "é" * 513, "😀" * 513):
        with pytest.raises(InvalidValueException):
            new_resource(caller, kind, name)

    assert caller.ids(kind) == []


@both_kinds
def test_the_longest_name_is_held_on_every_engine(caller: Caller, kind: Kind) -> None:
    """PostgreSQL indexes no more than 2,704 bytes."""
    for character in ("x", "é", "가", "😀"):
        made = new_resource(caller, kind, character * 512)
        assert [made["id"]] == caller.ids(kind, filter=f'{kind.unique} eq "{character * 512}"')
