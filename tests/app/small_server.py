"""A server of small workers, each of which starts as a file says: ``serve``, ``wait`` or ``end``.

Run with a folder for that file, a port, how many workers there are, and the server's patience.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

from granian.constants import Interfaces

from app.cli.succession import Succession
from app.cli.waking import wake_for_signals
from app.journal import write_journal

_FOLDER = Path(sys.argv[1])

_MOMENT = 0.01


def application() -> Any:
    """Return an application that answers with the id of its process, at /slow when it may."""
    while (way := (_FOLDER / "way").read_text()) == "wait":
        time.sleep(_MOMENT)
    if way == "end":
        sys.exit(1)
    wake_for_signals()

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/slow":
            (_FOLDER / "begun").touch()
            while not (_FOLDER / "go").exists():
                time.sleep(_MOMENT)
        start_response("200 OK", [])
        return [str(os.getpid()).encode()]

    return answer


if __name__ == "__main__":
    write_journal("text")
    Succession(
        f"{__file__}:application",
        port=int(sys.argv[2]),
        workers=int(sys.argv[3]),
        patience=float(sys.argv[4]),
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=2,
        workers_kill_timeout=10,
        log_enabled=False,
    ).serve()
