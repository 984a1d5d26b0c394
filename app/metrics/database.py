"""The metrics of the database, read from it when they are asked for."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.backup import last_backup
from app.metrics.gauges import BACKUP, CONNECTIONS, INFO, SIZE
from scim.storage import Database


class DatabaseMetrics(Collector):
    """Collects :data:`app.metrics.gauges.OF_DATABASE` anew for each scrape.

    :raises Unavailable: the database cannot be reached
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = version("provisor")

    def describe(self) -> Iterable[Metric]:
        """Return nothing: a registry would otherwise collect in order to find out the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Return every metric with its samples."""
        words = self._database.words
        with self._database.read() as session:
            engine, size = session.one(words.version), session.one(words.size)
            connections = session.all(words.connections)
        info = GaugeMetricFamily(INFO.name, INFO.meaning, labels=INFO.labels)
        info.add_metric((self._version, engine["version"] if engine else ""), 1)
        yield info
        yield GaugeMetricFamily(SIZE.name, SIZE.meaning, value=size["bytes"] if size else 0)
        open_ = GaugeMetricFamily(CONNECTIONS.name, CONNECTIONS.meaning, labels=CONNECTIONS.labels)
        for row in connections:
            open_.add_metric((row["state"],), row["number"])
        yield open_
        made = last_backup(self._database)
        backup = GaugeMetricFamily(BACKUP.name, BACKUP.meaning)
        if made is not None:
            backup.add_metric((), made.timestamp())
        yield backup
