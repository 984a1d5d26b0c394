"""The thread of a worker that takes periodic steps, beside those that answer requests."""

import threading

from app.steps import Steps

INTERVAL = 60.0
"""Seconds between two looks for steps that are due."""

_PATIENCE = 2.0
"""Seconds that a worker waits at its end for the step it is in."""


class Rounds:
    """Looks for due steps again and again, from its start to its stop.

    It holds no baton: like a sign-in, a step runs beside the requests, and it writes in turn.
    """

    def __init__(self, steps: Steps, interval: float = INTERVAL) -> None:
        self._steps = steps
        self._interval = interval
        self._stopping = threading.Event()
        # a step that waits for a mail server is no reason for a worker not to end
        self._thread = threading.Thread(target=self._go, name="rounds", daemon=True)

    def start(self) -> None:
        """Start looking, in a thread of this process: after a fork, not before it."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a step that is being taken has a moment to end."""
        self._stopping.set()
        self._thread.join(_PATIENCE)

    def _go(self) -> None:
        while not self._stopping.is_set():
            self._steps.take_due()
            self._stopping.wait(self._interval)
