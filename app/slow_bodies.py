"""How many requests may wait for their bodies: a client that sends slowly keeps a thread waiting.

Nobody can make it send. So a part of a worker's threads is for waiting, and when all of those wait,
one more body is refused instead of taking a thread from everybody else.
"""

import threading
from types import TracebackType

from werkzeug.exceptions import ServiceUnavailable

SHARE_OF_STRANGERS = 4
"""One of so many threads that wait is for those who showed no token: forms and token requests."""

_RETRY_AFTER = 1
"""Seconds after which a client whose body was refused may try again."""


class SlowBodies:
    """Counts the bodies that are waited for.

    :param most: how many at a time
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._mutex = threading.Lock()

    def __enter__(self) -> None:
        """Begin to wait for a body.

        :raises ServiceUnavailable: too many are waited for already
        """
        with self._mutex:
            if not self._free:
                raise ServiceUnavailable(
                    "Too many requests send their bodies slowly.", retry_after=_RETRY_AFTER
                )
            self._free -= 1

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        with self._mutex:
            self._free += 1


def threads_for(threads: int, slow_bodies: int) -> int:
    """Return how many threads a worker needs at most; they are started when they are needed.

    A worker with one thread is for those who want it undisturbed and have a proxy that waits.

    :param threads: that work
    :param slow_bodies: that may wait for clients
    """
    return 1 if threads == 1 else threads + slow_bodies + slow_bodies // SHARE_OF_STRANGERS
