"""Where every SCIM request passes, in front of Flask or not: what it leaves behind is picked up.

Nothing is worked out here: a few values go into a queue in memory, and the answer goes out.
"""

import time
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.bearer import CLIENT, HOLDER, REQUEST_ID
from app.log.queue import Queue
from app.provisioning import is_scim
from scim.choices import LogValues
from scim.client import Client
from scim.instant import Clock

LARGEST_DOCUMENTS = 32_768
"""Characters of the documents of a change that may wait; of larger ones no names are kept."""

TEST = "provisor.test"
"""What the environment of a request holds that the server sends itself, to test a connection.

No client can set it: of a request, servers put nothing but headers there, each as ``HTTP_…``.
"""

_ERROR = 400

_ON = LogValues.ON  # looking a member up takes longer than comparing with it

Row = tuple[Any, ...]
"""What :class:`app.log.entries.Heard` names the parts of."""


class LoggedRequests:
    """Stands before a WSGI application and keeps what it is asked by those it knows.

    A request without a genuine token leaves nothing: anybody can send those.
    """

    def __init__(
        self, behind: WSGIApplication, queue: Queue[tuple[Any, ...]], clock: Clock
    ) -> None:
        self.behind = behind
        self._queue = queue
        self._clock = clock

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application behind answer, and keep what came of it."""
        if not is_scim(environ["PATH_INFO"]):
            return self.behind(environ, start_response)
        at, began = self._clock(), time.perf_counter_ns()
        path = environ["PATH_INFO"]  # Flask's dispatching may move a part of it elsewhere
        status = 0

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401 - as of PEP 3333
            nonlocal status
            status = int(line[:3])
            return start_response(line, headers, *rest)

        parts = self.behind(environ, start)
        get = environ.get
        who = get(CLIENT) or get(HOLDER)
        if who is None or not status:
            return parts
        error = b""
        if status >= _ERROR:
            parts, error = _read(parts)
        row = (
            at,
            who.tenant_id,
            who.app_id,
            who.token_id,
            environ["REQUEST_METHOD"],
            path,
            get("HTTP_USER_AGENT", ""),
            get("REMOTE_ADDR", ""),
            get(REQUEST_ID, ""),
            status,
            (time.perf_counter_ns() - began) // 1000,
            error,
            TEST in environ,
        )
        self._queue.add(row + _done_by(who) if type(who) is Client else row)
        return parts


def _done_by(client: Client) -> Row:
    """Return what a request did, as the rest of a row."""
    trace, noticed = client.trace, client.quirks.noticed
    changes = trace.changes
    quirks = " ".join(sorted(noticed)) if noticed else ""
    filter_ = trace.filter or ""
    if not (changes or trace.failed):
        return False, quirks, filter_
    keeps_values = client.choices.log_values is _ON
    if len(changes) != 1:
        return keeps_values, quirks, filter_, trace.failed, len(changes)
    change = changes[0]
    before, after = change.before, change.after
    if len(before) + len(after) > LARGEST_DOCUMENTS:
        before = after = ""
    done = (keeps_values, quirks, filter_, trace.failed, 1)
    return (*done, change.type, change.id, before, after, change.members)


def _read(parts: Iterable[bytes]) -> tuple[Iterable[bytes], bytes]:
    """Return the body of an error, which is short, to be sent and to be kept."""
    body = b"".join(parts)
    close = getattr(parts, "close", None)
    if close is not None:
        close()
    return (body,), body
