"""Simulated days that several processes live through together, by using a token."""

import mmap
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import Settings, assemble
from tests.tokens.trying import refusal

START = datetime(2026, 11, 24, 12, tzinfo=UTC)

_COUNT = struct.Struct("=q")


class SharedClock:
    """A clock that each of several processes moves on by a step; none of its moves is lost.

    It lies in a file, where every process has a number of its own and adds up all of them.

    :param mine: which of the numbers this process moves
    """

    def __init__(self, path: Path, processes: int, step: timedelta, mine: int = 0) -> None:
        size = processes * _COUNT.size
        with path.open("a+b") as file:
            file.truncate(size)
            self._memory = mmap.mmap(file.fileno(), size)
        self._step = step
        self._mine = mine * _COUNT.size

    def __call__(self) -> datetime:
        moves = sum(count for (count,) in _COUNT.iter_unpack(self._memory[:]))
        return START + self._step * moves

    def move(self) -> None:
        """Move it on by one step."""
        (count,) = _COUNT.unpack_from(self._memory, self._mine)
        _COUNT.pack_into(self._memory, self._mine, count + 1)


def using(
    settings: Settings, token: str, clock: Path, processes: int, step: timedelta, uses: int
) -> Callable[[], int]:
    """Return what a process does: it uses a token again and again, and returns how often it could.

    Every use, whoever makes it, moves the time of all of them on.
    """
    mine = next(number for number in range(processes) if _is_taken(clock.with_suffix(f".{number}")))
    time = SharedClock(clock, processes, step, mine)
    assembly = assemble(settings, time)

    def use() -> int:
        let_in = 0
        for _ in range(uses):
            let_in += not refusal(assembly, token)
            time.move()
        return let_in

    return use


def _is_taken(place: Path) -> bool:
    try:
        place.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
