"""What is a difference between an answer and what was expected of it, and what is none."""

from typing import Any

import pytest

from tests.conformance.differences import MISSING, differences


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (True, 1),
        (1, True),
        (1, 1.0),
        ("a", "A"),
        ("a", MISSING),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"a": 1}, []),
        ({"$exactly": {"a": 1}}, {"a": 1, "b": 2}),
        ({"$exactly": {"a": 1}}, {}),
        ([], ["extra"]),
        ([1], []),
        ([1, 2], [1, 1]),
        ([{"a": 1}], [{"a": 2}]),
        ([], MISSING),
        ({"$any_order": [1, 2]}, [1, 2, 3]),
        ({"$any_order": [1, 1]}, [1, 2]),
        ({"$contains": [1, 1]}, [1, 2]),
        ({"$contains": [1]}, MISSING),
        ({"a": {"$absent": True}}, {"a": None}),
        ({"a": {"$unassigned": True}}, {"a": [1]}),
        ({"$length": 2}, [1]),
        ({"$length": 0}, MISSING),
        ({"$first": 1}, [2, 1]),
        ({"$first": 1}, []),
        ({"$last": 1}, [1, 2]),
        ({"$not": 1}, 1),
        ({"$not": 1}, MISSING),
        ({"$one_of": ["a", "b"]}, "c"),
        ({"$one_of": ["a", "b"]}, MISSING),
        ({"$matches": "a+"}, "aab"),
        ({"$matches": ".*"}, MISSING),
        ({"$matches": ".*"}, 1),
        ({"$length": 1, "$first": 2}, [1]),
    ],
)
def test_a_difference_is_noticed(expected: Any, actual: Any) -> None:
    assert 1 == len(differences(expected, actual))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"$exactly": {"a": [{"b": 1}]}}, {"a": [{"b": 1, "c": 2}]}),
        ({"$any_order": [1, 2]}, [2, 1]),
        ({"$contains": [2]}, [1, 2]),
        ({"a": {"$absent": True}}, {}),
        ({"a": {"$unassigned": True}, "b": {"$unassigned": True}}, {"b": []}),
        ({"$length": 2, "$first": 1, "$last": 2}, [1, 2]),
        ({"$not": 1}, 2),
        ({"$one_of": ["a", "b"]}, "b"),
        ({"$matches": "a+"}, "aa"),
        ({"$ref": "x"}, {"$ref": "x"}),
    ],
)
def test_what_fits_is_no_difference(expected: Any, actual: Any) -> None:
    assert [] == differences(expected, actual)
