"""Group commit: writers who wait for each other anyway share one transaction and its fsync.

A writer that is done does not commit while others of its process wait: it hands the open
transaction to the next of them and waits for what becomes of it. The last one commits for all.
The work of each is undone alone where it fails: of the first by starting anew, which costs nothing
where it does not, and of every other by a savepoint.

Nobody leaves before the commit, not even who failed: what it saw, a name that was taken, may have
been the work of another of the group, and is true only once that is committed.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from scim.storage.baton import Baton
from scim.storage.database import Session, Unavailable

GROUP_TIME = 0.05
"""Seconds after which nobody joins a group any more, because other processes wait too.

How many join is bounded besides: each is a thread that waits for the group to end.
"""


class Transaction(Protocol):
    """The one transaction an engine has for all writers of a process."""

    @property
    def session(self) -> Session:
        """Its statements."""

    def begin(self, deadline: float) -> None:
        """Start it, waiting for other processes until an instant of the monotonic clock.

        :raises Unavailable: they took too long
        """

    def whole(self) -> AbstractContextManager[None]:
        """Open all of it, to be undone and started anew when the block raises."""

    def commit(self) -> None:
        """End it and keep its changes, or raise and keep none; one that was undone raises."""

    def is_open(self) -> bool:
        """Whether it goes on; an engine may undo all of it when a statement fails."""


class _Turn:
    """The place of a writer in the queue."""

    def __init__(self, *, at_length: bool) -> None:
        self.at_length = at_length
        self.came = threading.Lock()
        self.came.acquire()  # until it comes


class _Group:
    """Writers that share a transaction."""

    def __init__(self, closes_at: float) -> None:
        self.closes_at = closes_at
        self.ended: threading.Event | None = None  # one alone waits for nobody
        self.failure: Exception | None = Unavailable("the commit was interrupted")  # until it ends


class GroupCommit:
    """Lets the threads of a process write one after the other, first come, first served.

    :param baton: laid down by who waits
    :param group_time: seconds after which nobody joins a group any more
    """

    def __init__(
        self, transaction: Transaction, baton: Baton, group_time: float = GROUP_TIME
    ) -> None:
        self._transaction = transaction
        self._baton = baton
        self._group_time = group_time
        self._mutex = threading.Lock()  # for the two below
        self._waiting: deque[_Turn] = deque()
        self._turn: _Turn | None = None
        self._group: _Group | None = None  # touched only by whose turn it is

    @property
    def waiting(self) -> int:
        """How many threads wait for their turn."""
        return len(self._waiting)

    @contextmanager
    def write(self, patience: float, *, at_length: bool = False) -> Iterator[Session]:
        """Open a part of a transaction, undone when it raises, committed when the block has ended.

        :param patience: seconds to wait for other writers
        :param at_length: whether it may take long; then it joins nobody who is done
        :raises Unavailable: they took too long, or the transaction was not committed
        """
        deadline = time.monotonic() + patience
        self._wait(deadline, _Turn(at_length=at_length))
        is_first = self._group is None
        group = self._join(deadline)
        session = self._transaction.session
        try:
            with self._transaction.whole() if is_first else session.savepoint():
                yield session
        finally:
            self._leave(group)

    def close(self, patience: float) -> None:
        """Let those who write end, and nobody after them.

        :raises Unavailable: they took too long
        """
        self._wait(time.monotonic() + patience, _Turn(at_length=True))
        if self._group is not None:
            self._end(self._group)

    def _wait(self, deadline: float, turn: _Turn) -> None:
        try:
            came = self._enter(turn) or self._come(turn, deadline)
        except BaseException:  # Ctrl-C
            if not self._withdraw(turn):
                self._go_on()
            raise
        if not came and self._withdraw(turn):
            raise Unavailable("other writers took too long")

    def _come(self, turn: _Turn, deadline: float) -> bool:
        with self._baton.laid_down():
            return turn.came.acquire(timeout=max(0.0, deadline - time.monotonic()))

    def _enter(self, turn: _Turn) -> bool:
        """Begin to wait, and return True where there is nobody to wait for."""
        with self._mutex:
            if self._turn is None:
                self._turn = turn
                return True
            self._waiting.append(turn)
            return False

    def _withdraw(self, turn: _Turn) -> bool:
        """Stop waiting, and return False where the turn has come all the same."""
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
            return self._turn is not turn

    def _join(self, deadline: float) -> _Group:
        if self._group is None:
            try:
                self._transaction.begin(deadline)
            except BaseException:
                self._call_next()
                raise
            self._group = _Group(time.monotonic() + self._group_time)
        return self._group

    def _leave(self, group: _Group) -> None:
        self._go_on()
        if group.ended is not None:
            with self._baton.laid_down():
                group.ended.wait()
        if group.failure is not None:
            raise Unavailable(f"the transaction failed: {group.failure}") from group.failure

    def _go_on(self) -> None:
        """Give the turn to the next: in the transaction that is open, or after its end."""
        group = self._group
        if group is None:
            self._call_next()
        elif not self._hand_over(group):
            try:
                self._end(group)
            finally:
                self._call_next()

    def _hand_over(self, group: _Group) -> bool:
        if time.monotonic() > group.closes_at or not self._transaction.is_open():
            return False
        with self._mutex:
            if not self._waiting or self._waiting[0].at_length:
                return False
            if group.ended is None:
                group.ended = threading.Event()
            self._pass_turn()
            return True

    def _end(self, group: _Group) -> None:
        self._group = None
        try:
            with self._baton.laid_down():
                self._transaction.commit()
            group.failure = None
        except Exception as error:  # noqa: BLE001 - each of the group raises it
            group.failure = error
        finally:
            if group.ended is not None:
                group.ended.set()

    def _call_next(self) -> None:
        with self._mutex:
            if self._waiting:
                self._pass_turn()
            else:
                self._turn = None

    def _pass_turn(self) -> None:
        self._turn = self._waiting.popleft()
        self._turn.came.release()
