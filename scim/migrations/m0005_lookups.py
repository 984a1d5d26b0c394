"""The values that resources are looked up by, and the moments they are asked for by."""

from scim.storage import Migration, Reach

_EXTENSION = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

# What stood in resources when this came to be. Of each: whose it is, the path, where the folded
# document has it, and the list of elements to look into, if it is one.
_ALL, _USERS = "1 = 1", "r.type = 'User'"
_FILLED = (
    (_ALL, "externalId", "r.folded ->> 'externalId'", ""),
    (_USERS, "displayName", "r.folded ->> 'displayName'", ""),
    (_USERS, "name.familyName", "r.folded -> 'name' ->> 'familyName'", ""),
    (_USERS, "name.givenName", "r.folded -> 'name' ->> 'givenName'", ""),
    (_USERS, "active", "r.folded ->> 'active'", ""),
    (_USERS, "emails.value", "e.value ->> 'value'", "r.folded -> 'emails'"),
    (_USERS, "phoneNumbers.value", "e.value ->> 'value'", "r.folded -> 'phoneNumbers'"),
    (
        _USERS,
        f"{_EXTENSION}:employeeNumber",
        f"r.folded -> '{_EXTENSION}' ->> 'employeeNumber'",
        "",
    ),
    (
        _USERS,
        f"{_EXTENSION}:manager.value",
        f"r.folded -> '{_EXTENSION}' -> 'manager' ->> 'value'",
        "",
    ),
)


def _paths(whose: str, path: str) -> str:
    return f"""
        INSERT INTO lookup_path (tenant_id, type, path)
        SELECT DISTINCT r.tenant_id, r.type, '{path}' FROM resource AS r WHERE {whose}
        """  # noqa: S608 - words from above


def _values(whose: str, path: str, value: str, elements: str) -> str:
    # in the order of the key, so that a table of any size is filled from its beginning to its end
    each, distinct = (f", $elements({elements}) AS e", "DISTINCT") if elements else ("", "")
    return f"""
        INSERT INTO lookup (path_id, value, seq)
        SELECT {distinct} p.id, substr({value}, 1, 512), r.seq FROM resource AS r
        JOIN lookup_path AS p ON p.tenant_id = r.tenant_id AND p.type = r.type{each}
        WHERE p.path = '{path}' AND {whose} AND ({value}) IS NOT NULL ORDER BY 1, 2, 3
        """  # noqa: S608 - words from above


MIGRATION = Migration(
    "scim/0005_lookups",
    (
        # A path of one type of one tenant. It stands here once, and rows of lookup name it by its
        # number: the words would be two thirds of them.
        """
        CREATE TABLE lookup_path (
            id $identity,
            tenant_id $text NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            type $text NOT NULL,
            path $text NOT NULL,
            UNIQUE (tenant_id, type, path)
        )
        """,
        # One row for each different value of a resource at a path, in its comparison form, cut
        # where an index would not take it.
        # No foreign keys: one to the resource needs an index as large as this table, and for one
        # to the path PostgreSQL locks that row for every value that is added.
        """
        CREATE TABLE lookup (
            path_id BIGINT NOT NULL,
            value $text NOT NULL,
            seq BIGINT NOT NULL,
            PRIMARY KEY (path_id, value, seq)
        )$keyed
        """,
        *(_paths(whose, path) for whose, path, *_ in _FILLED),
        *(_values(*filled) for filled in _FILLED),
        "CREATE INDEX resource_by_creation ON resource (tenant_id, type, created_at, seq)",
        "CREATE INDEX resource_by_change ON resource (tenant_id, type, modified_at, seq)",
    ),
    reach=(
        Reach("lookup_path"),
        # the paths that are seen here are those of the tenant alone
        Reach("lookup", owner="path_id IN (SELECT id FROM lookup_path)"),
    ),
)
