"""How many resources tenants have: the one question that is asked of several at a time."""

from collections.abc import Sequence

from scim.storage import Database
from scim.storage.counts import totals


def sizes(database: Database, tenant_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return how many resources tenants have, by tenant and type, of those that there are."""
    with database.read() as session:
        return totals(session, tenant_ids) if tenant_ids else {}
