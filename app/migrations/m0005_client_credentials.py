"""What an app proves itself with at the token endpoint, and which tokens it gets there."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0005_client_credentials",
    (
        "ALTER TABLE client_app ADD COLUMN token_style $text NOT NULL DEFAULT 'long-lived'",
        "ALTER TABLE token ADD COLUMN style $text NOT NULL DEFAULT 'long-lived'",
        # The secret itself is not here. A wrong one finds no row, whether or not there is such an
        # app: both take the same time.
        """
        CREATE TABLE client_secret (
            seq $identity,
            id $text NOT NULL UNIQUE,
            app_id $text NOT NULL REFERENCES client_app (id) ON DELETE CASCADE,
            secret_sha256 $text NOT NULL UNIQUE,
            hint $text NOT NULL,
            label TEXT NOT NULL,
            created_at $text NOT NULL,
            created_by $text NOT NULL,
            last_used_at $text,
            last_used_ip $text
        )
        """,
        "CREATE INDEX client_secret_of_app ON client_secret (app_id, seq)",
        # The public keys an app signs assertions with, as one JWK Set.
        """
        CREATE TABLE client_jwks (
            app_id $text PRIMARY KEY REFERENCES client_app (id) ON DELETE CASCADE,
            jwks TEXT NOT NULL,
            set_at $text NOT NULL,
            set_by $text NOT NULL
        )
        """,
        # Assertions that were used, until they expire: each is good for once.
        """
        CREATE TABLE client_assertion (
            app_id $text NOT NULL REFERENCES client_app (id) ON DELETE CASCADE,
            jti_sha256 $text NOT NULL,
            expires_at $text NOT NULL,
            PRIMARY KEY (app_id, jti_sha256)
        )
        """,
        "CREATE INDEX client_assertion_by_end ON client_assertion (expires_at)",
    ),
)
