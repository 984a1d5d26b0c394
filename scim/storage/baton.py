"""The baton: of the threads that answer requests one runs, the others wait.

Python runs one thread at a time anyway, but lets them fight for it: each statement that SQLite runs
lets another thread in, and coming back takes longer than the statement did.
Who holds the baton meets no one, so many threads read as fast as one.
A holder who only waits, for the disk, for another writer, for a client that sends slowly, lays it
down meanwhile.
"""

import threading
from types import TracebackType


class Baton:
    """Held by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        self._lock.acquire()
        self._holder = threading.get_ident()

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._holder = None
        self._lock.release()

    @property
    def is_mine(self) -> bool:
        """Whether this thread holds it."""
        return self._holder == threading.get_ident()

    def laid_down(self) -> "_LaidDown":
        """Let others run while the block waits; nothing to a thread that does not hold it."""
        return _LaidDown(self)


class _LaidDown:
    def __init__(self, baton: Baton) -> None:
        self._baton = baton if baton.is_mine else None

    def __enter__(self) -> None:
        if self._baton is not None:
            self._baton.__exit__(None, None, None)

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._baton is not None:
            self._baton.__enter__()
