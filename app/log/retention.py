"""How long the log is kept: a periodic step deletes what is older."""

import time
from datetime import timedelta

from app.log.store import LogStore
from scim.instant import Clock, to_text

_BATCH = 2_000
"""Rows that are deleted in one transaction."""

_PAUSE = 0.02
"""Seconds between two of them, in which whoever adds rows gets in."""

_MOST_BATCHES = 2_000
"""After so many the rest is left to the next time: a step has its time."""


class Retention:
    """Deletes rows that are older than they are to be kept.

    :param days: how long they are kept
    """

    def __init__(self, store: LogStore, clock: Clock, days: int, pause: float = _PAUSE) -> None:
        self._store = store
        self._clock = clock
        self._kept = timedelta(days=days)
        self._pause = pause

    def enforce(self) -> int:
        """Delete what is too old, and return how many rows that were.

        :raises Unavailable: it cannot be written just now
        """
        before = to_text(self._clock() - self._kept)
        deleted = 0
        for _ in range(_MOST_BATCHES):
            gone = self._store.delete_before(before, _BATCH)
            deleted += gone
            if gone < _BATCH:
                break
            time.sleep(self._pause)
        self._store.delete_counts_before(before)
        return deleted
