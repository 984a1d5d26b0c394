"""One check after the other, whatever has become of those before."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from app.doctor import machine, storage
from app.doctor.findings import Finding, broken, odd
from app.environment import read_settings
from app.keys import KeyringError
from app.settings import Settings, SettingsError
from scim.instant import Clock
from scim.storage import Database, StorageError, open_database

_REACH = "Check PROVISOR_DATABASE_URL and PROVISOR_INSTANCE, and that the database runs."

_CHANGE = "Change it as that says."

_END = re.compile(r"[;.] ")
"""Where a sentence goes on with what to do."""


def examine(environment: Mapping[str, str], clock: Clock) -> Iterator[Finding]:
    """Say what is right and what is wrong with an installation; nothing is changed."""
    try:
        settings = read_settings(environment)
    except SettingsError as error:
        yield broken("settings", str(error).rstrip("."), "All else is looked at after that.")
        return
    for name, check in machine.CHECKS.items():
        yield from _checked(name, partial(check, settings))
    yield from _checked("database", partial(_storage, settings, clock))


def _storage(settings: Settings, clock: Clock) -> Iterator[Finding]:
    where = settings.database
    if isinstance(where, Path) and not (where.exists() and where.stat().st_size):
        yield odd("database", f"{where} is not there yet", "provisor migrate makes it.")
        return
    database = open_database(where)
    try:
        yield from _inside(storage.Patient(settings, database, clock))
    finally:
        database.close()


def _inside(patient: storage.Patient) -> Iterator[Finding]:
    if not _has_tables(patient.database):
        yield odd("database", "It holds no tables yet", "Run provisor migrate.")
        return
    for name, check in storage.CHECKS.items():
        yield from _checked(name, partial(check, patient))


def _has_tables(database: Database) -> bool:
    try:
        with database.glance() as session:
            return session.one("SELECT name FROM schema_migration") is not None
    except StorageError:
        raise
    except Exception:  # noqa: BLE001 - what each engine says of a table that is not there
        return False


def _checked(name: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Return what a check finds, and what keeps it from finding anything."""
    try:
        yield from check()
    except (SettingsError, KeyringError) as error:
        told, *fixes = _END.split(_line(error), maxsplit=1)
        yield broken(name, told, f"{fixes[0][:1].upper()}{fixes[0][1:]}." if fixes else _CHANGE)
    except StorageError as error:
        yield broken(name, f"It cannot be used: {_line(error)}", _REACH)
    except OSError as error:
        yield broken(name, f"A file cannot be used: {_line(error)}", "Let the server use it.")
    except Exception as error:  # noqa: BLE001 - a doctor does not faint
        told = f"It cannot be looked at ({type(error).__name__})"
        yield broken(name, told, "Run provisor migrate; if that does not help, report it.")


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
