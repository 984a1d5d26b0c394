"""How an answer differs from what a recording expects of it, in sentences.

An object needs the members named and may have more; a list needs exactly the elements named.
An object whose members begin with ``$`` and stand in :data:`_MATCHERS` says something else:
``$absent``, ``$unassigned`` (absent or empty), ``$exactly`` these members, ``$any_order``,
``$contains`` at least these elements, ``$length``, ``$first``, ``$last``, ``$not``, ``$one_of``
these values, and ``$matches`` a regular expression.
"""

import json
import re
from collections.abc import Callable
from typing import Any

MISSING = object()
"""Stands where an answer has no such member."""


def differences(expected: Any, actual: Any, where: str = "body") -> list[str]:
    """Return how a value differs from what was expected of it; nothing where it does not."""
    if isinstance(expected, dict) and not expected.keys().isdisjoint(_MATCHERS):
        return [
            difference
            for name, operand in expected.items()
            for difference in _MATCHERS[name](operand, actual, where)
        ]
    if actual is MISSING:
        return [f"{where} is missing"]
    if type(expected) is not type(actual):
        return [f"{where} is {_shown(actual)} instead of {_shown(expected)}"]
    if isinstance(expected, dict):
        return [
            difference
            for name, inner in expected.items()
            for difference in differences(inner, actual.get(name, MISSING), f"{where}.{name}")
        ]
    if isinstance(expected, list):
        return _in_order(expected, actual, where)
    return [] if expected == actual else [f"{where} is {_shown(actual)}, not {_shown(expected)}"]


def _in_order(expected: list[Any], actual: Any, where: str) -> list[str]:
    found = _length(len(expected), actual, where)
    if found:
        return found
    return [
        difference
        for index, (one, other) in enumerate(zip(expected, actual, strict=True))
        for difference in differences(one, other, f"{where}[{index}]")
    ]


def _in_any_order(expected: list[Any], actual: Any, where: str) -> list[str]:
    found = _length(len(expected), actual, where)
    return found or _contains(expected, actual, where)


def _contains(expected: list[Any], actual: Any, where: str) -> list[str]:
    if not isinstance(actual, list):
        return [f"{where} is {_shown(actual)}, no list"]
    left, found = list(actual), []
    for each in expected:
        fitting = next((other for other in left if not differences(each, other)), MISSING)
        if fitting is MISSING:
            found.append(f"{where} has no {_shown(each)} among {_shown(left)}")
        else:
            left.remove(fitting)
    return found


def _exactly(expected: dict[str, Any], actual: Any, where: str) -> list[str]:
    extra = sorted(actual.keys() - expected.keys()) if isinstance(actual, dict) else []
    found = [f"{where} has {_shown(name)}, which was not expected" for name in extra]
    return differences(expected, actual, where) + found


def _absent(_: Any, actual: Any, where: str) -> list[str]:
    return [] if actual is MISSING else [f"{where} is {_shown(actual)} and should be absent"]


def _unassigned(_: Any, actual: Any, where: str) -> list[str]:
    """Absent or empty: RFC 7643 §2.5 makes them the same."""
    return [] if actual is MISSING or actual == [] else _absent(_, actual, where)


def _not(unexpected: Any, actual: Any, where: str) -> list[str]:
    if actual is MISSING:
        return [f"{where} is missing"]
    return [] if differences(unexpected, actual) else [f"{where} is still {_shown(unexpected)}"]


def _one_of(expected: list[Any], actual: Any, where: str) -> list[str]:
    if any(not differences(each, actual) for each in expected):
        return []
    return [f"{where} is {_shown(actual)}, none of {_shown(expected)}"]


def _matches(pattern: str, actual: Any, where: str) -> list[str]:
    if isinstance(actual, str) and re.fullmatch(pattern, actual):
        return []
    return [f"{where} is {_shown(actual)}, which does not match {pattern}"]


def _length(expected: int, actual: Any, where: str) -> list[str]:
    if not isinstance(actual, list):
        return [f"{where} is {_shown(actual)}, no list"]
    if len(actual) == expected:
        return []
    return [f"{where} has {len(actual)} elements instead of {expected}: {_shown(actual)}"]


def _first(expected: Any, actual: Any, where: str) -> list[str]:
    return differences(expected, actual[0] if actual else MISSING, f"{where}[0]")


def _last(expected: Any, actual: Any, where: str) -> list[str]:
    return differences(expected, actual[-1] if actual else MISSING, f"{where}[-1]")


_MATCHERS: dict[str, Callable[[Any, Any, str], list[str]]] = {
    "$absent": _absent,
    "$unassigned": _unassigned,
    "$exactly": _exactly,
    "$any_order": _in_any_order,
    "$contains": _contains,
    "$length": _length,
    "$first": _first,
    "$last": _last,
    "$not": _not,
    "$one_of": _one_of,
    "$matches": _matches,
}
"""What an expectation can say beside a value, by the member that says it."""


def _shown(value: Any) -> str:
    return "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False)
