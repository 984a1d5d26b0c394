"""Memory that the workers which serve an instance share: a file of its folder."""

import mmap
import os
import sys
from pathlib import Path

from scim.storage.files import belong_with


def mapped(file: Path, size: int) -> mmap.mmap:
    """Return the bytes of a file, which is made where it is missing.

    :raises OSError: the folder cannot be written, or its disk is full
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        belong_with(descriptor, file.parent)
        if os.fstat(descriptor).st_size < size:  # who mapped more of it would die of less
            os.ftruncate(descriptor, size)
        if sys.platform == "linux":
            # else the disk may have no room left for what is written later, which ends the process
            os.posix_fallocate(descriptor, 0, size)
        return mmap.mmap(descriptor, size)
    finally:
        os.close(descriptor)
