"""What the workers of a server count, in memory that all of them read.

Each worker counts in a slot that nobody else writes to, so that nothing is lost and nobody waits.
A slot is a worker's for as long as it holds a lock on a byte of the file, which the kernel gives up
when the worker dies, however it does. The next worker takes the slot over and counts on from what
it finds: counts neither vanish nor does the file grow, over any number of restarts.
"""

import os
import threading
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.shared_memory import mapped
from scim.storage import byte_locks

BOUNDS = (
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    5_000_000,
)
"""Microseconds up to which an answer counts in each bucket but the last."""

_SLOTS = 128
"""Twice the workers a server may have: those of the former one end while others start."""

_CELL = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """How many cells of a slot are for what."""

    operations: int
    outcomes: int

    @property
    def width(self) -> int:
        """The cells of one operation: by outcome, by bucket, and the microseconds of all."""
        return self.outcomes + len(BOUNDS) + 2

    @property
    def cells(self) -> int:
        """The cells of a slot."""
        return self.operations * self.width + 2


class Counts:
    """The counts of one process; the first thing that is counted makes it take a slot.

    Where the folder cannot be written, or all slots are taken, it counts for itself.

    :param file: where the memory is; another layout needs another name
    """

    def __init__(self, file: Path, layout: Layout) -> None:
        self.file = file
        self.layout = layout
        self._width = layout.width
        self._buckets = layout.outcomes
        self._mutex = threading.Lock()
        self._locks: int | None = None
        self._cells: memoryview | None = None
        """Those of all slots."""

        self._first = 0
        """The first one of this process' slot."""

    def add(self, operation: int, outcome: int, micros: int) -> None:
        """Count a request."""
        with self._mutex:
            cells = self._cells
            if cells is None:
                cells = self._open()
            at = self._first + operation * self._width
            cells[at + outcome] += 1
            cells[at + self._buckets + bisect_left(BOUNDS, micros)] += 1
            cells[at + self._width - 1] += micros

    def tell_queue(self, waiting: int, dropped: int) -> None:
        """Say how many rows of the log wait, and count those that were dropped since."""
        with self._mutex:
            cells = self._cells
            if cells is None:
                cells = self._open()
            last = self._first + self.layout.cells
            cells[last - 2] = waiting
            cells[last - 1] += dropped

    def slots(self) -> list[tuple[bool, list[int]]]:
        """Return each slot: whether a worker has it now, and its cells."""
        with self._mutex:
            cells, first, locks = self._cells or self._open(), self._first, self._locks
        size = self.layout.cells
        return [
            (at == first or _is_taken(locks, at // size), cells[at : at + size].tolist())
            for at in range(0, len(cells), size)
        ]

    def close(self) -> None:
        """Give the slot back; what was counted stays."""
        with self._mutex:
            if self._locks is not None:
                os.close(self._locks)
            self._locks = None
            self._cells = None

    def _open(self) -> memoryview:
        size = self.layout.cells
        with suppress(OSError):
            self._locks = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            memory = memoryview(mapped(self.file, _SLOTS * size * _CELL)).cast("Q")
            number = _take(self._locks)
            if number is not None:
                self._first = number * size
                memory[self._first + size - 2] = 0  # rows that waited in a process that is gone
                self._cells = memory
                return memory
        self._first = 0
        self._cells = memoryview(bytearray(size * _CELL)).cast("Q")
        return self._cells


def slots_in(file: Path, layout: Layout) -> list[tuple[bool, list[int]]]:
    """Do as :meth:`Counts.slots` from outside: no slot is taken, and no file is made.

    :raises OSError: the file is there, and cannot be read
    """
    if not file.exists():
        return []
    size = layout.cells
    with file.open("rb") as opened:
        cells = memoryview(opened.read(_SLOTS * size * _CELL)).cast("Q")
        return [
            (byte_locks.is_taken(opened.fileno(), at // size), cells[at : at + size].tolist())
            for at in range(0, len(cells), size)
        ]


def _take(locks: int) -> int | None:
    """Return the number of a slot that nobody had and that is this process' from now on."""
    if not byte_locks.ARE_THERE:  # pragma: no cover
        return None
    return next((number for number in range(_SLOTS) if byte_locks.take(locks, number)), None)


def _is_taken(locks: int | None, number: int) -> bool:
    # who counts for itself has one slot
    return locks is not None and byte_locks.is_taken(locks, number)
