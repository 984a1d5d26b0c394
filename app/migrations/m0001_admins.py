"""Who may sign in to the console, and the audit log of what was done."""

from scim.storage import Migration, Reach

MIGRATION = Migration(
    "app/0001_admins",
    (
        # email_key is the e-mail address as it is compared: NFC, lower case.
        """
        CREATE TABLE admin (
            id $text PRIMARY KEY,
            email TEXT NOT NULL,
            email_key $text NOT NULL UNIQUE,
            role $text NOT NULL,
            password_hash TEXT NOT NULL,
            created_at $text NOT NULL
        )
        """,
        # The cookie holds the secret, the row its SHA-256: a stolen database opens no session.
        """
        CREATE TABLE console_session (
            secret_sha256 $text PRIMARY KEY,
            admin_id $text NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
            created_at $text NOT NULL,
            last_seen_at $text NOT NULL
        )
        """,
        "CREATE INDEX console_session_of ON console_session (admin_id)",
        """
        CREATE TABLE setup_link (
            secret_sha256 $text PRIMARY KEY,
            created_at $text NOT NULL
        )
        """,
        """
        CREATE TABLE audit (
            seq $identity,
            at $text NOT NULL,
            tenant_id $text,
            actor $text NOT NULL,
            address TEXT,
            action $text NOT NULL,
            object_type $text NOT NULL,
            object_id $text NOT NULL,
            detail TEXT NOT NULL
        )
        """,
        "CREATE INDEX audit_of_object ON audit (object_type, object_id, seq)",
    ),
    # what changes in a directory leaves a line, and reads none
    reach=(Reach("audit", ("INSERT",)),),
)
