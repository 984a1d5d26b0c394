"""A directory by itself, for a program that has no use for the application around it."""

from scim import instant
from scim.client import Client
from scim.directory import Directory
from scim.migrations import MIGRATIONS
from scim.provider import PROVIDER, Provider
from scim.query.cursors import Cursors
from scim.storage import Database, Session
from scim.storage.resources import Record
from scim.unit import Recorder

_SECRET_BYTES = 32


def _keep_nothing(session: Session, client: Client, action: str, record: Record, now: str) -> None:
    """Let a change be made without a record of who made it."""


def open_directory(
    database: Database,
    secret: bytes,
    *,
    provider: Provider = PROVIDER,
    record: Recorder = _keep_nothing,
    clock: instant.Clock = instant.now,
) -> Directory:
    """Return the directory of a database, whose tables are made and brought up to date first.

    :param secret: 32 random bytes that stay the same: cursors are sealed with them
    :param record: called in the transaction of each change, to keep who made it
    :raises ValueError: the secret is too short
    :raises Unavailable: the database cannot be reached
    """
    if len(secret) < _SECRET_BYTES:
        raise ValueError(f"The secret has {_SECRET_BYTES} random bytes.")
    database.migrate(MIGRATIONS)
    cursors = Cursors(secret, clock, provider.limits.cursor_timeout)
    return Directory(database, clock, record, provider, cursors)


def add_tenant(database: Database, tenant_id: str, clock: instant.Clock = instant.now) -> None:
    """Make a tenant unless it is there; every resource belongs to one."""
    with database.write() as session:
        session.run(
            "INSERT INTO tenant (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (tenant_id, tenant_id, instant.to_text(clock())),
        )
