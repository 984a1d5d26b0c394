"""Row-level security of PostgreSQL: the second wall between tenants.

Transactions of one tenant run as a role of their own, which owns nothing and is no superuser.
It reaches the tables that migrations name, and there the rows of the tenant whose id the
connection has in :data:`TENANT`; without one it reaches no row.
The role of the database URL owns the tables, and goes on seeing all.
"""

from collections.abc import Iterable

from scim.storage.database import Reach, Session

ROLE = "provisor_tenant"
"""What transactions of one tenant run as; one for all databases of a server."""

TENANT = "provisor.tenant"
"""The setting of a connection that says whose rows it reaches."""

_POLICY = "of_tenant"

_OWN = f"tenant_id = (SELECT current_setting('{TENANT}', true))"
"""Asked in a subquery, once for a statement and not for every row."""

_UNGUARDED = (
    "SELECT c.relname AS name FROM pg_class AS c"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
    " AND NOT c.relrowsecurity AND (c.relname = ANY(?) OR EXISTS"
    " (SELECT 1 FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'))"
    " ORDER BY c.relname"
)

_MISSING = (
    "SELECT r.name, r.privilege FROM unnest(?::text[], ?::text[]) AS r (name, privilege)"  # noqa: S608
    " WHERE to_regclass(r.name) IS NOT NULL"
    f" AND NOT has_table_privilege('{ROLE}', r.name, r.privilege)"
)

_UNCOUNTED = (
    "SELECT c.relname AS name FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid"  # noqa: S608
    " WHERE c.relnamespace = current_schema()::regnamespace"
    f" AND NOT has_sequence_privilege('{ROLE}', s.seqrelid, 'SELECT')"
)

_MAKE = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} NOLOGIN;
EXCEPTION
    -- another database of the server may have it already; who may make none is told so later
    WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$"""

# Who makes a role may not act as it for that alone, from PostgreSQL 16 on.
_JOIN = f"""
DO $$ BEGIN
    GRANT {ROLE} TO CURRENT_USER;
EXCEPTION
    WHEN undefined_object OR insufficient_privilege THEN NULL;
END $$"""

_SCHEMA = (
    f"SELECT format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema()) AS statement"
    f" WHERE NOT has_schema_privilege('{ROLE}', current_schema(), 'USAGE')"
)

BLIND = (
    "SELECT 1 FROM pg_class AS c WHERE c.relnamespace = current_schema()::regnamespace"
    " AND c.relrowsecurity AND row_security_active(c.oid) LIMIT 1"
)
"""Finds a row where policies hold the role that is to see all."""

TAKE = f"SET ROLE {ROLE}"

TRY = f"SET LOCAL ROLE {ROLE}"

HARMLESS = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}' AND NOT (rolsuper OR rolbypassrls)"  # noqa: S608

ENTER = f"SELECT set_config('{TENANT}', %s, false)".encode()

NO_WALL = (
    f"PostgreSQL does not keep tenants apart by itself: the role of PROVISOR_DATABASE_URL may not"
    f" act as {ROLE}. Let a superuser run: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO that role."
)


def entering(tenant_id: str) -> bytes:
    """Return what goes on behind a BEGIN, in the same message, for a transaction of a tenant."""
    quoted = tenant_id.replace("\\", "\\\\").replace("'", "''")
    return f"; SET LOCAL {TENANT} = E'{quoted}'".encode()


def guard(session: Session, reach: Iterable[Reach]) -> None:
    """Put a policy on every table that holds rows of tenants and has none yet."""
    owners = {each.table: each.owner for each in reach if each.owner}
    for row in session.all(_UNGUARDED, (list(owners),)):
        name = row["name"]
        session.run(f"DROP POLICY IF EXISTS {_POLICY} ON {name}")
        session.run(f"CREATE POLICY {_POLICY} ON {name} USING ({owners.get(name, _OWN)})")
        session.run(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")


def make_role(session: Session) -> None:
    """Make the role and let this one act as it, if it may do so."""
    session.run(_MAKE)
    session.run(_JOIN)


def let_in(session: Session, reach: Iterable[Reach]) -> None:
    """Let the role reach the tables it is for, and nothing else."""
    pairs = [(each.table, right) for each in reach for right in each.rights]
    names, rights = [name for name, _ in pairs], [right for _, right in pairs]
    for row in session.all(_MISSING, (names, rights)):
        session.run(f"GRANT {row['privilege']} ON {row['name']} TO {ROLE}")
    for row in session.all(_UNCOUNTED):
        session.run(f"GRANT SELECT ON SEQUENCE {row['name']} TO {ROLE}")
    for row in session.all(_SCHEMA):
        session.run(row["statement"])
