"""The file of a backup: a ZIP archive of parts, and last of all the manifest that vouches for them.

A file that was cut off has no directory of parts, and one that was damaged has another SHA-256.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from scim.storage.copying import Contents, CopiedTable

FORMAT = 1
"""The number of this way to write backups; there will be others."""

_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1 << 20
_CHUNK = 1 << 20
_LEVEL = 1
"""Of compression: the machine serves meanwhile."""


_UNREADABLE = (
    BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,  # such as a place before the beginning of the file
    OverflowError,
    ValueError,
    RuntimeError,  # encrypted, or packed in a way that is none of ours
)
"""What reading a file raises that is no archive, or one no longer."""


class BackupError(Exception):
    """A backup cannot be made or used; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class PartSeal:
    """What a part is known by."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    version: str
    """Of the product that made it."""

    made_at: str
    """The moment before its snapshot was taken: every write answered until then is in it."""

    engine: str
    databases: dict[str, Contents]
    """By ``directory``, and ``log`` where that has a file of its own."""

    parts: dict[str, PartSeal]


class ArchiveWriter:
    """Writes the parts of a backup, one after the other; its block ends the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        self.parts: dict[str, PartSeal] = {}

    def put(self, name: str, chunks: Iterator[bytes]) -> None:
        """Write a part."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as part:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                part.write(chunk)
        self.parts[name] = PartSeal(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, after which there are no more parts."""
        self._zip.writestr(_MANIFEST, json.dumps({"provisor_backup": FORMAT} | asdict(manifest)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()


class Archive:
    """A backup that was read through and is whole.

    :raises BackupError: it is no backup, of a later version, or damaged
    """

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = ZipFile(file)
            self.manifest = self._read_manifest()
            self._check()
        except _UNREADABLE as error:
            raise BackupError("It is no backup of Provisor, or is cut off or damaged.") from error

    def part(self, name: str) -> Iterator[bytes]:
        """Return a part in pieces.

        :raises BackupError: there is no such part
        """
        if name not in self.manifest.parts:
            raise BackupError(f"The backup is damaged: it lacks {name}.")
        with self._zip.open(name) as part:
            while chunk := part.read(_CHUNK):
                yield chunk

    def _read_manifest(self) -> Manifest:
        try:
            with self._zip.open(_MANIFEST) as part:
                told = json.loads(part.read(_LARGEST_MANIFEST))
        except (KeyError, ValueError, RecursionError) as error:
            raise BackupError("It is no backup of Provisor.") from error
        form = told.get("provisor_backup") if isinstance(told, dict) else None
        if not isinstance(form, int):
            raise BackupError("It is no backup of Provisor.")
        if form > FORMAT:
            raise BackupError("It was made by a later version of Provisor; restore it with that.")
        try:
            json.dumps(told, ensure_ascii=False).encode()  # a half of a pair is no text
            return _manifest_of(told)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BackupError("The backup is damaged: its manifest lacks something.") from error

    def _check(self) -> None:
        parts = self.manifest.parts
        if sorted(self._zip.namelist()) != sorted([*parts, _MANIFEST]):
            raise BackupError("The backup is damaged: it has other parts than it says.")
        for name, seal in parts.items():
            digest, size = hashlib.sha256(), 0
            for chunk in self.part(name):
                digest.update(chunk)
                size += len(chunk)
            if seal != PartSeal(size, digest.hexdigest()):
                raise BackupError(f"The backup is damaged: {name} is not as it was written.")


def _manifest_of(told: dict[str, Any]) -> Manifest:
    return Manifest(
        version=str(told["version"]),
        made_at=str(told["made_at"]),
        engine=str(told["engine"]),
        databases={
            name: Contents(
                tuple(map(str, each["migrations"])),
                tuple(_table_of(table) for table in each["tables"]),
            )
            for name, each in told["databases"].items()
        },
        parts={name: PartSeal(**seal) for name, seal in told["parts"].items()},
    )


def _table_of(told: dict[str, Any]) -> CopiedTable:
    columns, counted_to = told["columns"], told.get("counted_to")
    if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
        raise TypeError("columns have names")
    return CopiedTable(
        str(told["name"]),
        int(told["rows"]),
        tuple(columns),
        None if counted_to is None else int(counted_to),
    )
