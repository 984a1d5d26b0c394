"""How operations of a Bulk request refer to what others make, and the order that asks for.

``bulkId:x`` stands for the id of what the POST with the bulkId ``x`` makes (RFC 7644 §3.7.2).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_PREFIX = "bulkId:"
_IN_FILTER = re.compile(r'"(bulkId:[^"\\]*)"')


class References:
    """Puts ids where an operation names bulkIds, and keeps which it named."""

    named: list[str]

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = ids
        self.named = []

    def in_id(self, text: str) -> str:
        """Return the id that a text stands for; any other text, and what nobody makes, as it is."""
        if not text.startswith(_PREFIX):
            return text
        bulk_id = text.removeprefix(_PREFIX)
        self.named.append(bulk_id)
        return self._ids.get(bulk_id, text)

    def in_data(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
        """Return the data of an operation with ids in it, however deep they stand.

        A ``$ref`` ends in an id, and the path of a PATCH compares with one in its filter.

        :param name: the attribute whose value this is
        """
        if isinstance(value, dict):
            return {key: self.in_data(part, key.lower()) for key, part in value.items()}
        if isinstance(value, list):
            return [self.in_data(part, name) for part in value]
        return self._in_text(value, name) if isinstance(value, str) else value

    def _in_text(self, text: str, name: str) -> str:
        if name == "$ref":
            before, slash, last = text.rpartition("/")
            return before + slash + self.in_id(last)
        if name == "path":
            return _IN_FILTER.sub(lambda found: f'"{self.in_id(found[1])}"', text)
        return self.in_id(text)


def steps(needs: Sequence[Iterable[int]]) -> list[list[int]]:
    """Return an order of operations in which each comes after those it needs.

    Otherwise they keep the order they have. Those that need each other in a circle are one step.

    :param needs: for each operation, the numbers of those it needs
    """
    walk = _Walk(needs)
    for number in range(len(needs)):
        walk.visit(number)
    return walk.steps


class _Walk:
    """Tarjan's search for what hangs together, without recursion: chains may be long."""

    def __init__(self, needs: Sequence[Iterable[int]]) -> None:
        self._needs = needs
        self._seen: dict[int, int] = {}  # when each was met
        self._earliest: dict[int, int] = {}  # when the earliest that each leads back to was met
        self._open: dict[int, None] = {}  # met, but in no step yet, in order
        self.steps: list[list[int]] = []

    def visit(self, start: int) -> None:
        """Add the steps of an operation and of all it needs, unless that was done."""
        if start in self._seen:
            return
        path = [(start, self._enter(start))]
        while path:
            number, rest = path[-1]
            needed = next(rest, None)
            if needed is None:
                path.pop()
                self._leave(number, path[-1][0] if path else number)
            elif needed not in self._seen:
                path.append((needed, self._enter(needed)))
            elif needed in self._open:
                self._earliest[number] = min(self._earliest[number], self._seen[needed])

    def _enter(self, number: int) -> Iterator[int]:
        self._earliest[number] = self._seen[number] = len(self._seen)
        self._open[number] = None
        return iter(self._needs[number])

    def _leave(self, number: int, parent: int) -> None:
        if self._earliest[number] < self._seen[number]:
            self._earliest[parent] = min(self._earliest[parent], self._earliest[number])
            return
        step = []
        while number in self._open:
            step.append(self._open.popitem()[0])
        self.steps.append(sorted(step))
