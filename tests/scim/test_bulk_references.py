"""References between the operations of a Bulk request, and the order they ask for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.bulk.references import References, steps


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("bulkId:a", "1"),
        ({"value": "bulkId:a"}, {"value": "1"}),
        ({"members": [{"value": "bulkId:a"}, "bulkId:a"]}, {"members": [{"value": "1"}, "1"]}),
        ({"urn:x": {"manager": {"value": "bulkId:a"}}}, {"urn:x": {"manager": {"value": "1"}}}),
        ({"$ref": "../Users/bulkId:a"}, {"$ref": "../Users/1"}),
        ({"$Ref": "https://x/scim/v2/Users/bulkId:a"}, {"$Ref": "https://x/scim/v2/Users/1"}),
        ({"$ref": "bulkId:a"}, {"$ref": "1"}),
        ({"path": 'members[value eq "bulkId:a"]'}, {"path": 'members[value eq "1"]'}),
        (
            {"PATH": 'members[value eq "bulkId:a" or value eq "bulkId:a"].display'},
            {"PATH": 'members[value eq "1" or value eq "1"].display'},
        ),
    ],
)
def test_a_reference_becomes_an_id_wherever_it_stands(data: Any, expected: Any) -> None:
    references = References({"a": "1"})

    assert expected == references.in_data(data)
    assert {"a"} == set(references.named)


@pytest.mark.parametrize(
    "data",
    [
        "a",
        "BULKID:a",
        " bulkId:a",
        "see bulkId:a",
        {"bulkId:a": "a key"},
        {"value": "Users/bulkId:a"},
        {"title": 'members[value eq "bulkId:a"]'},
        {"path": "members[value eq 'bulkId:a']"},
        [1, 1.5, True, None, [], {}],
    ],
)
def test_what_is_no_reference_stays(data: Any) -> None:
    references = References({"a": "1"})

    assert data == references.in_data(data)
    assert [] == references.named


def test_a_reference_to_nothing_is_named_and_stays() -> None:
    references = References({"a": "1"})

    assert ["bulkId:b", "bulkId:"] == references.in_data(["bulkId:b", "bulkId:"])
    assert ["b", ""] == references.named


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ([], []),
        ([[], [], []], [[0], [1], [2]]),
        ([[2], [], []], [[2], [0], [1]]),
        ([[1], [2], []], [[2], [1], [0]]),
        ([[1], [0]], [[0, 1]]),
        ([[0]], [[0]]),
        ([[], [3], [], [1]], [[0], [1, 3], [2]]),
        ([[1], [2], [0], [1]], [[0, 1, 2], [3]]),
        ([[1, 2], [0], [3], [2]], [[2, 3], [0, 1]]),
    ],
)
def test_operations_keep_their_order_but_for_what_they_need(
    needs: list[list[int]], expected: list[list[int]]
) -> None:
    assert expected == steps(needs)


def reachable(needs: list[list[int]], start: int) -> set[int]:
    """Return what an operation needs, itself or through others."""
    found: set[int] = set()
    waiting = list(needs[start])
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += needs[number]
    return found


@st.composite
def any_needs(draw: st.DrawFn) -> list[list[int]]:
    count = draw(st.integers(1, 8))
    return draw(st.lists(st.lists(st.integers(0, count - 1)), min_size=count, max_size=count))


@given(any_needs())
def test_steps_are_what_hangs_together_after_what_it_needs(needs: list[list[int]]) -> None:
    reach = [reachable(needs, number) for number in range(len(needs))]

    found = steps(needs)

    place = {number: at for at, step in enumerate(found) for number in step}
    assert sorted(number for step in found for number in step) == list(range(len(needs)))
    for number, needed in enumerate(reach):
        for other in needed:
            assert (place[other] == place[number]) == (number in reach[other] or number == other)
            assert place[other] <= place[number]


@pytest.mark.parametrize("last", [[], [0]], ids=["chain", "circle"])
def test_a_long_chain_of_references_is_followed(last: list[int]) -> None:
    """Further than Python's functions may call each other."""
    needs = [[number + 1] for number in range(9_999)] + [last]

    found = steps(needs)

    assert list(range(10_000)) == sorted(number for step in found for number in step)
    assert (1 if last else 10_000) == len(found)
