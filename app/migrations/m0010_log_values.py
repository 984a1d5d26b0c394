"""Whether the provisioning log keeps values, as an app chose."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0010_log_values",
    ("ALTER TABLE client_app ADD COLUMN log_values $text NOT NULL DEFAULT 'off'",),
)
