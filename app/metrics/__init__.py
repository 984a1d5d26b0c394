"""Metrics for Prometheus: what is measured, and who may read it."""

from app.metrics.endpoint import metrics_blueprint
from app.metrics.gauges import GAUGES, Gauge
from app.metrics.tokens import TokenMetrics

__all__ = ["GAUGES", "Gauge", "TokenMetrics", "metrics_blueprint"]
