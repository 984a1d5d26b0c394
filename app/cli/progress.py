"""How far a long command is, shown on a terminal and nowhere else."""

import sys
import time
from typing import Self, TextIO

_EVERY = 0.1
"""Seconds between two looks of it."""


class Progress:
    """One line that is written over and over: how much is done, how fast, and the time left.

    :param doing: what is done, such as ``Importing``
    :param counted: what is counted, such as ``lines``
    :param total: how much there is to do, in whatever :meth:`advance` is told; None if unknown
    """

    def __init__(
        self, doing: str, counted: str, total: int | None, stream: TextIO | None = None
    ) -> None:
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()
        self._doing = doing
        self._counted = counted
        self._total = total
        self._began = time.monotonic()
        self._next = self._began
        self._count = 0
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._write("")

    def advance(self, count: int, done: int | None = None) -> None:
        """Tell that more was done.

        :param count: how many of what is counted
        :param done: how much of the total, where that is something else
        """
        self._count += count
        self._done += count if done is None else done
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + _EVERY
            self._write(self._look(max(now - self._began, 0.001)))

    def _look(self, seconds: float) -> str:
        parts = [f"{self._count:,} {self._counted}", f"{self._count / seconds:,.0f}/s"]
        if self._total and self._done:
            share = min(self._done / self._total, 1)
            parts.insert(0, f"{share:4.0%}")
            parts.append(f"{_clock(seconds / share - seconds)} left")
        return f"{self._doing}  " + "  ".join(parts)

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text}\033[K")
        self._stream.flush()


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
