"""One SCIM request at a time in a worker, but for those that only wait."""

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.bearer import CLIENT
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
        environ["wsgi.input"] = _Body(environ, self)
        if not is_scim(environ["PATH_INFO"]):
            return self.behind(environ, start_response)
        with self._baton:
            return self.behind(environ, start_response)

    def read(self, part: Callable[[int], bytes], size: int, environ: WSGIEnvironment) -> bytes:
        """Return a part of the body of a request, and let others run until it is there.

        :raises ServiceUnavailable: too many are waited for already
        """
        client = environ.get(CLIENT)
        # no body is read before its token was, but for forms, in which there could be another one
        slow, sender = self._strangers, environ.get("REMOTE_ADDR", "")
        if client is not None:
            slow, sender = self._known, client.app_id
        # the place is free again before this thread waits for the baton
        with self._baton.laid_down(), slow.waiting(sender):
            return part(size)


class _Body:
    """The body of a request, whose sender nobody else waits for."""

    __slots__ = ("_environ", "_relay", "_stream")

    def __init__(self, environ: WSGIEnvironment, relay: Relay) -> None:
        self._stream = environ["wsgi.input"]
        self._environ = environ
        self._relay = relay

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, or all that come."""
        return self._relay.read(self._stream.read, size, self._environ)

    def readline(self, size: int = -1) -> bytes:
        """Return a line, or some bytes of one."""
        return self._relay.read(self._stream.readline, size, self._environ)
