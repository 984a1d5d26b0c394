"""The queue: whatever happens to the log, nobody who adds to it waits."""

import logging
import threading
import time
from collections.abc import Sequence

import pytest

from app.log.queue import Queue
from scim.storage import Unavailable


class Shelf:
    """Where rows are written, unless it is out of use."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.fault: Exception | None = None
        self.open = threading.Event()
        self.open.set()
        self.written = threading.Event()

    def write(self, rows: Sequence[int]) -> None:
        self.open.wait()
        if self.fault is not None:
            raise self.fault
        self.rows += rows
        self.written.set()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_rows_are_written_in_their_order_and_without_being_asked(shelf: Shelf) -> None:
    queue = Queue(shelf.write, batch=10, pause=60)

    for number in range(10):  # a full batch does not wait for the pause to end
        queue.add(number)

    assert shelf.written.wait(10)
    assert list(range(10)) == shelf.rows
    queue.stop()


def test_a_row_that_comes_alone_is_written_after_a_while(shelf: Shelf) -> None:
    queue = Queue(shelf.write, batch=1000, pause=0.01)

    queue.add(1)

    assert shelf.written.wait(10)
    queue.stop()


def test_nothing_is_lost_at_the_end(shelf: Shelf) -> None:
    queue = Queue(shelf.write, batch=7, pause=60)
    threads = [
        threading.Thread(target=lambda: [queue.add(number) for number in range(1000)])
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    queue.stop()

    assert 8000 == len(shelf.rows)
    assert 0 == queue.dropped


def test_nobody_waits_for_a_log_that_hangs_and_what_does_not_fit_is_counted(shelf: Shelf) -> None:
    shelf.open.clear()
    queue = Queue(shelf.write, most=100, batch=10, pause=0.001)
    begun = time.monotonic()

    for number in range(1000):
        queue.add(number)

    assert time.monotonic() - begun < 1  # a thousand that waited at all would take longer
    shelf.open.set()
    queue.stop()
    assert 1000 == len(shelf.rows) + queue.dropped
    assert 100 <= len(shelf.rows) <= 110  # those that waited, and those being written


def test_trouble_is_told_once_and_so_is_its_end(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    queue = Queue(shelf.write, most=5, pause=60)
    shelf.fault = Unavailable("database is locked")
    with caplog.at_level(logging.WARNING):
        for number in range(8):
            queue.add(number)
        assert not queue.flush()
        assert not queue.flush()
        assert 1 == len(caplog.records)
        assert "database is locked" in caplog.text

        shelf.fault = None
        assert queue.flush()

    assert [0, 1, 2, 3, 4] == shelf.rows
    assert 3 == queue.dropped
    assert "3 rows were dropped" in caplog.records[1].getMessage()
    queue.stop()


def test_rows_that_nobody_can_write_are_dropped_and_the_others_are_not(shelf: Shelf) -> None:
    queue = Queue(shelf.write, pause=60)
    shelf.fault = ValueError("no such column")
    queue.add(1)
    assert queue.flush()
    shelf.fault = None
    queue.add(2)

    assert queue.flush()

    assert ([2], 1) == (shelf.rows, queue.dropped)
    queue.stop()


def test_what_cannot_be_written_at_the_end_is_counted(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.fault = Unavailable("disk full")
    queue = Queue(shelf.write, pause=60)
    queue.add(1)

    queue.stop()

    assert 1 == queue.dropped
    assert "1 rows of the provisioning log could not be written" in caplog.text
