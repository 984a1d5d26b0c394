"""The tables of a database as its engine describes them."""

from dataclasses import dataclass

from scim.storage import Database, Session

LEDGER = "schema_migration"


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    is_required: bool
    """Whether every row has a value."""

    is_key: bool
    """Whether it is of the primary key."""

    type: str
    refers_to: str
    """The table and the column it refers to, or nothing."""


def tables_of(database: Database) -> dict[str, list[Column]]:
    """Return the columns of every table, in their order, as SQLite or PostgreSQL tells of them."""
    with database.read() as session:
        if "SQLite" in database.words.version:
            rows = session.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            names = [row["name"] for row in rows if not row["name"].startswith("sqlite_")]
            return {name: _in_sqlite(session, name) for name in names}
        rows = session.all(
            "SELECT table_name AS name FROM information_schema.tables"
            " WHERE table_schema = 'public' ORDER BY table_name"
        )
        return {row["name"]: _in_postgres(session, row["name"]) for row in rows}


def _in_sqlite(session: Session, table: str) -> list[Column]:
    refers = {
        row["from"]: f"{row['table']}.{row['to']}"
        for row in session.all(f"SELECT * FROM pragma_foreign_key_list('{table}')")  # noqa: S608 - a name from the schema
    }
    rows = session.all(f"SELECT * FROM pragma_table_info('{table}')")  # noqa: S608 - likewise
    return [
        Column(
            row["name"],
            bool(row["notnull"] or row["pk"]),
            bool(row["pk"]),
            row["type"].lower(),
            refers.get(row["name"], ""),
        )
        for row in rows
    ]


def _in_postgres(session: Session, table: str) -> list[Column]:
    keys = session.all(
        "SELECT column_name AS name FROM information_schema.table_constraints"
        " JOIN information_schema.key_column_usage USING (constraint_name, table_name)"
        " WHERE constraint_type = 'PRIMARY KEY' AND table_name = ?",
        (table,),
    )
    rows = session.all(
        "SELECT column_name AS name, is_nullable, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = ? ORDER BY ordinal_position",
        (table,),
    )
    names = {row["name"] for row in keys}
    return [
        Column(row["name"], row["is_nullable"] == "NO", row["name"] in names, row["data_type"], "")
        for row in rows
    ]
