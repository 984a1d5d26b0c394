"""A file that is there whole or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import click

from scim.storage.files import keep_names


@contextmanager
def whole_file(name: str, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """Open what is written to a file, which gets its name when it is complete.

    Only its owner may read it. "-" is standard output; what is no file, such as a named pipe, is
    written to as it is.

    :raises click.ClickException: it cannot be written, or is there already
    """
    try:
        with _opened(name, overwrite=overwrite) as file:
            yield file
            file.flush()
    except BrokenPipeError:
        raise  # click ends the command without a word: the reader has gone away
    except OSError as error:
        raise click.ClickException(f"{name} cannot be written: {error.strerror}.") from error


@contextmanager
def _opened(name: str, *, overwrite: bool) -> Iterator[IO[bytes]]:
    path = Path(name).resolve()  # a link stays a link
    if name == "-":
        yield sys.stdout.buffer
    elif path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
    elif path.exists() and not overwrite:
        raise click.ClickException(f"{name} is there already; --force replaces it.")
    else:
        # made for its owner only, in the same folder so that renaming it is one step
        with NamedTemporaryFile(
            "wb", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
                keep_names(path.parent)
            except BaseException:
                with suppress(OSError):
                    Path(file.name).unlink()
                raise
