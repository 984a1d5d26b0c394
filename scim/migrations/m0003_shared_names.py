"""Groups that may have the name of another."""

from scim.storage import Migration

MIGRATION = Migration(
    "scim/0003_shared_names",
    (
        # 1 where no other exclusive resource may have the unique key, 0 where it may be shared.
        "ALTER TABLE resource ADD COLUMN exclusive INTEGER NOT NULL DEFAULT 1",
        "DROP INDEX resource_unique_key",
        # Partial for the reason given in 0001 too.
        """
        CREATE UNIQUE INDEX resource_unique_key ON resource (tenant_id, type, unique_key)
        WHERE exclusive = 1 AND unique_key IS NOT NULL
        """,
        # For looking a key up. It ends in the order of lists: else both engines, which cannot
        # know any more that one row has the key, would rather walk the whole list in its order.
        "CREATE INDEX resource_by_key ON resource (tenant_id, type, unique_key, seq)",
    ),
)
