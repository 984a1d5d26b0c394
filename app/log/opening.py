"""The log of an instance, joined from its parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.log.activity import ActivityReader
from app.log.entries import Entries
from app.log.queue import Queue
from app.log.reading import LogReader
from app.log.retention import Retention
from app.log.store import LogStore
from app.log.vocabulary import vocabulary_of
from app.log.writing import Writer
from app.settings import Settings
from scim.instant import Clock
from scim.provider import Provider
from scim.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningLog:
    """What the requests of apps were, and what became of them."""

    is_on: bool
    """Whether requests are kept; what was kept before can be read all the same."""

    queue: Queue[tuple[Any, ...]]
    reader: LogReader
    activity: ActivityReader
    retention: Retention
    store: LogStore

    endpoints: dict[str, str]
    """The endpoint of each resource type by its name."""

    def close(self) -> None:
        """Write what waits, and close the file."""
        self.queue.stop()
        self.store.close()


def open_log(
    settings: Settings,
    database: Database,
    provider: Provider,
    clock: Clock,
    tell: Callable[[int, int], None],
) -> ProvisioningLog:
    """Return the log of an instance; its tables are opened when somebody needs them.

    :param tell: hears how many rows wait, and how many were dropped since
    """
    store = LogStore(database if settings.database_url else settings.instance / "log.db")
    entries = Entries(provider, vocabulary_of(provider))
    return ProvisioningLog(
        is_on=settings.log == "on",
        queue=Queue(Writer(entries, store), tell=tell),
        reader=LogReader(store),
        activity=ActivityReader(store, clock),
        retention=Retention(store, clock, settings.log_days),
        store=store,
        endpoints={kind.name: kind.endpoint for kind in provider.kinds.values()},
    )
