"""The baton: one thread runs, and who waits lets the next one run."""

import threading
from collections.abc import Callable

import pytest

from scim.storage import Baton


def in_thread(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def test_one_thread_has_it_at_a_time() -> None:
    baton, started, came = Baton(), threading.Event(), threading.Event()

    def run() -> None:
        started.set()
        with baton:
            came.set()

    with baton:
        waiting = in_thread(run)
        assert started.wait(5)
        assert not came.wait(0.05)
    waiting.join(5)

    assert came.is_set()


def test_who_waits_lets_others_run_and_goes_on_after_them() -> None:
    baton, seen = Baton(), []

    def run() -> None:
        with baton:
            seen.append("other")

    with baton:
        with baton.laid_down():
            in_thread(run).join(5)
            assert not baton.is_mine
        assert baton.is_mine
        seen.append("holder")

    assert ["other", "holder"] == seen


def test_laying_down_what_one_does_not_hold_is_nothing() -> None:
    baton = Baton()
    with baton.laid_down():
        assert not baton.is_mine
    assert not baton.is_mine


def test_it_may_be_laid_down_again_while_it_is() -> None:
    baton = Baton()
    with baton:
        with baton.laid_down(), baton.laid_down():
            assert not baton.is_mine
        assert baton.is_mine


def test_an_error_takes_it_up_again_and_gives_it_back() -> None:
    baton = Baton()

    with pytest.raises(RuntimeError), baton, baton.laid_down():
        raise RuntimeError

    assert not baton.is_mine
    with baton:
        assert baton.is_mine
