"""Measuring: every server in turn, round by round, so that what disturbs one disturbs all."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle
from statistics import median

from benchmarks.operations import Operation
from benchmarks.servers import Constant, Server
from benchmarks.subjects import Subject
from benchmarks.wrk import Load, LoadError, Measured, measure

_SLOW = 0.25
"""Seconds of an answer from which on wrk would count too few of them."""

_TRIES = 3
"""Answers that have to be slow: one may be held up by something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long everything is measured."""

    seconds: int
    rounds: int
    connections: int = 8


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of an operation on a server: medians of its rounds."""

    rate: float
    """Requests per second."""

    p50: float
    """Milliseconds that half of the answers took at most."""

    p99: float
    """Milliseconds that 99 of 100 answers took at most."""

    cpu: float
    """Milliseconds of the server's CPU time for one answer: other work on the machine changes it
    less than it changes the rate."""


def measured(
    operation: Operation, subjects: Sequence[Subject], plan: Plan, constant: Constant | None = None
) -> dict[str, Figures]:
    """Return the medians of an operation, by the name of the subject.

    :raises LoadError: an answer was an error, or did not come
    """
    found: dict[str, list[Figures]] = {}
    for round_ in range(plan.rounds):
        for subject in subjects:
            if round_ == 0 and operation.again:
                _measure(operation, subject, replace(plan, seconds=1))  # warms it up
            found.setdefault(subject.name, []).append(_measure(operation, subject, plan))
        if constant:
            found.setdefault(constant.name, []).append(_measure_constant(constant, plan))
    return {name: _median(each) for name, each in found.items()}


def _measure(operation: Operation, subject: Subject, plan: Plan) -> Figures:
    server = subject.server
    lines = operation.lines(subject, plan.seconds)
    took, tried = _SLOW, 0
    while took >= _SLOW and tried < _TRIES:
        took = _time(operation, subject, lines[tried % len(lines)])
        tried += 1
    if not operation.again:
        lines = lines[tried - 1 :]  # wrk leaves out the first one
    if took >= _SLOW:
        return _figures(server, lambda: _measure_patiently(operation, subject, lines, plan))
    load = Load(
        url=server.url,
        method=operation.method,
        headers=server.headers,
        lines=[server.base + line for line in lines],
        again=operation.again,
    )
    return _figures(server, lambda: measure(load, plan.seconds, plan.connections))


def _measure_constant(constant: Constant, plan: Plan) -> Figures:
    load = Load(url=constant.url, method="GET", headers=constant.headers, lines=["/"], again=True)
    return _figures(constant, lambda: measure(load, plan.seconds, plan.connections))


def _figures(server: Server, run: Callable[[], Measured]) -> Figures:
    before = server.cpu_seconds()
    found = run()
    cpu = (server.cpu_seconds() - before) * 1000 / found.requests
    return Figures(found.rate, found.p50, found.p99, cpu)


def _time(operation: Operation, subject: Subject, line: str) -> float:
    """Send one request, and return the seconds it took.

    :raises LoadError: it is not answered as it should be
    """
    path, _, body = line.partition("\t")
    start = time.perf_counter()
    status, answer = subject.server.ask(operation.method, path, body)
    took = time.perf_counter() - start
    if status not in operation.statuses or (answer and answer.get("totalResults") == 0):
        raise LoadError(f"{subject.name}: {status} to {operation.method} {path}: {answer}")
    return took


def _measure_patiently(
    operation: Operation, subject: Subject, lines: list[str], plan: Plan
) -> Measured:
    """Measure what is too slow for wrk, which counts only what was answered when time is up."""
    waiting = cycle(lines) if operation.again else iter(lines[1:])
    begin = time.perf_counter()

    def ask(_: int) -> list[float]:
        took = []
        while time.perf_counter() < begin + plan.seconds:
            took.append(_time(operation, subject, next(waiting)))
        return took

    with ThreadPoolExecutor(plan.connections) as pool:
        several = list(pool.map(ask, range(plan.connections)))
    elapsed = time.perf_counter() - begin
    took = sorted(each for one in several for each in one)
    p50, p99 = (took[int(part * len(took))] * 1000 for part in (0.5, 0.99))
    return Measured(len(took) / elapsed, p50, p99, len(took))


def _median(several: list[Figures]) -> Figures:
    return Figures(
        median(each.rate for each in several),
        median(each.p50 for each in several),
        median(each.p99 for each in several),
        median(each.cpu for each in several),
    )
