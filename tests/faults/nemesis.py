"""What goes wrong: processes are killed or stand still, the database restarts, the clock jumps.

It touches only processes that the tests themselves have started.
"""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import PostgresServer
from tests.races import until
from tests.served import ServedProvisor

_PAUSE = 0.3
"""Seconds that a process stands still."""


@dataclass
class Nemesis:
    """Somebody who brings about faults, and counts them."""

    servers: list[ServedProvisor]
    database: PostgresServer | None = None
    clock: Path | None = None
    """The file that libfaketime reads the time of the last server from."""

    done: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - no secret

    def kill_worker(self) -> None:
        """Kill a worker, which may serve or not yet, and return once its server has replaced it."""
        server = self.chance.choice(self.servers)
        workers = server.processes()[1:]
        killed = self.chance.choice(workers)
        os.kill(killed, signal.SIGKILL)
        self.done["workers killed"] += 1
        until(lambda: _has_replaced(server, killed, len(workers)))

    def kill_server(self) -> None:
        """Kill a server, whose workers end with it, and start it again."""
        server = self.chance.choice(self.servers)
        server.kill()
        server.start(2)
        self.done["servers killed"] += 1

    def pause_worker(self) -> None:
        """Let a worker stand still for a while, whatever it is about to do."""
        worker = self.chance.choice(self.chance.choice(self.servers).processes()[1:])
        os.kill(worker, signal.SIGSTOP)
        time.sleep(_PAUSE)
        os.kill(worker, signal.SIGCONT)
        self.done["pauses"] += 1

    def restart_database(self) -> float:
        """Kill the database server, start it again, and return the instant when it answers."""
        assert self.database is not None
        self.database.kill()
        self.database.start()
        self.done["database restarts"] += 1
        return time.monotonic()

    def shift_clock(self) -> None:
        """Kill the last of the servers, and start it again with its clock elsewhere.

        While a process runs, its clock cannot jump: libfaketime would break every sleep in it.
        """
        assert self.clock is not None
        self.servers[-1].kill()
        self.clock.write_text(f"{self.chance.randint(-20, 300):+d}")
        self.servers[-1].start(2)
        self.done["clock jumps"] += 1

    def told(self) -> str:
        return ", ".join(f"{times:,} {what}" for what, times in sorted(self.done.items()))


def _has_replaced(server: ServedProvisor, killed: int, workers: int) -> bool:
    left = server.processes()[1:]
    return len(left) == workers and killed not in left
