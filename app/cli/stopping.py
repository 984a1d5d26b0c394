"""How a server stops that others stand beside: it says so first, and ends a while later."""

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from granian.server.common import AbstractServer

NOTICE = "PROVISOR_STOPPING"
"""The variable that tells a worker which file says that its server is stopping; no setting."""


@contextmanager
def announced_stop(server: AbstractServer[Any], delay: int) -> Iterator[None]:
    """Let SIGTERM end a server only after ``/readyz`` has answered 503 for a while.

    A load balancer that has not noticed yet sends requests on, and loses those that reach a
    listening socket as it closes. Asked a second time, or by SIGINT, the server ends at once.

    :param delay: seconds; 0 leaves SIGTERM as it is
    """
    if not delay:
        yield
        return
    # a file, because workers come and go and each must find out, whenever it starts
    with tempfile.TemporaryDirectory(prefix="provisor-") as folder:
        notice = Path(folder) / "stopping"
        os.environ[NOTICE] = str(notice)

        def stop(*_: object) -> None:
            notice.touch()
            signal.signal(signal.SIGTERM, server.signal_handler_interrupt)
            end = threading.Timer(delay, server.signal_handler_interrupt)
            end.daemon = True  # a server that is asked again does not wait for it
            end.start()

        server.on_startup(lambda: signal.signal(signal.SIGTERM, stop))
        yield
