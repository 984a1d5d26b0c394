"""One SCIM request at a time in a worker, but for those that only wait."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.bearer import FORM
from app.provisioning import is_scim
from app.slow_bodies import SHARE_OF_STRANGERS, SlowBodies
from scim.storage import Baton


class Relay:
    """Stands before a WSGI application and passes the baton to one SCIM request after the other.

    Other requests go their own way: a sign-in takes a moment on purpose.

    :param slow_bodies: how many clients may be waited for at a time
    """

    def __init__(self, behind: WSGIApplication, baton: Baton, slow_bodies: int) -> None:
        self.behind = behind
        self._baton = baton
        self._known = SlowBodies(slow_bodies)
        self._strangers = SlowBodies(slow_bodies // SHARE_OF_STRANGERS)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application behind answer, once it is its turn."""
        stream = environ["wsgi.input"]
        if not is_scim(environ["PATH_INFO"]):
            environ["wsgi.input"] = _Body(stream, self._strangers, self._baton)
            return self.behind(environ, start_response)
        # no body is read before its token was, but for forms, in which there could be another one
        is_form = environ.get("CONTENT_TYPE", "").lower().startswith(FORM)
        slow = self._strangers if is_form else self._known
        environ["wsgi.input"] = _Body(stream, slow, self._baton)
        with self._baton:
            return self.behind(environ, start_response)


class _Body:
    """The body of a request, whose sender nobody else waits for.

    :raises ServiceUnavailable: too many are waited for already
    """

    def __init__(self, stream: Any, slow: SlowBodies, baton: Baton) -> None:  # noqa: ANN401 - a stream of PEP 3333
        self._stream = stream
        self._slow = slow
        self._baton = baton

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, or all that come."""
        with self._slow, self._baton.laid_down():
            data: bytes = self._stream.read(size)
        return data

    def readline(self, size: int = -1) -> bytes:
        """Return a line, or some bytes of one."""
        with self._slow, self._baton.laid_down():
            data: bytes = self._stream.readline(size)
        return data
