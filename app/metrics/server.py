"""The metrics of a server: what all of its workers have counted."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from app.metrics.counts import BOUNDS, Counts
from app.metrics.gauges import DROPPED, REQUESTS, SECONDS, WAITING, WORKERS
from app.metrics.requests import OPERATIONS, OUTCOMES

_BOUNDS = (*(f"{bound / 1e6:g}" for bound in BOUNDS), "+Inf")


class ServerMetrics(Collector):
    """Collects :data:`app.metrics.gauges.OF_SERVER` anew for each scrape."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        """Return nothing: a registry would otherwise collect in order to find out the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Return every metric with its samples."""
        slots = self._counts.slots()
        cells = [sum(same) for same in zip(*(slot for _, slot in slots), strict=True)]
        width = self._counts.layout.width
        requests = CounterMetricFamily(REQUESTS.name, REQUESTS.meaning, labels=REQUESTS.labels)
        seconds = HistogramMetricFamily(SECONDS.name, SECONDS.meaning, labels=SECONDS.labels)
        for number, operation in enumerate(OPERATIONS):
            of_it = cells[number * width : (number + 1) * width]
            for outcome, count in zip(OUTCOMES, of_it, strict=False):
                if count:
                    requests.add_metric((operation, outcome), count)
            *buckets, micros = of_it[len(OUTCOMES) :]
            if any(buckets):
                upto = zip(_BOUNDS, accumulate(buckets), strict=True)
                seconds.add_metric((operation,), list(upto), micros / 1e6)
        yield requests
        yield seconds
        live = [slot for is_taken, slot in slots if is_taken]
        yield GaugeMetricFamily(WORKERS.name, WORKERS.meaning, value=len(live))
        yield GaugeMetricFamily(WAITING.name, WAITING.meaning, value=sum(slot[-2] for slot in live))
        yield CounterMetricFamily(DROPPED.name, DROPPED.meaning, value=cells[-1])
