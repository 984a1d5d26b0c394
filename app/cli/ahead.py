"""The lines of an import, read in a second process while this one stores those before.

The process is sent one batch of lines at a time, and the next one as soon as it has answered: so
neither waits for the other with full hands, and no more than a batch is ever read ahead.
It ends when its pipe closes, and that is when this process ends, however it does.
"""

import signal
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.resource_tracker import ensure_running
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from app.assembly import provider_of
from app.settings import Settings, SettingsError
from scim import Client, Provider
from scim.transfer.arrivals import Batch, Line, read_batch
from scim.transfer.parcels import pack, unpack

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_ALONE = 4
"""Batches that are read here before a process is started, which costs as much as reading them."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the lines of an import are read."""

    settings: Settings
    client: Client
    longest: int
    """The bytes a line may have."""

    def read(self, lines: list[Line], provider: Provider) -> Batch:
        """Return what lines describe."""
        return read_batch(lines, self.longest, self.client.reader, provider)


def read_ahead(
    batches: Iterator[list[Line]], manner: Manner, provider: Provider, alone: int = _ALONE
) -> Generator[Batch, None, None]:
    """Return what the lines of each batch describe, in their order.

    :param alone: the batches after which a second process helps
    :raises ClickException: the second process has ended
    :raises SettingsError: a file of schemas cannot be used any more
    """
    for lines in islice(batches, alone):
        yield manner.read(lines, provider)
    for lines in batches:  # only now, because there may be no more of them
        with _Process(manner, provider) as process:
            yield from process.read(chain([lines], batches))


class _Process:
    """The second process."""

    def __init__(self, manner: Manner, provider: Provider) -> None:
        self._manner = manner
        self._provider = provider

    def __enter__(self) -> Self:
        context = get_context("spawn")  # a fork would share what the database has open
        self._connection, other = context.Pipe()
        self._process = context.Process(target=work, args=(other, self._manner), daemon=True)
        ensure_running()  # which start would do, and let the signals through again that it blocks
        # Ctrl-C is sent to both, and is this one's to answer; a blocked signal stays blocked there
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            other.close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._process.kill()  # it has nothing to lose
        self._process.join()
        if isinstance(error, (EOFError, ConnectionError)):
            raise click.ClickException("The process that reads ahead has ended.") from error

    def read(self, batches: Iterator[list[Line]]) -> Iterator[Batch]:
        """Return what the lines of each batch describe; it is read here until the process runs."""
        for lines in batches:
            if self._ready():
                yield from self._read_ahead(lines, batches)
            else:
                yield self._manner.read(lines, self._provider)

    def _read_ahead(self, lines: list[Line], batches: Iterator[list[Line]]) -> Iterator[Batch]:
        self._send(lines)
        for following in batches:
            parcel = self._connection.recv()
            self._send(following)
            yield unpack(parcel, lines, self._provider)
            lines = following
        yield unpack(self._connection.recv(), lines, self._provider)

    def _send(self, lines: list[Line]) -> None:
        self._connection.send([(each.number, each.text, each.size) for each in lines])

    def _ready(self) -> bool:
        if not self._connection.poll():
            return False
        error = self._connection.recv()
        if error is not None:
            raise error
        return True


def work(connection: "Connection[Any, Any]", manner: Manner) -> None:
    """Read what comes through a pipe until it closes: the second process."""
    with suppress(EOFError, ConnectionError):
        try:
            provider = provider_of(manner.settings)
        except SettingsError as error:
            connection.send(error)
            return
        connection.send(None)
        while True:
            lines = [Line(*each) for each in connection.recv()]
            connection.send(pack(manner.read(lines, provider)))
