"""A worker's main thread, which waits for nothing but signals, and misses one now and then.

Python answers a signal in its main thread, between two steps of it. One that comes to another
thread, or in the instant before the main thread begins to wait, is noted and answered when that
wakes up; and it waits for good. A worker that was told to end would then go on, and its server
would wait for it.
"""

import os
import signal
import threading

_MOMENT = 0.1
_TIMES = 50
"""Seconds between two wakings, and how many there are: it may be long until that thread waits."""


def wake_for_signals() -> None:
    """Wake the main thread, which calls this, shortly after each signal that comes."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGURG, lambda *_: None)  # nobody sends it, and it ends nothing
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    main = threading.get_ident()
    threading.Thread(target=_wake, args=(reading, main), name="waking", daemon=True).start()


def _wake(reading: int, main: int) -> None:
    pause = threading.Event()  # not time.sleep: that refuses where somebody shifts the clock
    while number := os.read(reading, 1):
        if number[0] != signal.SIGURG:
            for _ in range(_TIMES):
                pause.wait(_MOMENT)
                signal.pthread_kill(main, signal.SIGURG)
