"""A directory with one user and one group that no input of a fuzzer changes for the next one."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from scim2_models import SCIMException

from scim import PROVIDER, Directory, open_database
from scim.client import Client
from scim.migrations import MIGRATIONS
from scim.storage import Session
from scim.storage.resources import Record
from tests.contract.directories import Caller, caller_of, new_group, new_tenant, new_user

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
    """A change went well, and is undone so that every input meets the same resources."""


class Bench:
    """What the targets work on: clients of both profiles, a user and a group."""

    def __init__(self, folder: Path) -> None:
        self._database = open_database(folder / "provisor.db")
        self._database.migrate(MIGRATIONS)
        self._undoing = False
        directory = Directory(
            self._database, lambda: datetime(2026, 11, 24, tzinfo=UTC), self._record, PROVIDER
        )
        tenant = new_tenant(self._database)
        self.callers: tuple[Caller, ...] = (
            caller_of(directory, tenant, "strict"),
            caller_of(directory, tenant, "tolerant"),
        )
        self.user: str = new_user(self.callers[0], **_ADA)["id"]
        self.group: str = new_group(self.callers[0], "crew", self.user)["id"]
        self._undoing = True

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

    def _record(
        self, session: Session, client: Client, action: str, record: Record, now: str, /
    ) -> None:
        del session, client, action, record, now
        if self._undoing:
            raise _UndoneError
