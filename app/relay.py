"""One SCIM request at a time in a worker, but for those that only wait."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.provisioning import is_scim
from scim.storage import Baton


class Relay:
    """Stands before a WSGI application and passes the baton to one SCIM request after the other.

    Other requests go their own way: a sign-in takes a moment on purpose.
    """

    def __init__(self, behind: WSGIApplication, baton: Baton) -> None:
        self.behind = behind
        self._baton = baton

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application behind answer, once it is its turn."""
        if not is_scim(environ["PATH_INFO"]):
            return self.behind(environ, start_response)
        environ["wsgi.input"] = _Body(environ["wsgi.input"], self._baton)
        with self._baton:
            return self.behind(environ, start_response)


class _Body:
    """The body of a request, whose sender nobody else waits for."""

    def __init__(self, stream: Any, baton: Baton) -> None:  # noqa: ANN401 - a stream of PEP 3333
        self._stream = stream
        self._baton = baton

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, or all that come."""
        with self._baton.laid_down():
            data: bytes = self._stream.read(size)
        return data

    def readline(self, size: int = -1) -> bytes:
        """Return a line, or some bytes of one."""
        with self._baton.laid_down():
            data: bytes = self._stream.readline(size)
        return data
