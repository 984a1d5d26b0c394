"""From what requests left behind to rows that are stored: what the thread of the queue does."""

import time
from collections.abc import Sequence
from typing import Any

from app.log.entries import Entries, Heard
from app.log.store import Batch, LogStore

_SLICE = 50
"""Rows that are worked out at a stretch: a third of a millisecond."""

_BREATH = 0.0005
"""Seconds between two of those, in which the threads that answer requests run."""


class Writer:
    """Works rows out and stores them."""

    def __init__(self, entries: Entries, store: LogStore) -> None:
        self._entries = entries
        self._store = store

    def __call__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Store the rows of some requests, all or none.

        :raises Unavailable: they cannot be written just now
        """
        batch = Batch()
        for start in range(0, len(rows), _SLICE):
            if start:
                time.sleep(_BREATH)
            for row in rows[start : start + _SLICE]:
                batch.add(self._entries.of(Heard(*row)))
        self._store.append(batch)
