"""The audit log as it is searched, sealed and kept: what is in it never changes again."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0009_audit",
    (
        # no references: lines outlive the apps and tenants they tell of
        "ALTER TABLE audit ADD COLUMN app_id $text",
        "ALTER TABLE audit ADD COLUMN request_id TEXT",
        "UPDATE audit SET app_id = object_id WHERE object_type = 'app'",
        (
            "UPDATE audit SET app_id = (SELECT client_secret.app_id FROM client_secret"
            " WHERE client_secret.id = audit.object_id) WHERE object_type = 'client-secret'"
        ),
        (
            "UPDATE audit SET app_id = (SELECT token.app_id FROM token"
            " WHERE token.jti = audit.object_id) WHERE object_type = 'token'"
        ),
        (
            "UPDATE audit SET app_id = (SELECT service_account.app_id FROM service_account"
            " WHERE service_account.id = audit.object_id) WHERE object_type = 'service-account'"
        ),
        (
            "UPDATE audit SET app_id = (SELECT service_account.app_id FROM service_account"
            " WHERE 'service-account:' || service_account.id = audit.actor)"
            " WHERE app_id IS NULL AND actor LIKE 'service-account:%'"
        ),
        "DROP INDEX audit_of_object",
        "CREATE INDEX audit_of_object ON audit (object_id, seq)",
        "CREATE INDEX audit_of_app ON audit (app_id, seq)",
        "CREATE INDEX audit_of_action ON audit (action, seq)",
        # those that are no service accounts: few lines, and most changes need not write to it
        (
            "CREATE INDEX audit_of_actor ON audit (actor, seq)"
            " WHERE actor < 'service-account:' OR actor > 'service-account;'"
        ),
        # A seal is about the lines after the one before, up to to_seq; runs are those there were,
        # and sha256 is over all of that, the lines, and the seal before.
        """
        CREATE TABLE audit_seal (
            number INTEGER PRIMARY KEY,
            from_seq BIGINT NOT NULL,
            to_seq BIGINT NOT NULL,
            count INTEGER NOT NULL,
            runs TEXT NOT NULL,
            sealed_at $text NOT NULL,
            sha256 $text NOT NULL
        )
        """,
        # One row: what came of looking through it all the last time.
        """
        CREATE TABLE audit_check (
            id INTEGER PRIMARY KEY,
            checked_at $text NOT NULL,
            lines BIGINT NOT NULL,
            fault TEXT NOT NULL
        )
        """,
    ),
    append_only=("audit", "audit_seal"),
)
