"""What runs here: the versions that somebody who helps will ask for."""

import platform
from dataclasses import dataclass
from importlib.metadata import version

from scim.storage import Database, shares_files_safely

_PACKAGES = ("provisor", "Flask", "granian", "scim2-models", "cryptography")


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the product and of what it stands on."""

    database: str
    packages: dict[str, str]
    is_safe: bool
    """Whether several processes may use the database at hand."""


def versions_of(database: Database) -> Versions:
    """Return the versions of an instance.

    :raises Unavailable: the database cannot be reached
    """
    with database.glance() as session:
        row = session.one(database.words.version)
    engine = str(row["version"]) if row else ""
    packages = {"Python": platform.python_version()} | {name: version(name) for name in _PACKAGES}
    return Versions(engine, packages, not engine.startswith("SQLite") or shares_files_safely())
