"""How PostgreSQL spells what the engines spell differently."""

from scim.storage.database import Words

WORDS = Words(
    identity="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    keyed="",
    text='TEXT COLLATE "C"',
    json="JSONB",
    json_value="CAST(? AS jsonb)",
    json_text="CAST({} AS text)",
    by_code_point=' COLLATE "C"',
    elements="jsonb_array_elements",
    contains="strpos({}, {}) > 0",
    json_part="CAST(CAST({1} AS json) -> '{0}' AS text)",
    json_quoted="CAST(to_json({}) AS text)",
    json_members="substr({0}, 2, length({0}) - 2)",
    joined="string_agg({}, ',' ORDER BY {})",
    gathered="string_agg({}, ',')",
    # weaker than FOR UPDATE: a row may gain referring rows (a user joins another group) meanwhile
    lock_row=" FOR NO KEY UPDATE",
    skip_locked=" FOR NO KEY UPDATE SKIP LOCKED",
    lane="pg_backend_pid() % 16",
    counted_to="SELECT COALESCE(pg_sequence_last_value(CAST("
    "pg_get_serial_sequence('{0}', '{1}') AS regclass)), 0) AS number",
    # An INSERT takes this lock before it counts, and keeps it until the transaction is over for
    # whoever looks later.
    adding="SELECT DISTINCT virtualtransaction AS writer FROM pg_locks"
    " WHERE locktype = 'relation' AND relation = CAST('{}' AS regclass)"
    " AND mode = 'RowExclusiveLock' AND granted",
    append_only=(
        (
            "CREATE FUNCTION {0}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RAISE EXCEPTION ''{0} is append-only''"
            " USING ERRCODE = ''integrity_constraint_violation''; END'"
        ),
        (
            "CREATE TRIGGER {0}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}"
            " EXECUTE FUNCTION {0}_is_append_only()"
        ),
        "REVOKE UPDATE, DELETE, TRUNCATE ON {0} FROM PUBLIC, CURRENT_USER",
    ),
    table_named="SELECT 1 WHERE to_regclass(?) IS NOT NULL",
    size="SELECT pg_database_size(current_database()) AS bytes",
    connections="SELECT COALESCE(state, 'unknown') AS state, COUNT(*) AS number"
    " FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1",
    clock="SELECT EXTRACT(EPOCH FROM clock_timestamp()) AS epoch",
    version="SELECT 'PostgreSQL ' || current_setting('server_version') AS version",
)
