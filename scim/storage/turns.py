"""Fair turns between the processes that write to one SQLite file.

SQLite lets a writer that finds the file busy try again after ever longer pauses, so whoever has
waited longest asks least often, and a process that writes without a pause keeps the others out for
seconds. Here everybody queues: a ticket is the instant at which it was taken, and holding it is a
lock on the byte of that number in an empty file beside the database. A turn has come once no byte
below is locked. The order is settled by the tickets, not by who looks first, so that looking again
after a short pause is fair and can end when patience does; a blocking lock could not.

The kernel gives up the byte of a process that dies, and the queue closes up behind it.
A writer that does not queue (another program, another machine's clock) only costs fairness:
``BEGIN IMMEDIATE`` keeps writers apart whatever happens here.
"""

import os
import time
from pathlib import Path

from scim.storage import byte_locks
from scim.storage.baton import Baton
from scim.storage.database import Unavailable
from scim.storage.files import belong_with

_PAUSE = 0.0002
"""Seconds between two looks at the queue: a fraction of the shortest commit to a disk."""


class Turns:
    """The place of one process in the queue of those who write to a database.

    It is for one thread at a time.

    :param database: the file of the database, which exists
    :param baton: laid down between two looks at the queue
    :raises OSError: the file of the queue cannot be opened
    """

    def __init__(self, database: Path, baton: Baton) -> None:
        self._baton = baton
        file = database.with_name(f"{database.name}-turn")
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        belong_with(self._file, database)  # as SQLite does with the files it keeps beside it

    def take(self, deadline: float) -> None:
        """Wait for the turn of this process; :meth:`give_back` ends it, or the waiting.

        :param deadline: the instant of the monotonic clock when it gives up
        :raises Unavailable: other processes took too long
        """
        ticket = time.monotonic_ns()  # one clock for every process of the machine
        while not byte_locks.take(self._file, ticket):
            ticket += 1  # another process asked in the same instant
        while byte_locks.is_taken(self._file, 0, ticket):
            if time.monotonic() > deadline:
                raise Unavailable("other processes took too long")
            with self._baton.laid_down():
                time.sleep(_PAUSE)

    def give_back(self) -> None:
        """End the turn of this process, or its waiting for one."""
        byte_locks.give_back(self._file)

    def close(self) -> None:
        """Leave the queue for good."""
        os.close(self._file)
