"""A directory with one user and one group that no input of a fuzzer changes for the next one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from scim2_models import SCIMException

from scim import open_database
from scim.storage import Database, Session
from scim.storage.database import Transactions
from tests.contract.directories import (
    Caller,
    caller_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

_ADA = {
    "externalId": "42",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [
        {"value": "ada@example.com", "type": "work", "primary": True},
        {"value": "ada@example.org", "type": "home"},
    ],
    "addresses": [{"locality": "London", "type": "work"}],
    "x509Certificates": [{"value": "AAAA"}],
    "active": True,
    ENTERPRISE: {"employeeNumber": "7", "manager": {"value": "1"}},
}


class _UndoneError(Exception):
    """What was written went well, and is undone so that every input meets the same resources."""


class _Undoing:
    """A database whose transactions that write are rolled back."""

    def __init__(self, database: Database) -> None:
        self.words = database.words
        self.read = database.read
        self.glance = database.glance
        self.close = database.close
        self.migrate = database.migrate
        self._write = database.write

    def of(self, _tenant_id: str | None) -> Transactions:
        return self

    @contextmanager
    def write(self, patience: float = 1.0, *, at_length: bool = False) -> Iterator[Session]:
        with self._write(patience, at_length=at_length) as session:
            yield session
            raise _UndoneError


class Bench:
    """What the targets work on: clients of both profiles, a user and a group."""

    def __init__(self, folder: Path) -> None:
        self._database = open_database(folder / "provisor.db")
        directory = open_directory(self._database, _clock)
        tenant = new_tenant(self._database)
        caller = caller_of(directory, tenant)
        self.user: str = new_user(caller, **_ADA)["id"]
        self.group: str = new_group(caller, "crew", self.user)["id"]
        undoing = open_directory(_Undoing(self._database), _clock)
        self.callers: tuple[Caller, ...] = tuple(
            caller_of(undoing, tenant, profile) for profile in ("strict", "tolerant")
        )

    def tries(self, act: Callable[[Caller], object]) -> None:
        """Let a client of each profile act; only an error of the protocol may come of it."""
        for caller in self.callers:
            try:
                act(caller)
            except (SCIMException, _UndoneError):
                continue

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _clock() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)
