"""Lines of a file or a pipe, whatever stands in it, and in batches that fit a transaction."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, Self

from scim.storage.members import NewMember
from scim.transfer.arrivals import Line
from scim.transfer.importing import MEMBERS_AT_ONCE, Joining

_LINES = 1_500
_BYTES = 1024 * 1024
"""What a batch holds at most, but for a single line that is longer.

A batch is one transaction: a larger one writes each page of an index less often, and a smaller one
keeps a server waiting for less time, which is half a second now.
"""

_IN_MEMORY = 8 * 1024 * 1024
"""Bytes of waiting members that are kept in memory; more are kept in a file without a name."""

_PIECE = 64 * 1024


def batches_of(file: BinaryIO, longest: int) -> Iterator[list[Line]]:
    """Return the lines of a file, some at once; those without anything in them are passed over.

    :param longest: the bytes of a line that are of interest, and one more
    """
    batch: list[Line] = []
    size = 0
    for line in _lines_of(file, longest):
        if batch and (len(batch) == _LINES or size + line.size > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += line.size
    if batch:
        yield batch


def _lines_of(file: BinaryIO, longest: int) -> Iterator[Line]:
    number = 0
    while text := file.readline(longest + 2):  # the bytes allowed, and the end of the line
        number += 1
        rest = 0 if text.endswith(b"\n") else _skip_rest(file)
        if rest:
            yield Line(number, text, len(text) + rest)
        elif text.strip():
            yield Line(number, text.rstrip(b"\r\n"), len(text))


def _skip_rest(file: BinaryIO) -> int:
    """Read to the end of a line without keeping it, and return how many bytes that was."""
    size = 0
    while rest := file.readline(_PIECE):
        size += len(rest)
        if rest.endswith(b"\n"):
            break
    return size


class WaitingRoom:
    """Members that wait for the second pass, in the order in which they came."""

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the room
        self.members = 0
        """How many there are."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, joinings: Iterable[Joining]) -> None:
        """Let members wait."""
        for each in joinings:
            self.members += len(each.members)
            self._file.write(json.dumps(asdict(each)).encode() + b"\n")

    def batches(self) -> Iterator[list[Joining]]:
        """Return those who wait, as many at once as fit a transaction."""
        self._file.seek(0)
        batch: list[Joining] = []
        size = 0
        for line in self._file:
            each = _joining(json.loads(line))
            if batch and size + len(each.members) > MEMBERS_AT_ONCE:
                yield batch
                batch, size = [], 0
            batch.append(each)
            size += len(each.members)
        if batch:
            yield batch


def _joining(stored: dict[str, Any]) -> Joining:
    members = tuple(NewMember(**each) for each in stored.pop("members"))
    return Joining(members=members, **stored)
