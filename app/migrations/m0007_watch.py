"""What the watch keeps: on which days tokens were used, its warnings, and their deliveries."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0007_watch",
    (
        # At most 14 rows a token: the days of use up to its last one.
        """
        CREATE TABLE token_activity (
            jti $text NOT NULL REFERENCES token (jti) ON DELETE CASCADE,
            day $text NOT NULL,
            PRIMARY KEY (jti, day)
        )$keyed
        """,
        # The unique key is what makes a warning one, however many workers notice it.
        """
        CREATE TABLE notice (
            id $text PRIMARY KEY,
            jti $text NOT NULL REFERENCES token (jti) ON DELETE CASCADE,
            kind $text NOT NULL,
            about $text NOT NULL,
            stage INTEGER NOT NULL,
            made_at $text NOT NULL,
            UNIQUE (jti, kind, about, stage)
        )
        """,
        "CREATE INDEX notice_by_time ON notice (made_at)",
        # due_at is the lease too: who claims a delivery moves it on for as long as sending may take
        """
        CREATE TABLE delivery (
            notice_id $text NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
            channel $text NOT NULL,
            state $text NOT NULL,
            attempts INTEGER NOT NULL,
            due_at $text NOT NULL,
            ended_at $text,
            failure TEXT NOT NULL,
            PRIMARY KEY (notice_id, channel)
        )
        """,
        "CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'waiting'",
        """
        CREATE TABLE periodic_step (
            name $text PRIMARY KEY,
            due_at $text NOT NULL,
            holder $text NOT NULL
        )
        """,
    ),
)
