"""The life of signing keys, and the secret that cursors and cookies are sealed with."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0006_signing_keys",
    (
        "ALTER TABLE signing_key ADD COLUMN signs_from $text",
        "ALTER TABLE signing_key ADD COLUMN retired_at $text",
        "UPDATE signing_key SET signs_from = created_at",  # there was one, and it signed at once
        "CREATE UNIQUE INDEX signing_key_next ON signing_key (state) WHERE state = 'next'",
        # whether a token names a key, and whether a live one does
        "CREATE INDEX token_of_key ON token (kid, status, absolute_expires_at)",
        """
        CREATE TABLE root_secret (
            name $text PRIMARY KEY,
            secret TEXT NOT NULL,
            nonce TEXT NOT NULL,
            kek_id $text NOT NULL,
            created_at $text NOT NULL
        )
        """,
    ),
)
