"""Which identity provider an app is for, as far as somebody said so."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0011_provider",
    ("ALTER TABLE client_app ADD COLUMN provider $text NOT NULL DEFAULT 'custom'",),
)
