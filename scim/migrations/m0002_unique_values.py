"""The values of unique attributes beyond the first of a resource type."""

from scim.storage import Migration, Reach

MIGRATION = Migration(
    "scim/0002_unique_values",
    (
        """
        CREATE TABLE unique_value (
            tenant_id $text NOT NULL,
            type $text NOT NULL,
            path $text NOT NULL,
            value $text NOT NULL,
            id $text NOT NULL,
            PRIMARY KEY (tenant_id, type, path, value),
            FOREIGN KEY (tenant_id, id) REFERENCES resource (tenant_id, id) ON DELETE CASCADE
        )
        """,
        "CREATE UNIQUE INDEX unique_value_of ON unique_value (tenant_id, id, path)",
    ),
    reach=(Reach("unique_value"),),
)
