"""From when until when a worker listens, which granian neither tells nor lets anybody choose.

Once it listens, the kernel keeps the clients for it that it has not come to yet. Before it ends it
has to listen no more for a moment: granian closes at once what it has accepted and not read from.
"""

import os
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

LISTEN_NO_MORE = signal.SIGUSR1
"""The signal that tells so a worker that listens."""

_MOMENT = 0.005
"""Seconds after which a worker that does not listen yet is looked at again."""

_BLINK = 0.0005
"""Seconds after which it is looked again whether a client waits."""

_LAST_CLIENTS = 0.1
"""Seconds in which they should have been accepted."""

_WAITING = slice(24, 28)
"""Where Linux tells how many clients wait: ``tcpi_unacked`` of its ``struct tcp_info``."""


def tell_when_listening(told: Connection, load: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever granian serves
    """Return the application that is loaded, and write to a pipe once this process listens."""
    signal.signal(LISTEN_NO_MORE, _listen_no_more)
    application = load()
    threading.Thread(target=_tell, args=(told,), name="listening", daemon=True).start()
    return application


def _tell(told: Connection) -> None:
    pause = threading.Event()  # not time.sleep: that refuses where somebody shifts the clock
    while not list(_listening()):
        pause.wait(_MOMENT)
    told.send_bytes(b"listens")


def _listen_no_more(*_: object) -> None:
    """Put a socket that nobody knows of in the place of those that this process listens at."""
    known = list(_listening())
    with socket.create_server(("127.0.0.1", 0), backlog=0) as unknown:
        unknown.settimeout(0)  # as granian's are, which goes on to accept
        for descriptor in known:
            if sys.platform == "linux":
                _await_nobody(descriptor)
            os.dup2(unknown.fileno(), descriptor, inheritable=False)


def _await_nobody(descriptor: int) -> None:
    """Return when no client waits to be accepted, whom Linux would reset, or after a while.

    Nothing between that instant and the end of the socket lets another thread run.
    """
    pause = threading.Event()
    deadline = time.monotonic() + _LAST_CLIENTS
    listener = socket.socket(fileno=descriptor)  # no copy: closing that would let others run
    try:
        while any(_told(listener)[_WAITING]) and time.monotonic() < deadline:
            pause.wait(_BLINK)
    finally:
        listener.detach()


def _told(listener: socket.socket) -> bytes:
    return listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _WAITING.stop)


def _listening() -> Iterator[int]:
    """Yield the descriptors of the sockets that this process listens at.

    Others are left alone: a copy of one would stay open, as what is no socket cannot be one, and
    where it was closed, SQLite would lose its locks of that file.
    """
    for descriptor in (int(path.name) for path in Path("/dev/fd").iterdir()):
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            with socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM) as copy:
                listens = copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        except OSError:  # closed by now
            continue
        if listens:
            yield descriptor
