"""Applying migrations, the same way on every engine."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from string import Template

from scim.storage.database import Database, Migration, Session, Words

LEDGER = "schema_migration"
"""The table of the migrations that were applied."""

_LEDGER = "CREATE TABLE schema_migration (name TEXT PRIMARY KEY NOT NULL, applied_at TEXT NOT NULL)"

_MADE = re.compile(r"\s*CREATE TABLE (\w+)")


def tables_of(migrations: Iterable[Migration]) -> set[str]:
    """Return the names of the tables that migrations make, and of the ledger."""
    statements = (each for migration in migrations for each in migration.statements)
    return {LEDGER} | {found[1] for found in map(_MADE.match, statements) if found}


def apply(database: Database, migrations: Iterable[Migration]) -> list[str]:
    """Apply what is pending, a transaction each, and return the names of what was applied."""
    with database.write() as session:
        session.lock(LEDGER)
        _begin(session, database.words)
    applied = []
    for migration in migrations:
        with database.write() as session:
            session.lock(LEDGER)
            if _pending(session, migration):
                _run(session, migration, database.words)
                applied.append(migration.name)
    return applied


def apply_in(session: Session, words: Words, migrations: Iterable[Migration]) -> None:
    """Apply what is pending in a transaction that is open."""
    _begin(session, words)
    for migration in migrations:
        if _pending(session, migration):
            _run(session, migration, words)


def _begin(session: Session, words: Words) -> None:
    # to say IF NOT EXISTS takes the right to make tables, whether one is made or not
    if session.one(words.table_named, (LEDGER,)) is None:
        session.run(_LEDGER)


def _pending(session: Session, migration: Migration) -> bool:
    found = session.one("SELECT name FROM schema_migration WHERE name = ?", (migration.name,))
    return found is None


def _run(session: Session, migration: Migration, words: Words) -> None:
    spelled = {
        "identity": words.identity,
        "text": words.text,
        "json": words.json,
        "elements": words.elements,
        "keyed": words.keyed,
    }
    for statement in migration.statements:
        session.run(Template(statement).substitute(spelled))
    for table in migration.append_only:
        for statement in words.append_only:
            session.run(statement.format(table))
    session.run(
        "INSERT INTO schema_migration (name, applied_at) VALUES (?, ?)",
        (migration.name, datetime.now(UTC).isoformat()),
    )
