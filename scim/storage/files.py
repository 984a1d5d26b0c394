"""What the files of an instance need: to survive a power cut, and to belong to who serves it."""

import os
from contextlib import suppress
from pathlib import Path


def keep_names(folder: Path) -> None:
    """Let the names of the files in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_missing(path: Path) -> None:
    """Make a file where it is missing, for the owner of its folder and for nobody else.

    :raises OSError: it cannot be made
    """
    if not path.exists():
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        belong_with(descriptor, path.parent)
        os.close(descriptor)


def belong_with(what: int | Path, owned: Path) -> None:
    """Give a file to the owner of another one, or of a folder.

    A command that root runs must not lock the server out.

    :param what: an open file, or a folder
    """
    with suppress(PermissionError):
        owner = owned.stat()
        os.chown(what, owner.st_uid, owner.st_gid)
