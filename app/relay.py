"""One SCIM request at a time in a worker, but for those that only wait."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.bearer import CLIENT, FORM
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
        if not is_scim(environ["PATH_INFO"]):
            environ["wsgi.input"] = _Body(environ, self._strangers, self._baton)
            return self.behind(environ, start_response)
        # no body is read before its token was, but for forms, in which there could be another one
        is_form = environ.get("CONTENT_TYPE", "").lower().startswith(FORM)
        slow = self._strangers if is_form else self._known
        environ["wsgi.input"] = _Body(environ, slow, self._baton)
        with self._baton:
            return self.behind(environ, start_response)


class _Body:
    """The body of a request, whose sender nobody else waits for.

    :raises ServiceUnavailable: too many are waited for already
    """

    def __init__(self, environ: WSGIEnvironment, slow: SlowBodies, baton: Baton) -> None:
        self._stream = environ["wsgi.input"]
        self._environ = environ
        self._slow = slow
        self._baton = baton

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, or all that come."""
        # the place is free again before this thread waits for the baton
        with self._baton.laid_down(), self._slow.waiting(self._sender()):
            data: bytes = self._stream.read(size)
        return data

    def readline(self, size: int = -1) -> bytes:
        """Return a line, or some bytes of one."""
        with self._baton.laid_down(), self._slow.waiting(self._sender()):
            data: bytes = self._stream.readline(size)
        return data

    def _sender(self) -> str:
        client = self._environ.get(CLIENT)
        sender: str = client.app_id if client else self._environ.get("REMOTE_ADDR", "")
        return sender
