"""What holds people to their access: failures at the sign-in, second factors, links, sessions."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0008_access",
    (
        "ALTER TABLE admin ADD COLUMN disabled_at $text",
        # When the admin last proved who they are; and what tells one session from another.
        "ALTER TABLE console_session ADD COLUMN proved_at $text",
        "ALTER TABLE console_session ADD COLUMN address $text",
        "ALTER TABLE console_session ADD COLUMN agent TEXT",
        # Attempts since the last success, by account or by device: the key is a keyed hash,
        # for what people enter as an e-mail address is sometimes a password.
        """
        CREATE TABLE sign_in_attempts (
            key $text PRIMARY KEY,
            attempts INTEGER NOT NULL,
            waits_until $text NOT NULL,
            last_at $text NOT NULL
        )
        """,
        "CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at)",
        # Attempts of a minute, by network and of all.
        """
        CREATE TABLE sign_in_minute (
            key $text NOT NULL,
            minute $text NOT NULL,
            attempts INTEGER NOT NULL,
            PRIMARY KEY (key, minute)
        )
        """,
        "CREATE INDEX sign_in_minute_by_time ON sign_in_minute (minute)",
        # A browser in which an admin signed in before; its cookie holds the secret.
        """
        CREATE TABLE known_device (
            secret_sha256 $text PRIMARY KEY,
            admin_id $text NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
            last_used_at $text NOT NULL
        )
        """,
        "CREATE INDEX known_device_of ON known_device (admin_id)",
        # Whose password was right and who owes the second factor.
        """
        CREATE TABLE half_sign_in (
            secret_sha256 $text PRIMARY KEY,
            admin_id $text NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
            created_at $text NOT NULL
        )
        """,
        "CREATE INDEX half_sign_in_of ON half_sign_in (admin_id)",
        # confirmed_at is empty until a first code was right; last_step makes a code good once.
        """
        CREATE TABLE second_factor (
            admin_id $text PRIMARY KEY REFERENCES admin (id) ON DELETE CASCADE,
            sealed_key TEXT NOT NULL,
            nonce $text NOT NULL,
            created_at $text NOT NULL,
            confirmed_at $text,
            last_step INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE recovery_code (
            admin_id $text NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
            code_sha256 $text NOT NULL,
            PRIMARY KEY (admin_id, code_sha256)
        )
        """,
        # An invitation names an e-mail address and a role, a reset the admin.
        """
        CREATE TABLE admin_link (
            secret_sha256 $text PRIMARY KEY,
            admin_id $text REFERENCES admin (id) ON DELETE CASCADE,
            email TEXT NOT NULL,
            email_key $text NOT NULL UNIQUE,
            role $text NOT NULL,
            created_at $text NOT NULL,
            created_by $text NOT NULL
        )
        """,
        "CREATE INDEX admin_link_of ON admin_link (admin_id)",
    ),
)
