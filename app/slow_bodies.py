"""How many requests may wait for their bodies: a client that sends slowly keeps a thread waiting.

Nobody can make it send. So a part of a worker's threads is for waiting, and nobody has more than
half of those: who sends slowly meets the refusal, and not everybody else.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import ServiceUnavailable

SHARE_OF_STRANGERS = 4
"""One of so many threads that wait is for those who showed no token: forms and token requests."""

_SHARE_OF_ONE = 2
"""One of so many is the most that an app has, or an address that showed no token."""

_RETRY_AFTER = 1
"""Seconds after which a client whose body was refused may try again."""


class SlowBodies:
    """Counts the bodies that are waited for.

    :param most: how many at a time
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = max(most // _SHARE_OF_ONE, 1)
        self._waiting: Counter[str] = Counter()
        self._mutex = threading.Lock()

    @contextmanager
    def waiting(self, sender: str) -> Iterator[None]:
        """Wait for a body in the block.

        :raises ServiceUnavailable: too many are waited for already, or too many of this sender
        """
        with self._mutex:
            of_one = self._waiting[sender]
            if of_one >= self._most_of_one or self._waiting.total() >= self._most:
                raise ServiceUnavailable(
                    "Too many requests send their bodies slowly.", retry_after=_RETRY_AFTER
                )
            self._waiting[sender] = of_one + 1
        try:
            yield
        finally:
            with self._mutex:
                self._waiting[sender] -= 1
                if not self._waiting[sender]:
                    del self._waiting[sender]


def threads_for(threads: int, slow_bodies: int) -> int:
    """Return how many threads a worker needs at most; they are started when they are needed.

    A worker with one thread is for those who want it undisturbed and have a proxy that waits.

    :param threads: that work
    :param slow_bodies: that may wait for clients
    """
    return 1 if threads == 1 else threads + slow_bodies + slow_bodies // SHARE_OF_STRANGERS
