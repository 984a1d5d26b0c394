"""How a server begins anew by SIGHUP: worker by worker, and not at all where that would fail."""

import logging
import os
import signal
from typing import Any

import click
from granian.server.common import AbstractServer

from app.assembly import assemble
from app.cli.opening import refusals
from app.environment import read_settings

_log = logging.getLogger(__name__)


def reload_by_signal(server: AbstractServer[Any]) -> None:
    """Let SIGHUP replace the workers of a server, once it is seen that others can start.

    Each goes on until its successor serves, and ends when what it has begun is answered. If
    successors could not start, all of the server would end.
    """

    def reload(*_: object) -> None:
        try:
            with refusals():
                assemble(read_settings(os.environ)).close()
        except click.ClickException as error:
            _log.error("The workers go on as they are: %s", error.message)
            return
        _log.info("Other workers take over.")
        server.signal_handler_reload()  # type: ignore[no-untyped-call]  # granian says nothing

    server.on_startup(lambda: signal.signal(signal.SIGHUP, reload))
