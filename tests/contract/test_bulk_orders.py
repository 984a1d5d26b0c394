"""Bulk requests in any order, with any references: what becomes of them, on every engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim import Database, Directory
from scim.provider import GROUP, USER
from tests.contract.bulk_operations import id_of, patch, post_group, post_user
from tests.contract.directories import (
    Caller,
    add_members,
    caller_of,
    members_of,
    new_tenant,
)

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

_FEW = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def callers(directory: Directory, database: Database) -> Iterator[Caller]:
    """Strict clients, each of an empty tenant of its own."""
    return (
        caller_of(directory, new_tenant(database, f"tenant {number}")) for number in range(10**6)
    )


def managed_by(bulk_id: str) -> dict[str, Any]:
    return {ENTERPRISE: {"manager": {"value": f"bulkId:{bulk_id}"}}}


def state(caller: Caller) -> dict[str, Any]:
    """Return every resource by its name, with names where ids stand."""
    found = caller.search(USER, GROUP)["Resources"]
    names = {each["id"]: each.get("userName") or each["displayName"] for each in found}
    told = {}
    for each in found:
        del each["meta"]
        for member in each.get("members", []) + each.get("groups", []):
            del member["$ref"]
        for order in ("members", "groups"):
            each.get(order, []).sort(key=lambda entry: names[entry["value"]])
        text = json.dumps(each)
        for id_, name in names.items():
            text = text.replace(id_, name)
        told[names[each["id"]]] = json.loads(text)
    return told


ACYCLIC = (
    post_user("ada"),
    post_user("bob", **managed_by("ada")),
    post_user("cyd", **managed_by("bob")),
    post_group("crew", "bulkId:ada", "bulkId:cyd"),
    post_group("club", "bulkId:crew", "bulkId:bob"),
    patch(GROUP, "bulkId:crew", add_members("bulkId:bob")),
    patch(USER, "bulkId:ada", {"op": "replace", "path": "title", "value": "Countess"}),
    patch(USER, "bulkId:cyd", {"op": "add", "value": {"nickName": "c"}}),
    post_group("lost", "bulkId:nobody"),
    patch(GROUP, "bulkId:lost", add_members("bulkId:ada")),
)


def test_any_order_of_the_operations_makes_the_same_directory(callers: Iterator[Caller]) -> None:
    reference = next(callers)
    reference.bulk(*ACYCLIC)
    expected = state(reference)

    @_FEW
    @given(st.permutations(range(len(ACYCLIC))))
    def check(order: list[int]) -> None:
        caller = next(callers)
        outcomes = caller.bulk(*(ACYCLIC[number] for number in order))
        assert expected == state(caller)
        failed = {
            number for number, each in zip(order, outcomes, strict=True) if "response" in each
        }
        assert {8, 9} == failed

    check()
    assert {"ada", "bob", "cyd", "crew", "club"} == expected.keys()


def reachable(members: list[set[int]], start: int) -> set[int]:
    """Return the groups a group contains, itself or through others, and itself."""
    found = {start}
    waiting = [start]
    while waiting:
        inside = members[waiting.pop()] - found
        found |= inside
        waiting += [number for number in inside if number < len(members)]
    return found


@st.composite
def graphs(draw: st.DrawFn) -> list[set[int]]:
    """Return the members of each of some groups; the number after the last is nobody's."""
    count = draw(st.integers(1, 6))
    return draw(
        st.lists(st.sets(st.integers(0, count), max_size=3), min_size=count, max_size=count)
    )


def test_whatever_can_be_made_is_made_and_nothing_else(callers: Iterator[Caller]) -> None:
    """A group is made unless it refers, itself or through others, to what nobody makes."""

    @_FEW
    @given(graphs())
    def check(members: list[set[int]]) -> None:
        caller = next(callers)
        operations = [
            post_group(str(number), *(f"bulkId:{each}" for each in sorted(inside)))
            for number, inside in enumerate(members)
        ]
        outcomes = caller.bulk(*operations)
        ids = {number: id_of(each) for number, each in enumerate(outcomes) if "location" in each}
        assert ids.keys() == {
            number
            for number in range(len(members))
            if len(members) not in reachable(members, number)
        }
        assert set(ids.values()) == set(caller.ids(GROUP))
        for number, id_ in ids.items():
            inside = {ids[each] for each in members[number]}
            assert inside == set(members_of(caller.get(GROUP, id_)))

    check()
