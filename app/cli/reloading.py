"""How a server begins anew by SIGHUP: worker by worker, and not at all where that would fail."""

import logging
import os
import signal
import time
from typing import Any

import click
from granian.server.common import AbstractServer

from app.assembly import assemble
from app.cli.opening import refusals
from app.environment import read_settings

_LEAST = 3.5
_TIMES = 5
"""Seconds that two workers serve beside each other at least, and how often as long as the start
that was tried just now: on a busy machine, or with much to read, one takes longer."""

_log = logging.getLogger(__name__)


def reload_by_signal(server: AbstractServer[Any]) -> None:
    """Let SIGHUP replace the workers of a server, once it is seen that others can start.

    Each goes on beside its successor until that should serve, and ends when what it has begun is
    answered. If successors could not start, all of the server would end.
    """

    def reload(*_: object) -> None:
        began = time.monotonic()
        try:
            with refusals():
                assemble(read_settings(os.environ)).close()
        except click.ClickException as error:
            _log.error("The workers go on as they are: %s", error.message)
            return
        except Exception:  # noqa: BLE001 - it would end this process and all workers with it
            _log.exception("The workers go on as they are")
            return
        took = time.monotonic() - began
        server.respawn_interval = _LEAST + _TIMES * took
        _log.info("Other workers take over.")
        server.signal_handler_reload()  # type: ignore[no-untyped-call]  # granian says nothing

    server.on_startup(lambda: signal.signal(signal.SIGHUP, reload))
