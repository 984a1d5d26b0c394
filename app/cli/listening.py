"""When a worker serves: once it listens, the kernel keeps the clients that it has not come to yet.

granian begins to listen after it was given the application, and tells nobody.
"""

import socket
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_MOMENT = 0.005
"""Seconds after which a worker that does not listen yet is looked at again."""


def tell_when_listening(told: Connection, load: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever granian serves
    """Return the application that is loaded, and write to a pipe once this process listens."""
    application = load()
    threading.Thread(target=_tell, args=(told,), name="listening", daemon=True).start()
    return application


def _tell(told: Connection) -> None:
    pause = threading.Event()  # not time.sleep: that refuses where somebody shifts the clock
    while not any(map(_listens, Path("/dev/fd").iterdir())):
        pause.wait(_MOMENT)
    told.send_bytes(b"listens")


def _listens(descriptor: Path) -> bool:
    try:
        with socket.fromfd(int(descriptor.name), socket.AF_INET, socket.SOCK_STREAM) as copy:
            return bool(copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:  # no socket, or closed by now
        return False
