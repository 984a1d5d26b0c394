"""What the database says of itself and of what is in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from app.audit import open_audit
from app.backup import last_backup
from app.backup.places import places_of
from app.doctor.findings import Finding, broken, odd, well
from app.keys import check_keys
from app.metrics.requests import counted_in
from app.settings import Settings
from app.versions import Versions, versions_of
from scim.instant import Clock, from_text, to_text
from scim.storage import Database

_OLD = timedelta(days=7)
"""How old the last backup may be."""

_SLOW = 5
_WRONG = 60
"""Seconds by which two clocks may differ: more than the first is odd, than the second broken."""


@dataclass(frozen=True, slots=True)
class Patient:
    """An instance whose database can be reached."""

    settings: Settings
    database: Database
    clock: Clock


def engine(patient: Patient) -> Iterator[Finding]:
    """Say which engine runs, and whether several workers may use it."""
    versions = versions_of(patient.database)
    taken = sum(is_taken for is_taken, _ in counted_in(patient.settings.instance))
    yield sharing(versions, taken)


def sharing(versions: Versions, workers: int) -> Finding:
    """Say whether some workers may use an engine."""
    fix = "Serve with one worker, or set PROVISOR_DATABASE_URL."
    if versions.is_safe:
        return well("database", f"{versions.database} answers")
    if workers > 1:
        told = f"{workers} workers share a file, which {versions.database} can corrupt"
        return broken("database", told, fix)
    return odd("database", f"{versions.database} can corrupt a file that workers share", fix)


def migrations(patient: Patient) -> Iterator[Finding]:
    """Say whether the schema is the one of this version."""
    place = places_of(patient.settings)["directory"]
    known = {each.name for each in place.migrations}
    with patient.database.glance() as session:
        applied = {row["name"] for row in session.all("SELECT name FROM schema_migration")}
    later = applied - known
    pending = {name for name in known - applied if not name.startswith("log/")}
    if later:
        yield broken(
            "migrations",
            f"The schema is of a later version: {', '.join(sorted(later))}",
            "Run that version, or restore a backup of this one elsewhere.",
        )
    elif pending:
        yield odd("migrations", f"{len(pending)} are due", "Run provisor migrate.")
    else:
        yield well("migrations", "The schema is up to date")


def keys(patient: Patient) -> Iterator[Finding]:
    """Say whether the keys that sign tokens can be opened."""
    if check_keys(patient.settings, patient.database):
        yield well("keys", "The keys that sign tokens can be opened")
    else:
        yield odd("keys", "There are none yet", "provisor migrate makes them.")


def clocks(patient: Patient) -> Iterator[Finding]:
    """Say whether the clock agrees with the database's, and with what was written down before."""
    now = patient.clock()
    with patient.database.read() as session:
        told = session.one(patient.database.words.clock)
        newest = session.one("SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
    apart = abs(now.timestamp() - float(told["epoch"])) if told else 0.0
    fix = "Set both clocks by NTP."
    if newest and from_text(newest["at"]) - now > timedelta(seconds=_WRONG):
        yield broken(
            "clock",
            f"It says {to_text(now)}, and the audit log has a line of {newest['at']}",
            "Set the clock by NTP: tokens and sessions live by it.",
        )
    elif apart > _WRONG:
        yield broken("clock", f"It is {apart:.0f} s apart from the database's", fix)
    elif apart > _SLOW:
        yield odd("clock", f"It is {apart:.0f} s apart from the database's", fix)
    else:
        yield well("clock", "It agrees with the database")


def backup(patient: Patient) -> Iterator[Finding]:
    """Say how old the last backup is."""
    made = last_backup(patient.database)
    fix = "Let cron run provisor backup FILE every day."
    if made is None:
        yield odd("backup", "provisor backup never made one", fix)
    elif patient.clock() - made > _OLD:
        yield odd("backup", f"The last one is of {to_text(made)}", fix)
    else:
        yield well("backup", f"The last one is of {to_text(made)}")


def audit(patient: Patient) -> Iterator[Finding]:
    """Say what came of the last look through the audit log."""
    last = open_audit(patient.database, patient.clock).checker.find_last()
    if last is None:
        yield well("audit log", "It was not checked yet")
    elif last.fault:
        yield broken("audit log", last.fault.rstrip("."), "Run provisor audit verify.")
    else:
        yield well("audit log", f"Nothing was tampered with, as of {last.checked_at}")


def log(patient: Patient) -> Iterator[Finding]:
    """Say whether the provisioning log keeps up."""
    if patient.settings.log != "on":
        yield well("provisioning log", "It is off")
        return
    slots = counted_in(patient.settings.instance)
    waiting = sum(cells[-2] for is_taken, cells in slots if is_taken)
    dropped = sum(cells[-1] for _, cells in slots)
    told = f"{waiting} rows wait, {dropped} were dropped since the first start"
    if dropped:
        yield odd(
            "provisioning log", told, "See the server's own log for what kept it, and the disk."
        )
    else:
        yield well("provisioning log", told)


CHECKS: dict[str, Callable[[Patient], Iterator[Finding]]] = {
    "database": engine,
    "migrations": migrations,
    "keys": keys,
    "clock": clocks,
    "backup": backup,
    "audit log": audit,
    "provisioning log": log,
}
