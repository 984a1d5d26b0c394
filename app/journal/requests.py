"""Which request an event belongs to, and, where that is asked for, an event for each request."""

import logging
import re
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.bearer import CLIENT, HOLDER, REQUEST_ID
from app.metrics.requests import OPERATIONS, operation_number

FIELDS = "fields"
"""The attribute of a record that holds what it tells of beside its event."""

_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
"""The header ``traceparent`` of W3C Trace Context §3.2; the id is the trace's."""

_SENT_ID = re.compile(r"[0-9A-Fa-f-]{8,64}")
"""An id that a proxy or client gave a request: hexadecimal, as no name or address is."""

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

_environ: ContextVar[WSGIEnvironment | None] = ContextVar("environ", default=None)

_log = logging.getLogger(__name__)


class JournalledRequests:
    """Stands before a WSGI application, so that events name the request they belong to.

    :param tells: whether each request is an event as well
    """

    def __init__(self, behind: WSGIApplication, *, tells: bool) -> None:
        self.behind = behind
        self._tells = tells

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application behind answer."""
        before = _environ.set(environ)
        try:
            if self._tells:
                return self._told(environ, start_response)
            return self.behind(environ, start_response)
        finally:
            _environ.reset(before)

    def _told(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began, operation, status = time.perf_counter(), operation_number(environ), 500

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401 - as of PEP 3333
            nonlocal status
            status = int(line[:3])
            return start_response(line, headers, *rest)

        try:
            return self.behind(environ, start)
        finally:
            method = environ["REQUEST_METHOD"]
            who = environ.get(CLIENT) or environ.get(HOLDER)
            fields = {
                "method": method if method in _METHODS else "",
                "operation": OPERATIONS[operation],
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 3),
            }
            if who is not None:
                fields |= {"app_id": who.app_id, "token_id": who.token_id}
            _log.info("request", extra={FIELDS: fields})


def current_ids() -> dict[str, str]:
    """Return the ids of the request that is being answered: ours, and those it came with."""
    environ = _environ.get()
    if environ is None:
        return {}
    ids = {"request_id": environ.get(REQUEST_ID, "")}
    trace = _TRACE.fullmatch(environ.get("HTTP_TRACEPARENT", ""))
    sent = _SENT_ID.fullmatch(environ.get("HTTP_X_REQUEST_ID", ""))
    ids["trace_id"] = trace[1] if trace else ""
    ids["sent_request_id"] = sent[0] if sent else ""
    return {name: value for name, value in ids.items() if value}
