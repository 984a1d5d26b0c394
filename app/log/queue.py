"""What waits to be written: a bounded queue in memory, and the thread that empties it.

Whoever adds to it never waits. Where rows come faster than they can be written, or cannot be
written at all, those that do not fit are dropped and counted.
"""

import atexit
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from scim.storage import StorageError

MOST = 20_000
"""Rows that wait at most; beyond that they are dropped."""

BATCH = 2_000
"""Rows that are written at a time."""

PAUSE = 1.0
"""Seconds that a row waits for others."""

_PATIENCE = 5.0
"""Seconds that a worker waits at its end for rows that are being written."""

Row = TypeVar("Row")

_log = logging.getLogger(__name__)


def _nobody(waiting: int, dropped: int) -> None:
    """Hear how many rows wait, and how many were dropped since; nobody is told of it."""


class Queue(Generic[Row]):
    """Rows on their way to the log of one process.

    :param write: writes some rows, all or none; a :class:`StorageError` asks for another try
    :param tell: hears how many rows wait, and how many were dropped since, when that has changed
    """

    def __init__(
        self,
        write: Callable[[Sequence[Row]], None],
        *,
        most: int = MOST,
        batch: int = BATCH,
        pause: float = PAUSE,
        tell: Callable[[int, int], None] = _nobody,
    ) -> None:
        self._write = write
        self._most = most
        self._batch = batch
        self._pause = pause
        self._rows: deque[Row] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._mutex = threading.Lock()  # for the two below
        self._thread: threading.Thread | None = None
        self._dropped = 0
        self._tell = tell
        self._told = (0, 0)
        self._writing = threading.Lock()  # held by who takes rows out
        self._is_troubled = False

    @property
    def dropped(self) -> int:
        """How many rows were dropped since the start."""
        return self._dropped

    def add(self, row: Row) -> None:
        """Add a row, or drop it where too many wait."""
        rows = self._rows
        if len(rows) >= self._most:
            self._drop(1)
            return
        rows.append(row)
        if self._thread is None:  # after a fork, not before it
            self._start()
        if len(rows) >= self._batch and not self._wake.is_set():
            self._wake.set()

    def flush(self) -> bool:
        """Write what waits, and return whether all of it is written."""
        with self._writing:
            return self._write_out()

    def stop(self) -> None:
        """Write what waits, and end; what cannot be written within a moment is dropped."""
        self._stopping = True
        self._wake.set()
        thread = self._thread
        if thread is not None:
            thread.join(_PATIENCE)
        if self._rows and self._writing.acquire(timeout=_PATIENCE):
            try:
                self._write_out()
            finally:
                self._writing.release()
        lost = len(self._rows)
        if lost:
            self._rows.clear()
            self._drop(lost)
            _log.warning("%d rows of the provisioning log could not be written.", lost)
        self._tell_of_rows()

    def _start(self) -> None:
        with self._mutex:
            if self._thread is None:
                self._thread = threading.Thread(target=self._go, name="log", daemon=True)
                self._thread.start()
                atexit.register(self.stop)

    def _go(self) -> None:
        while not self._stopping:
            self._wake.wait(self._pause)
            self._wake.clear()
            self.flush()
            self._tell_of_rows()

    def _write_out(self) -> bool:
        rows = self._rows
        while rows:
            batch = [rows.popleft() for _ in range(min(len(rows), self._batch))]
            try:
                self._write(batch)
            except StorageError as error:
                rows.extendleft(reversed(batch))
                self._warn(error)
                return False
            except Exception:  # noqa: BLE001 - the rows themselves are at fault, and would be again
                self._drop(len(batch))
                _log.exception("%d rows of the provisioning log cannot be written.", len(batch))
            else:
                self._recover()
        return True

    def _tell_of_rows(self) -> None:
        now = (len(self._rows), self._dropped)
        if now != self._told:
            self._tell(now[0], now[1] - self._told[1])
            self._told = now

    def _drop(self, count: int) -> None:
        with self._mutex:
            self._dropped += count

    def _warn(self, error: StorageError) -> None:
        if not self._is_troubled:
            self._is_troubled = True
            _log.warning(
                "The provisioning log cannot be written: %s. Requests go on; %d rows wait at most,"
                " and what comes then is dropped.",
                error,
                self._most,
            )

    def _recover(self) -> None:
        if self._is_troubled:
            self._is_troubled = False
            _log.warning(
                "The provisioning log is written again; %d rows were dropped since the start.",
                self._dropped,
            )
