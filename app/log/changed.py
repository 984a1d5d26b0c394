"""What differs between two documents of a resource: names of attributes, and values if wanted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_NAMES = 50
"""Names that are kept of one change."""

LARGEST_VALUES = 8192
"""Characters of the JSON of old and new values; where they have more, none is kept."""

Values = dict[str, list[Any]]
"""The old and the new value by the path of an attribute; None where there is none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one change made of a resource."""

    names: tuple[str, ...] = ()
    deactivated: bool = False
    values: str = ""
    """Old and new values as JSON, if they were asked for."""


def difference_of(old: str, new: str, *, with_values: bool) -> Difference:
    """Return what a change made of a resource, from the documents that are stored, as JSON.

    :param old: nothing of a resource that was made
    """
    if old == new:
        return Difference()
    before, after = _document(old), _document(new)
    found = dict(_differences(before, after))
    values = json.dumps(found, ensure_ascii=False) if with_values and found else ""
    return Difference(
        tuple(sorted(found)[:MOST_NAMES]),
        before.get("active") is not False and bool(before) and after.get("active") is False,
        values if len(values) <= LARGEST_VALUES else "",
    )


def _document(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text) if text else {}
    document.pop("schemas", None)
    return document


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        parts = [each for each in (old, new) if each is not None]
        if not all(isinstance(each, dict) for each in parts):
            yield name, [old, new]
            continue
        old, new = old or {}, new or {}
        joint = ":" if ":" in name else "."  # attributes of an extension, or parts of one
        for part in old.keys() | new.keys():
            if old.get(part) != new.get(part):
                yield f"{name}{joint}{part}", [old.get(part), new.get(part)]
