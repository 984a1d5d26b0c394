"""``/metrics``: for whoever knows its secret, or, where none is set, for the machine itself."""

import hmac

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

from app.addresses import find_address
from scim.storage import Unavailable

_PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
"""What proxies say: behind one on the same machine, the world would look like that machine."""

_PLAIN = "text/plain; charset=utf-8"


def metrics_blueprint(secret: str, *collectors: Collector) -> Blueprint:
    """Return the endpoint of the metrics.

    :param secret: what to send as a bearer token; without one only the machine itself may ask
    """
    blueprint = Blueprint("metrics", __name__)
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        """Answer all metrics in Prometheus' text format."""
        refusal = _refusal_with(secret) if secret else _refusal_by_address()
        if refusal is not None:
            return refusal
        try:
            text = generate_latest(registry)
        except Unavailable:
            return Response("The database is not available.\n", 503, content_type=_PLAIN)
        return Response(text, content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _refusal_with(secret: str) -> Response | None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    # both as the bytes they are: of the environment, and of the header
    wanted = secret.encode(errors="surrogateescape")
    if scheme.lower() == "bearer" and hmac.compare_digest(given.encode("latin-1"), wanted):
        return None
    response = Response(
        "Send PROVISOR_METRICS_TOKEN as a bearer token.\n", 401, content_type=_PLAIN
    )
    response.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
    return response


def _refusal_by_address() -> Response | None:
    if _is_loopback(request.remote_addr) and not any(
        name in request.headers for name in _PASSED_ON
    ):
        return None
    return Response(
        "Set PROVISOR_METRICS_TOKEN to read metrics from another machine or through a proxy.\n",
        403,
        content_type=_PLAIN,
    )


def _is_loopback(text: str | None) -> bool:
    address = find_address(text or "")
    return address is not None and address.is_loopback
