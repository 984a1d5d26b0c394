"""Provisioning apps, who may manage them, their service accounts and tokens, and signing keys."""

from scim.storage import Migration, Reach

MIGRATION = Migration(
    "app/0002_client_apps",
    (
        """
        CREATE TABLE client_app (
            seq $identity,
            id $text NOT NULL UNIQUE,
            tenant_id $text NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            type $text NOT NULL,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            scim_enabled INTEGER NOT NULL,
            profile $text NOT NULL,
            created_at $text NOT NULL,
            created_by $text NOT NULL
        )
        """,
        "CREATE INDEX client_app_of_tenant ON client_app (tenant_id)",
        """
        CREATE TABLE app_member (
            app_id $text NOT NULL REFERENCES client_app (id) ON DELETE CASCADE,
            admin_id $text NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
            role $text NOT NULL,
            given_by $text NOT NULL,
            given_at $text NOT NULL,
            PRIMARY KEY (app_id, admin_id)
        )
        """,
        "CREATE INDEX app_member_of_admin ON app_member (admin_id)",
        """
        CREATE TABLE service_account (
            id $text PRIMARY KEY,
            app_id $text NOT NULL UNIQUE REFERENCES client_app (id) ON DELETE CASCADE,
            created_at $text NOT NULL
        )
        """,
        # The row says whether a token is alive; the token itself is not here, only its SHA-256.
        # No unique index on active: two are alive while a rotation runs. The lock on the app's
        # row keeps the count.
        """
        CREATE TABLE token (
            seq $identity,
            jti $text NOT NULL UNIQUE,
            tenant_id $text NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            app_id $text NOT NULL REFERENCES client_app (id) ON DELETE CASCADE,
            service_account_id $text NOT NULL REFERENCES service_account (id) ON DELETE CASCADE,
            kid $text NOT NULL,
            token_sha256 $text NOT NULL UNIQUE,
            hint $text NOT NULL,
            label TEXT NOT NULL,
            scope $text NOT NULL,
            status $text NOT NULL,
            created_at $text NOT NULL,
            created_by $text NOT NULL,
            issued_via $text NOT NULL,
            first_used_at $text,
            last_used_at $text,
            last_used_ip $text,
            last_used_agent TEXT,
            renew_count INTEGER NOT NULL,
            idle_expires_at $text NOT NULL,
            absolute_expires_at $text NOT NULL,
            revoked_at $text,
            revoked_by $text,
            revoke_reason TEXT,
            ip_allow $text,
            successor_of $text,
            ends_at $text
        )
        """,
        "CREATE INDEX token_of_app ON token (app_id, seq)",
        "CREATE INDEX token_of_tenant ON token (tenant_id)",
        "CREATE INDEX token_of_service_account ON token (service_account_id)",
        # public_jwk is for the world to read (RFC 7517); private_key is encrypted.
        """
        CREATE TABLE signing_key (
            kid $text PRIMARY KEY,
            alg $text NOT NULL,
            public_jwk TEXT NOT NULL,
            private_key TEXT NOT NULL,
            nonce TEXT NOT NULL,
            kek_id $text NOT NULL,
            state $text NOT NULL,
            created_at $text NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX signing_key_active ON signing_key (state) WHERE state = 'active'",
        # Every URL this instance was reached at: a token names the one of its day.
        """
        CREATE TABLE public_url (
            url $text PRIMARY KEY,
            since $text NOT NULL
        )
        """,
    ),
    # read to learn whose request it is, so before there is a tenant to reach the rows of
    reach=(
        Reach("client_app", ("SELECT",), owner="true"),
        Reach("token", ("SELECT",), owner="true"),
    ),
)
