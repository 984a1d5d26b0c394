"""The report of an import: which lines were refused, and why."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Self

import click

from scim.transfer.arrivals import Refusal

_SHOWN = 10
"""How many refusals are said on standard error where no report is written."""


class Report:
    """Refused lines as JSON Lines, or without a file the first few in words.

    Nobody else may read the file: it can quote what lines say.
    """

    def __init__(self, path: str | None) -> None:
        self._file = _open(path) if path else None
        self._first: list[Refusal] = []
        self.count = 0
        """How many refusals there are."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def add(self, refusals: Iterable[Refusal]) -> None:
        """Write refusals down at once, so that they are kept however the import ends."""
        for each in refusals:
            self.count += 1
            if self._file:
                self._file.write(f"{json.dumps(_entry(each), ensure_ascii=False)}\n")
            elif len(self._first) < _SHOWN:
                self._first.append(each)
        if self._file:
            self._file.flush()

    def say(self) -> None:
        """Say the first refusals on standard error, where they are not written down."""
        for each in self._first:
            click.echo(f"Line {each.number}: {each.detail} ({_code(each)})", err=True)
        if not self._file and self.count > _SHOWN:
            click.echo(f"{self.count - _SHOWN} more: --report FILE keeps every reason.", err=True)


def _open(path: str) -> IO[str]:
    try:
        return open(path, "w", encoding="utf-8", opener=_private)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error


def _private(path: str, flags: int) -> int:
    file = os.open(path, flags, 0o600)
    with suppress(OSError):  # a pipe, say, has no mode
        os.fchmod(file, 0o600)  # it may have been there before
    return file


def _code(refusal: Refusal) -> str:
    return " ".join(filter(None, (str(refusal.status), refusal.scim_type)))


def _entry(refusal: Refusal) -> dict[str, object]:
    entry: dict[str, object] = {"line": refusal.number}
    if refusal.id is not None:
        entry["id"] = refusal.id
    entry["status"] = str(refusal.status)
    if refusal.scim_type:
        entry["scimType"] = refusal.scim_type
    return entry | {"detail": refusal.detail}
