"""From which networks each app is used, so that a new one is noticed."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0004_networks",
    (
        """
        CREATE TABLE known_network (
            app_id $text NOT NULL REFERENCES client_app (id) ON DELETE CASCADE,
            network $text NOT NULL,
            first_seen_at $text NOT NULL,
            PRIMARY KEY (app_id, network)
        )
        """,
    ),
)
