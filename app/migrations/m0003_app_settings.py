"""What an app chose where identity providers disagree; the profile stands there already."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0003_app_settings",
    (
        "ALTER TABLE client_app ADD COLUMN patch_answer $text NOT NULL DEFAULT '200'",
        "ALTER TABLE client_app ADD COLUMN group_names $text NOT NULL DEFAULT 'unique'",
        "ALTER TABLE client_app ADD COLUMN deletion $text NOT NULL DEFAULT 'remove'",
    ),
)
