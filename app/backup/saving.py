"""Making a backup, and knowing when the last one was made."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from app.audit import CLI, Event, record
from app.backup.archive import Archive, ArchiveWriter, Manifest
from app.backup.keys import SavedKeys
from app.backup.places import KEYS, LOG_TABLES, places_of
from app.keys import key_path
from app.settings import Settings
from scim import instant
from scim.storage import Database, Session, Unavailable, open_database
from scim.storage.copying import Contents, copy_out, engine_of

_ACTION = "instance.backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What goes into a backup beside the directory."""

    keys: bool = True
    log: bool = True


def save(settings: Settings, file: IO[bytes], clock: instant.Clock, extent: Extent) -> Manifest:
    """Write a backup to a file that has a name, and read it again to see that it is whole.

    :raises BackupError: what was written is not what was read
    :raises CopyError: there is nothing to back up, or it is damaged
    :raises KeyringError: the key-encryption keys cannot be read
    :raises Unavailable: the database cannot be reached
    """
    made_at = instant.to_text(clock())
    keys = SavedKeys(key_path(settings)) if extent.keys else None
    with ArchiveWriter(file) as writer:
        databases = _copied(settings, writer, Path(file.name).parent, extent, keys)
        if keys:
            writer.put(KEYS, iter([keys.text()]))
        manifest = Manifest(
            version=version("provisor"),
            made_at=made_at,
            engine=engine_of(settings.database),
            databases=databases,
            parts=writer.parts,
        )
        writer.finish(manifest)
    file.flush()
    with Path(file.name).open("rb") as written:
        return Archive(written).manifest


def _copied(
    settings: Settings,
    writer: ArchiveWriter,
    folder: Path,
    extent: Extent,
    keys: SavedKeys | None,
) -> dict[str, Contents]:
    """Write the databases, and return what is in them.

    :param folder: where the backup is: there has to be room for it, and it is as private
    """
    places = places_of(settings)
    has_log = "log" in places and (settings.instance / "log.db").exists()
    if not (extent.log and has_log):
        places.pop("log", None)
    without = () if extent.log else LOG_TABLES
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as scratch:
        return {
            name: copy_out(
                place.where,
                Path(scratch),
                writer.put,
                place.migrations,
                keys.check if keys and name == "directory" else _accept,
                without,
            )
            for name, place in places.items()
        }


def remember(settings: Settings, manifest: Manifest) -> bool:
    """Write down that a backup was made; return whether the schema and the disk allowed that."""
    place = places_of(settings)["directory"]
    applied = manifest.databases["directory"].migrations
    expected = {each.name for each in place.migrations if not each.name.startswith("log/")}
    if not expected <= set(applied):
        return False
    try:
        database = open_database(place.where)
    except Unavailable:
        return False
    try:
        with database.write() as session:
            event = Event(_ACTION, "instance", manifest.engine)
            record(session, CLI, event, manifest.made_at, {"with_keys": KEYS in manifest.parts})
    except Unavailable:
        return False
    finally:
        database.close()
    return True


def last_backup(database: Database) -> datetime | None:
    """Return when the last backup was made, as far as this instance knows.

    :raises Unavailable: the database cannot be reached
    """
    with database.glance() as session:
        row = session.one(
            "SELECT at FROM audit WHERE action = ? ORDER BY seq DESC LIMIT 1", (_ACTION,)
        )
    return None if row is None else instant.from_text(row["at"])


def _accept(_: Session) -> None:
    """Find nothing wrong with a copy."""
