"""Which form an app or a client secret comes from, so that none makes two."""

from scim.storage import Migration

MIGRATION = Migration(
    "app/0012_forms",
    (
        "ALTER TABLE client_app ADD COLUMN form_id $text",
        "CREATE UNIQUE INDEX client_app_of_form ON client_app (form_id)",
        "ALTER TABLE client_secret ADD COLUMN form_id $text",
        "CREATE UNIQUE INDEX client_secret_of_form ON client_secret (form_id)",
    ),
)
