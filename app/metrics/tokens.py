"""The metrics of tokens, read from the database when they are asked for.

So they are the same whichever worker answers, and none keeps a count that others would have to add.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.metrics.gauges import DAYS_LEFT, DELIVERIES, LAST_USED, NOTICES, TOKENS, WARNINGS, Gauge
from app.tokens import State, Token
from app.tokens.rows import token_of
from app.watch.notices import Kind
from app.watch.outbox import DeliveryState
from app.watch.stages import end_of, is_lasting
from app.watch.watch import Watch
from scim.instant import Clock, from_text
from scim.storage import Database, Session

_Sample = tuple[tuple[str, ...], float]


class TokenMetrics(Collector):
    """Collects :data:`app.metrics.gauges.OF_TOKENS` anew for each scrape.

    :raises Unavailable: the database cannot be reached
    """

    def __init__(self, database: Database, clock: Clock, watch: Watch) -> None:
        self._database = database
        self._clock = clock
        self._watch = watch

    def describe(self) -> Iterable[Metric]:
        """Return nothing: a registry would otherwise collect in order to find out the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Return every metric with its samples."""
        now = self._clock()
        with self._database.read() as session:
            rows = session.all("SELECT * FROM token ORDER BY seq")
            notices = _counted(session, "SELECT kind, COUNT(*) FROM notice GROUP BY kind")
            deliveries = _counted(
                session, "SELECT channel, state, COUNT(*) FROM delivery GROUP BY channel, state"
            )
        # those that clients fetch by the hour would be new series each time
        tokens = [token for token in map(token_of, rows) if is_lasting(token)]
        live = [token for token in tokens if token.state(now) is State.ACTIVE]
        yield _family(TOKENS, _by_state(tokens, now))
        yield _family(DAYS_LEFT, (_days_left(token, now) for token in live))
        yield _family(LAST_USED, _last_used(live))
        yield _family(WARNINGS, self._warnings())
        yield _family(NOTICES, (((kind,), notices.get((kind,), 0)) for kind in Kind))
        channels = sorted({channel for channel, _ in deliveries})
        yield _family(
            DELIVERIES,
            (
                ((channel, state), deliveries.get((channel, state), 0))
                for channel in channels
                for state in DeliveryState
            ),
        )

    def _warnings(self) -> Iterator[_Sample]:
        # a set: two new networks of one token are one sample, as its labels may stand once only
        found = {
            (app_id, warned.jti, warned.kind)
            for app_id, warnings in self._watch.of_apps().items()
            for warned in warnings
        }
        return ((labels, 1.0) for labels in sorted(found))


def _family(gauge: Gauge, samples: Iterable[_Sample]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
    for labels, value in samples:
        family.add_metric(labels, value)
    return family


def _counted(session: Session, sql: str) -> dict[tuple[str, ...], int]:
    return {tuple(values): count for *values, count in session.all(sql)}


def _by_state(tokens: Iterable[Token], now: datetime) -> Iterator[_Sample]:
    states = [token.state(now) for token in tokens]
    for state in State:
        yield (state,), states.count(state)


def _days_left(token: Token, now: datetime) -> _Sample:
    _, end = end_of(token)
    return (token.app_id, token.jti), (from_text(end) - now) / timedelta(days=1)


def _last_used(tokens: Iterable[Token]) -> Iterator[_Sample]:
    for token in tokens:
        if token.last_used_at is not None:
            yield (token.app_id, token.jti), from_text(token.last_used_at).timestamp()
