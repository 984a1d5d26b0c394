"""An audit log to seal and to tamper with."""

from app.audit import CLI, Event, record
from app.migrations import MIGRATIONS as APP
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database

MOMENT = "2026-11-24T12:00:00.000000Z"


def with_tables(database: Database) -> Database:
    """Return the database with every table made."""
    database.migrate((*DIRECTORY, *APP))
    return database


def write_lines(database: Database, count: int, start: int = 0) -> None:
    """Add lines that differ from each other, in one transaction."""
    with database.write() as session:
        for number in range(start, start + count):
            event = Event("user.create", "User", f"user-{number}", "a-tenant", "an-app")
            record(session, CLI, event, MOMENT, {"version": number})


def without_triggers(database: Database, engine: str) -> None:
    """Do what an attacker does who may do everything to the database."""
    with database.write() as session:
        for table in ("audit", "audit_seal"):
            if engine == "postgresql":
                session.run(f"DROP TRIGGER {table}_is_kept ON {table}")
            else:
                for what in ("changed", "deleted", "replaced"):
                    session.run(f"DROP TRIGGER {table}_is_not_{what}")
