"""A database that counts how often it is asked for anything."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from scim.storage import Database, Session
from scim.storage.database import PATIENCE, Migration, Transactions


class CountingDatabase:
    """Passes everything on to a real database."""

    def __init__(self, behind: Database) -> None:
        self._behind = behind
        self.words = behind.words
        self.baton = behind.baton
        self.asked = 0

    def read(self) -> AbstractContextManager[Session]:
        self.asked += 1
        return self._behind.read()

    def glance(self) -> AbstractContextManager[Session]:
        self.asked += 1
        return self._behind.glance()

    def write(
        self, patience: float = PATIENCE, *, at_length: bool = False
    ) -> AbstractContextManager[Session]:
        self.asked += 1
        return self._behind.write(patience, at_length=at_length)

    def of(self, tenant_id: str | None) -> Transactions:
        self.asked += 1
        return self._behind.of(tenant_id)

    def migrate(self, migrations: Iterable[Migration]) -> list[str]:
        return self._behind.migrate(migrations)

    def close(self) -> None:
        self._behind.close()
