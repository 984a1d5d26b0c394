"""Locks on single bytes of a file: a process has them until it gives them back or dies.

They belong to the file as it was opened once, so two openings of one process keep each other out.
"""

import fcntl
import os
import struct
import sys
from contextlib import suppress

ARE_THERE = sys.platform == "linux"
"""Whether the system has locks that belong to an open file; elsewhere nobody keeps anybody out."""

_FLOCK = struct.Struct("hhqqi0q")
"""``struct flock`` of fcntl(2): type, whence, first byte, count of bytes, process."""


def take(file: int, number: int) -> bool:
    """Lock a byte of an open file, and return whether nobody else has it."""
    if not ARE_THERE:  # pragma: no cover
        return True
    with suppress(BlockingIOError):
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _asking(fcntl.F_WRLCK, number, 1))
        return True
    return False


def give_back(file: int) -> None:
    """Unlock every byte of an open file."""
    if ARE_THERE:  # pragma: no branch
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _asking(fcntl.F_UNLCK, 0, 0))  # to the end


def is_taken(file: int, first: int, count: int = 1) -> bool:
    """Whether somebody else has one of some bytes of an open file."""
    if not ARE_THERE:  # pragma: no cover
        return False
    found = fcntl.fcntl(file, fcntl.F_OFD_GETLK, _asking(fcntl.F_WRLCK, first, count))
    return bool(_FLOCK.unpack(found)[0] != fcntl.F_UNLCK)


def _asking(kind: int, first: int, count: int) -> bytes:
    return _FLOCK.pack(kind, os.SEEK_SET, first, count, 0)
