"""Where an instance keeps what a backup holds, and what its schema is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.log import migrations as log
from app.migrations import MIGRATIONS
from app.settings import Settings
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Migration

KEYS = "keys/kek"
"""The part that holds the key-encryption keys."""

LOG_TABLES = ("provisioning_log", "provisioning_count", "provisioning_hour")


@dataclass(frozen=True, slots=True)
class Place:
    """A database of an instance."""

    where: str | Path
    migrations: Sequence[Migration]


def places_of(settings: Settings) -> dict[str, Place]:
    """Return the databases of an instance: on PostgreSQL the log has none of its own."""
    if settings.database_url:
        return {
            "directory": Place(settings.database_url, (*DIRECTORY, *MIGRATIONS, *log.MIGRATIONS))
        }
    return {
        "directory": Place(settings.database, (*DIRECTORY, *MIGRATIONS)),
        "log": Place(settings.instance / "log.db", log.MIGRATIONS),
    }
