"""How SQLite spells what engines spell differently."""

from scim.storage.database import Words

WORDS = Words(
    identity="INTEGER PRIMARY KEY AUTOINCREMENT",
    keyed=" WITHOUT ROWID",  # else a row stands in the table and in the index of its key
    text="TEXT",
    json="BLOB",
    json_value="jsonb(?)",
    json_text="json({})",
    by_code_point="",
    elements="json_each",
    contains="instr({}, {}) > 0",
    json_part="({1} -> '{0}')",
    json_quoted="json_quote({})",
    json_members="substr(CAST({0} AS BLOB), 2, octet_length({0}) - 2)",  # it counts no characters
    joined="group_concat({}, ',' ORDER BY {})",
    gathered="group_concat({}, ',')",
    lock_row="",
    skip_locked="",
    lane="0",  # there is one writer at a time
    counted_to="SELECT COALESCE(MAX({1}), 0) AS number FROM {0}",
    adding="SELECT '' AS writer WHERE 0",  # who reads sees no writer that has not ended
    append_only=(
        (
            "CREATE TRIGGER {0}_is_not_changed BEFORE UPDATE ON {0}"
            " BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END"
        ),
        (
            "CREATE TRIGGER {0}_is_not_deleted BEFORE DELETE ON {0}"
            " BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END"
        ),
        # INSERT OR REPLACE deletes without asking the trigger above
        (
            "CREATE TRIGGER {0}_is_not_replaced BEFORE INSERT ON {0}"
            " WHEN EXISTS (SELECT 1 FROM {0} WHERE rowid = NEW.rowid)"
            " BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END"
        ),
    ),
    table_named="SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
    size="SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
    connections="SELECT '' AS state, 0 AS number WHERE 0",  # a file that anybody may open
    clock="SELECT (julianday('now') - 2440587.5) * 86400.0 AS epoch",
    version="SELECT 'SQLite ' || sqlite_version() AS version",
)
