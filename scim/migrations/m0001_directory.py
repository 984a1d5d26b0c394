"""Tenants, their resources, and the members of their groups."""

from scim.storage import Migration, Reach

MIGRATION = Migration(
    "scim/0001_directory",
    (
        """
        CREATE TABLE tenant (
            id $text PRIMARY KEY,
            name $text NOT NULL UNIQUE,
            created_at $text NOT NULL
        )
        """,
        # doc is what a client sees, without id, meta, members and groups.
        # folded is what filters and sorts compare: the same shape, every value in its comparison
        # form as text.
        """
        CREATE TABLE resource (
            seq $identity,
            tenant_id $text NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            type $text NOT NULL,
            id $text NOT NULL,
            unique_key $text,
            doc TEXT NOT NULL,
            folded $json NOT NULL,
            version INTEGER NOT NULL,
            created_at $text NOT NULL,
            modified_at $text NOT NULL,
            UNIQUE (tenant_id, id)
        )
        """,
        # Lists come in the order of creation.
        "CREATE INDEX resource_in_order ON resource (tenant_id, type, seq)",
        # Partial, so that PostgreSQL takes a rename for what it is: no change of a key that
        # rows refer to, which would lock out those who add the row to a group.
        """
        CREATE UNIQUE INDEX resource_unique_key ON resource (tenant_id, type, unique_key)
        WHERE unique_key IS NOT NULL
        """,
        # One row a member. The group and the member belong to the same tenant because both keys
        # carry it.
        """
        CREATE TABLE member (
            seq $identity,
            tenant_id $text NOT NULL,
            group_id $text NOT NULL,
            value $text NOT NULL,
            display TEXT,
            folded_display $text,
            UNIQUE (tenant_id, group_id, value),
            FOREIGN KEY (tenant_id, group_id) REFERENCES resource (tenant_id, id) ON DELETE CASCADE,
            FOREIGN KEY (tenant_id, value) REFERENCES resource (tenant_id, id) ON DELETE CASCADE
        )
        """,
        "CREATE INDEX member_of ON member (tenant_id, value, group_id)",
    ),
    reach=(Reach("resource"), Reach("member")),
)
