"""The seam on PostgreSQL: psycopg 3 and its pool."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import psycopg

from scim.storage import migrating
from scim.storage.baton import Baton
from scim.storage.database import PATIENCE, Migration, NotAllowed, Reach
from scim.storage.postgres_transactions import (
    Connections,
    PostgresSession,
    PostgresTransactions,
    translated,
)
from scim.storage.postgres_words import WORDS
from scim.storage.row_security import BLIND, HARMLESS, NO_WALL, TAKE, TRY, guard, let_in, make_role

_LOG = logging.getLogger(__name__)


class PostgresDatabase:
    """A directory in a PostgreSQL database that any number of workers share.

    :param connections: the most to keep of each of two kinds: those that reach all rows, and
        those that reach the rows of one tenant at a time
    :param row_security: whether there are to be any of the second kind
    """

    words = WORDS

    def __init__(self, url: str, connections: int, *, row_security: bool = True) -> None:
        self._is_to_have_wall = row_security
        self.baton = Baton()
        self._whole = Connections(url, connections, 1, _bound_waiting)
        self._parted = Connections(url, connections, 0, _take_role)
        self._has_wall = False
        self._all = PostgresTransactions(self._whole, self.baton)
        with translated():
            # The pool would keep trying; a first connection of our own says at once what is wrong.
            psycopg.connect(url, connect_timeout=int(PATIENCE)).close()
            self._whole.pool.open(wait=True, timeout=PATIENCE)

    def read(self) -> AbstractContextManager[PostgresSession]:
        """Open a transaction that sees one state of the database and changes nothing."""
        return self._all.read()

    def glance(self) -> AbstractContextManager[PostgresSession]:
        """Open what reads with a single statement, which needs no transaction around it."""
        return self._all.glance()

    def write(
        self, patience: float = PATIENCE, *, at_length: bool = False
    ) -> AbstractContextManager[PostgresSession]:
        """Open a transaction that commits when the block ends and rolls back when it raises."""
        return self._all.write(patience, at_length=at_length)

    def of(self, tenant_id: str | None) -> PostgresTransactions:
        """Return transactions that can do nothing to the rows of other tenants."""
        if not self._has_wall:
            return self._all
        return PostgresTransactions(self._parted, self.baton, tenant_id)

    def migrate(self, migrations: Iterable[Migration]) -> list[str]:
        """Apply the migrations not applied yet, in order, and return their names."""
        wanted = tuple(migrations)
        try:
            applied = migrating.apply(self, wanted)
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotAllowed(
                "The role of PROVISOR_DATABASE_URL may not bring the tables up to date: let their"
                " owner run provisor migrate first."
            ) from error
        if self._is_to_have_wall:
            self._build_wall([each for migration in wanted for each in migration.reach])
        with self.glance() as session:
            if session.one(BLIND):
                raise NotAllowed(
                    "The role of PROVISOR_DATABASE_URL sees no rows: it neither owns the tables nor"
                    " has BYPASSRLS."
                )
        return applied

    def close(self) -> None:
        """Close every connection; the database is not used afterwards."""
        self._parted.pool.close()
        self._whole.pool.close()

    def _build_wall(self, reach: Sequence[Reach]) -> None:
        with self.write() as session:
            session.lock("schema_migration")
            guard(session, reach)
            if not _may_take_role(session):
                make_role(session)
            has_wall = _may_take_role(session)
            if has_wall:
                let_in(session, reach)
        if has_wall and not self._has_wall:
            self._parted.pool.open()
        elif not has_wall:
            _LOG.warning(NO_WALL)
        self._has_wall = has_wall


def _bound_waiting(connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"SET lock_timeout = {int(PATIENCE * 1000)}")  # milliseconds


def _take_role(connection: psycopg.Connection[Any]) -> None:
    _bound_waiting(connection)
    connection.execute(TAKE)


def _may_take_role(session: PostgresSession) -> bool:
    """Whether transactions of a tenant can run as the role, and it is one that policies hold."""
    try:
        with session.savepoint():
            session.run(TRY)
            session.run("RESET ROLE")
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
        return False
    return session.one(HARMLESS) is not None
