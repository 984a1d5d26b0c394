"""A receiver of webhooks that keeps what it is sent, on the loopback address."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HookSink:
    """Answers each POST with the next status it was told, and 204 after those."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        """The headers, by lower-case name, and the body of each request."""

        self.statuses: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook?from=provisor"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler_of(sink: HookSink) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            sink.calls.append((headers, body))
            status = sink.statuses.pop(0) if sink.statuses else 204
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", sink.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
