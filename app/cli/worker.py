"""A worker of ``provisor serve``: the web application in a process that ends with its server."""

import ctypes
import gc
import logging
import os
import signal
import sys
import time
from multiprocessing.util import Finalize

import click
from flask import Flask

from app import create_app
from app.assembly import Assembly, assemble
from app.cli.opening import refusals
from app.cli.stopping import NOTICE
from app.cli.waking import wake_for_signals
from app.environment import read_settings
from app.health import STOPPING
from app.journal import FIELDS, write_journal
from app.rounds import Rounds
from app.settings import Settings
from scim.storage import Unavailable

_log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
"""prctl(2): which signal this process gets when its parent ends."""


SERVER = "PROVISOR_SERVER"
"""The variable that tells a worker the process id of its server; no setting."""

_PAUSE = 0.5
"""Seconds after which a worker that has no database yet looks for it again."""


def application() -> Flask:
    """Return the application, in a worker that outlives its server by no request.

    A server that is killed cannot end its workers, and they would go on answering at its address.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.environ.get(SERVER) != str(os.getppid()):
            sys.exit("The server ended before this worker was tied to it.")
    try:
        with refusals():
            settings = read_settings(os.environ)
            write_journal(settings.log_format)
            assembly = _assembled(settings)
    except click.ClickException as error:
        _log.error("A worker cannot start: %s", error.message)
        sys.exit(1)
    except Exception:  # noqa: BLE001 - it ends all the same, in a line that quotes no data
        _log.exception("A worker cannot start")
        sys.exit(1)
    app = create_app(assembly)
    app.config[STOPPING] = os.environ.get(NOTICE)
    # What was built for good is never garbage, and looking through it again and again would hold
    # up the request that happens to be answered.
    gc.collect()
    gc.freeze()
    wake_for_signals()
    rounds = Rounds(assembly.steps)
    rounds.start()
    # atexit would not do: a process that multiprocessing made ends without it
    Finalize(None, rounds.stop, exitpriority=0)
    Finalize(None, assembly.log.close, exitpriority=0)
    _log.info("A worker is ready.", extra={FIELDS: {"pid": os.getpid()}})
    return app


def _assembled(settings: Settings) -> Assembly:
    """Return the program's objects, once there is a database.

    A server gives up whose worker ends twice at its start, as it would while a database restarts.
    """
    while True:
        try:
            return assemble(settings)
        except Unavailable as error:
            _log.warning("This worker waits for the database: %s", error)
            time.sleep(_PAUSE)
