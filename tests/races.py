"""Doing one thing several times at the same moment, in real threads and real processes."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_DEADLINE = 60.0
"""Seconds that noisy machines may take for what another thread or process does."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.instance"])


def in_threads(count: int, act: Callable[[], Answer]) -> list[Answer]:
    """Return what each of several threads got from acting at the same moment."""
    return together(*[act] * count)


def together(*acts: Callable[[], Answer]) -> list[Answer]:
    """Return what each act gave, all of them started at the same moment."""
    start = Barrier(len(acts))

    def meet_and(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(meet_and, acts))


def in_processes(
    count: int, prepare: Callable[..., Callable[[], Any]], *given: object
) -> list[Any]:
    """Return what each of several processes got from acting at the same moment.

    Each prepares its act first; ``prepare`` and what it is given have to be picklable.
    """
    start = _context.Barrier(count)
    with _context.Pool(count, initializer=_wait_at, initargs=(start,)) as pool:
        return pool.starmap(_meet_and_act, [(prepare, given)] * count, chunksize=1)


def meet_others() -> None:
    """Wait, in the act of one of several processes, until all of them have come here."""
    _meet(_DEADLINE)


@contextmanager
def killed(prepare: Callable[..., Callable[[], Any]], *given: object) -> Iterator[int]:
    """Let a process act, give its id, and see to it that it is gone in the end."""
    process = _context.Process(target=_act, args=(prepare, given))
    process.start()
    assert process.pid is not None
    try:
        yield process.pid
    finally:
        process.kill()
        process.join()


def until(condition: Callable[[], bool]) -> None:
    """Return once a condition holds that another thread or process brings about."""
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.001)


_meet: Callable[..., object]


def _wait_at(start: Any) -> None:
    global _meet  # noqa: PLW0603 - how a pool's initializer reaches its workers
    _meet = start.wait


def _meet_and_act(
    prepare: Callable[..., Callable[[], Answer]], given: tuple[object, ...]
) -> Answer:
    act = prepare(*given)
    _meet()
    return act()


def _act(prepare: Callable[..., Callable[[], object]], given: tuple[object, ...]) -> None:
    prepare(*given)()
