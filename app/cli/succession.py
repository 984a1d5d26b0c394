"""How workers follow one another: all of them when SIGHUP asks for it, and each when it dies.

A worker goes on until its successor listens, so that clients always find one; where the successor
does not get so far, it stays. Who ends by itself before it listens could not start; who ends later,
or is killed, could.
"""

import logging
import os
import signal
import threading
import time
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from queue import Empty, SimpleQueue
from typing import Any
from weakref import WeakKeyDictionary

from granian.server.mp import MPServer, WorkerProcess

from app.cli.listening import LISTEN_NO_MORE, tell_when_listening
from app.journal import FIELDS

_PATIENCE = 60.0
"""Seconds in which a worker has to listen, or its predecessor stays."""

_MOMENT = 0.02
"""Seconds after which a worker that starts, or ends, is looked at again."""

_PAUSE = 2.0
"""Seconds after which it is tried again to begin a process, for which the machine had no room."""

_LAST_REQUESTS = 0.2
"""Seconds that a worker may take to read from the connections that it has accepted last."""

_log = logging.getLogger(__name__)


class _Bell:
    """Wakes the thread that waits for it; it stands where granian has a ``threading.Event``.

    A handler of signals may ring it whatever it has interrupted. An event that is set in the midst
    of being waited for, or cleared, by the same thread waits for itself for ever.
    """

    def __init__(self) -> None:
        self._rung = SimpleQueue[None]()

    def set(self) -> None:
        """Wake who waits, or will wait."""
        self._rung.put(None)

    def wait(self, seconds: float | None) -> None:
        """Return when it was rung once more, or after so long."""
        with suppress(Empty):
            self._rung.get(timeout=seconds)


class Succession(MPServer):
    """A granian server whose workers end when another serves in their place.

    granian's own waits for so many seconds, whatever happens in them, and takes for a program that
    cannot start what is killed twice within a few.

    :param patience: seconds in which a successor has to listen
    :param options: those of granian, but for respawning by age, size or changed files
    """

    def __init__(self, target: str, *, patience: float = _PATIENCE, **options: Any) -> None:  # noqa: ANN401 - granian's
        super().__init__(target, **options)
        self._patience = patience
        self._pipes = WeakKeyDictionary[WorkerProcess, tuple[Connection, Connection]]()
        self._tried_again = set[int]()
        self.main_loop_interrupt = _Bell()  # type: ignore[assignment]  # what is used of an event
        self.on_startup(_let_starting_workers_end)

    def _spawn_worker(  # type: ignore[override]  # as MPServer has it
        self,
        idx: int,
        target: Any,  # noqa: ANN401 - granian's
        callback_loader: Any,  # noqa: ANN401 - granian's
    ) -> WorkerProcess:
        # both ends stay open here, so that there is something to read only if the worker wrote it
        pipe = Pipe(duplex=False)
        load = partial(tell_when_listening, pipe[1], callback_loader)
        worker = super()._spawn_worker(idx, target, load)
        self._pipes[worker] = pipe
        return worker

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:  # noqa: ANN401 - granian's
        self._spawn = partial(
            self._spawn_worker, target=spawn_target, callback_loader=target_loader
        )
        while not self.interrupt_signal:
            if self.reload_signal:
                self.reload_signal = False
                self._replace_all()
            else:
                is_complete = all(worker.is_alive() for worker in self.wrks)
                self._look_after(None if is_complete else _PAUSE)

    def _look_after(self, seconds: float | None) -> None:
        """Wait until something happens, or so long at most, and replace who died."""
        self.main_loop_interrupt.wait(seconds)
        self.interrupt_children.clear()  # granian's note of the dead, which tells not which of two
        for place, worker in enumerate(self.wrks):
            if not worker.is_alive():
                self._replace_dead(place, worker)

    def _replace_dead(self, place: int, worker: WorkerProcess) -> None:
        # who is killed did not fail, and may have served for a moment without having told
        could_start = self._listens(worker) or worker.inner.exitcode == -signal.SIGKILL
        if not could_start and place in self._tried_again:
            _log.error("The server ends, because its workers cannot start.")
            self.interrupt_children.append(place)  # so that it ends with 1
            self.interrupt_signal = True
            return
        try:
            successor = self._begun(place)
        except OSError as error:
            _log.error("No worker can take the place of one that died: %s.", error.strerror)
            return
        _log.warning("Another worker takes the place of one that died.", extra=_about(worker))
        self.wrks[place] = successor
        (self._tried_again.discard if could_start else self._tried_again.add)(place)

    def _replace_all(self) -> None:
        """Replace one worker after the other, as long as their successors can start."""
        _log.info("Other workers take over.")
        for place in range(self.workers):
            try:
                successor = self._begun(place)
            except OSError as error:
                _log.error("The workers go on as they are: %s.", error.strerror)
                return
            if self._comes_to_listen(successor):
                predecessor, self.wrks[place] = self.wrks[place], successor
                self._end(predecessor)
                continue
            if not self.interrupt_signal:
                fate = f"does not serve after {self._patience:g} s"
                if not successor.is_alive():
                    fate = "ended before it served"
                _log.error("The workers go on as they are: a new one %s.", fate)
            self._end(successor)
            return

    def _begun(self, place: int) -> WorkerProcess:
        worker = self._spawn(place)
        worker.start()
        return worker

    def _listens(self, worker: WorkerProcess) -> bool:
        """Whether a worker has come to listen, dead as it may be by now."""
        return self._pipes[worker][0].poll()

    def _comes_to_listen(self, worker: WorkerProcess) -> bool:
        deadline = time.monotonic() + self._patience
        while not self._listens(worker):
            if not worker.is_alive() or self.interrupt_signal or time.monotonic() > deadline:
                return False
            self._look_after(_MOMENT)
        return True

    def _end(self, worker: WorkerProcess) -> None:
        """Let a worker end what it has begun; when the server is to end, that waits for nobody."""
        ending = threading.Thread(target=self._await_end, args=(worker,))
        ending.start()
        while ending.is_alive() and not self.interrupt_signal:
            self._look_after(_MOMENT)

    def _await_end(self, worker: WorkerProcess) -> None:
        ended = [worker.inner.sentinel]
        if self._listens(worker):
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, LISTEN_NO_MORE)
            wait(ended, _LAST_REQUESTS)
        worker.terminate()
        if not wait(ended, self.workers_kill_timeout):
            _log.warning("A worker is killed that did not end.", extra=_about(worker))
            worker.kill()
        worker.join()


def _let_starting_workers_end() -> None:
    """Let SIGTERM end a worker before it serves as well: the server's handler is not its own.

    It is held back while a process comes to be, because Python forgets what comes then.
    """

    def begin() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        let_through()

    hold_back = partial(signal.pthread_sigmask, signal.SIG_BLOCK, {signal.SIGTERM})
    let_through = partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.register_at_fork(before=hold_back, after_in_parent=let_through, after_in_child=begin)


def _about(worker: WorkerProcess) -> dict[str, dict[str, int | None]]:
    return {FIELDS: {"pid": worker.inner.pid, "exit_code": worker.inner.exitcode}}
