"""A disk that loses what was not synced: what a program did to it, and what a power cut leaves.

strace records every write, sync and word of a program; any cut among them can then be tried.
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_SECTOR = 512
"""Bytes that a disk writes together; a page may be torn between two of them."""

_CALL = re.compile(
    r"(?P<process>\d+) +(?P<call>pwrite64|write|ftruncate|fsync|fdatasync)"
    r"\((?P<number>\d+)<(?P<path>[^>]*)>(?:, (?P<rest>.*?))?"
    r"(?P<open> <unfinished \.\.\.>|\) += \d+)$"
)
_DATA = re.compile(r'"(?P<data>[^"]*)", \d+(?:, (?P<offset>\d+))?$')
_ENDED = re.compile(r"(?P<process>\d+) +<\.\.\. (?:fsync|fdatasync) resumed>\) += 0$")


@dataclass(frozen=True, slots=True)
class Write:
    """Some bytes for a file, which are on the disk once it was synced."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """The end of a file that is cut off."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """The end of an fsync or fdatasync."""

    file: str


@dataclass(frozen=True, slots=True)
class Word:
    """What the program wrote to standard output."""

    text: str


Event = Write | Truncate | Sync | Word


def traced(database: Path, *command: str) -> list[Event]:
    """Run a Python module, and return what it did to a database and its log, and said."""
    trace = database.with_name("trace")
    subprocess.run(
        [
            "strace", "-f", "-q", "-y", "-xx", "-s", "100000", "-o", trace,
            "-e", "trace=pwrite64,write,ftruncate,fsync,fdatasync",
            sys.executable, "-m", *command,
        ],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    names = {database.name, f"{database.name}-wal"}
    with trace.open() as lines:
        events = [*_events(lines)]
    return [each for each in events if isinstance(each, Word) or each.file in names]


def _events(lines: Iterable[str]) -> Iterator[Event]:
    syncing: dict[str, str] = {}
    for line in lines:
        ended = _ENDED.match(line)
        if ended:
            yield Sync(syncing.pop(ended["process"]))
        call = _CALL.match(line)
        if not call:
            continue
        file = _bytes(call["path"]).decode().rpartition("/")[2]
        if call["call"] not in {"fsync", "fdatasync"}:
            yield from _change(call, file)
        elif call["open"].startswith(")"):
            yield Sync(file)
        else:
            syncing[call["process"]] = file


def _change(call: re.Match[str], file: str) -> Iterator[Event]:
    if call["call"] == "ftruncate":
        yield Truncate(file, int(call["rest"]))
        return
    written = _DATA.match(call["rest"])
    assert written is not None, call[0]
    if call["call"] == "pwrite64":
        yield Write(file, int(written["offset"]), _bytes(written["data"]))
    elif call["number"] == "1":
        yield Word(_bytes(written["data"]).decode())


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(r"\x", ""))


@dataclass
class Disk:
    """The files as they are on the disk for certain, and what is still on its way there."""

    files: dict[str, bytearray] = field(default_factory=dict)
    pending: list[Write | Truncate] = field(default_factory=list)

    def do(self, event: Event) -> None:
        """Take a change, or make all changes of a file lasting."""
        if isinstance(event, Write | Truncate):
            self.pending.append(event)
        elif isinstance(event, Sync):
            for each in self.pending:
                if each.file == event.file:
                    _apply(self.files, each)
            self.pending = [each for each in self.pending if each.file != event.file]

    def cut(self, folder: Path, chance: random.Random | None = None) -> None:
        """Put into a folder what is left when the power fails.

        :param chance: which of the sectors on their way arrived; without it, none did
        """
        files = {name: bytearray(data) for name, data in self.files.items()}
        for each in self.pending if chance else ():
            for part in _sectors(each):
                if chance is not None and chance.random() < 0.5:
                    _apply(files, part)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)


def _sectors(change: Write | Truncate) -> Iterator[Write | Truncate]:
    if isinstance(change, Truncate):
        yield change
        return
    for start in range(0, len(change.data), _SECTOR):
        yield Write(change.file, change.offset + start, change.data[start : start + _SECTOR])


def _apply(files: dict[str, bytearray], change: Write | Truncate) -> None:
    data = files.setdefault(change.file, bytearray())
    if isinstance(change, Truncate):
        del data[change.size :]
        return
    data.extend(bytes(max(0, change.offset - len(data))))
    data[change.offset : change.offset + len(change.data)] = change.data
