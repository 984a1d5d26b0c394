"""How many resources there are of a type, without counting them."""

from scim.storage import Migration, Reach

MIGRATION = Migration(
    "scim/0004_resource_counts",
    (
        # A block is 4,096 consecutive numbers of the order of creation; a lane is a share of it,
        # so that writers on different connections need not wait for each other's row.
        """
        CREATE TABLE resource_count (
            tenant_id $text NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            type $text NOT NULL,
            block BIGINT NOT NULL,
            lane INTEGER NOT NULL,
            resources INTEGER NOT NULL,
            PRIMARY KEY (tenant_id, type, block, lane)
        )
        """,
        """
        INSERT INTO resource_count (tenant_id, type, block, lane, resources)
        SELECT tenant_id, type, seq / 4096, 0, count(*) FROM resource
        GROUP BY tenant_id, type, seq / 4096
        """,
    ),
    reach=(Reach("resource_count"),),
)
