"""Metrics for Prometheus: what is measured, and who may read it."""

from app.metrics.database import DatabaseMetrics
from app.metrics.endpoint import metrics_blueprint
from app.metrics.gauges import GAUGES, Gauge
from app.metrics.requests import CountedRequests
from app.metrics.server import ServerMetrics
from app.metrics.tokens import TokenMetrics

__all__ = [
    "GAUGES",
    "CountedRequests",
    "DatabaseMetrics",
    "Gauge",
    "ServerMetrics",
    "TokenMetrics",
    "metrics_blueprint",
]
