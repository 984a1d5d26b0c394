"""Measuring: every server in turn, round by round, so that what disturbs one disturbs all."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, quantiles

from benchmarks.operations import Operation, Subject
from benchmarks.servers import Constant
from benchmarks.wrk import Load, LoadError, Measured, measure

_SLOW = 0.25
"""Seconds of an answer from which on wrk would count too few of them."""

_WARM = 1
"""Seconds of requests before the first round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long everything is measured."""

    seconds: int
    rounds: int


def measured(
    operation: Operation, subjects: list[Subject], constant: Constant, plan: Plan
) -> dict[str, Measured]:
    """Return the medians of an operation, by the name of the server."""
    found: dict[str, list[Measured]] = {}
    for round_ in range(plan.rounds):
        for subject in subjects:
            found.setdefault(subject.server.name, []).append(
                _measure(operation, subject, plan.seconds, is_first=round_ == 0)
            )
        found.setdefault(constant.name, []).append(_measure_constant(constant, plan.seconds))
    return {name: _median(each) for name, each in found.items()}


def _measure(operation: Operation, subject: Subject, seconds: int, *, is_first: bool) -> Measured:
    server = subject.server
    lines = operation.lines(subject, seconds + _WARM)
    took = _probe(operation, subject, lines[0])  # wrk leaves the first one out, too
    if took > _SLOW:
        return _one_by_one(operation, subject, lines, seconds)
    load = Load(
        url=server.url,
        method=operation.method,
        headers=server.headers,
        lines=[server.base + line for line in lines],
        again=operation.again,
    )
    if is_first and operation.again:
        measure(load, _WARM)
    return measure(load, seconds)


def _measure_constant(constant: Constant, seconds: int) -> Measured:
    load = Load(url=constant.url, method="GET", headers=constant.headers, lines=["/"], again=True)
    return measure(load, seconds)


def _probe(operation: Operation, subject: Subject, line: str) -> float:
    """Send one request, and return the seconds it took.

    :raises LoadError: it is not answered as it should be
    """
    path, _, body = line.partition("\t")
    start = time.perf_counter()
    status, answer = subject.server.ask(operation.method, path, body)
    took = time.perf_counter() - start
    if status not in operation.statuses or (answer and answer.get("totalResults") == 0):
        raise LoadError(f"{subject.server.name}: {status} to {operation.method} {path}: {answer}")
    return took


def _one_by_one(operation: Operation, subject: Subject, lines: list[str], seconds: int) -> Measured:
    """Measure what is too slow for wrk, which counts only what was answered when time is up."""
    took: list[float] = []
    waiting = _endless(lines) if operation.again else iter(lines[1:])
    while sum(took) < seconds or len(took) < 2:
        took.append(_probe(operation, subject, next(waiting)))
    cuts = quantiles(took, n=100, method="inclusive")
    return Measured(len(took) / sum(took), cuts[49] * 1000, cuts[98] * 1000)


def _endless(lines: list[str]) -> Iterator[str]:
    while True:
        yield from lines


def _median(several: list[Measured]) -> Measured:
    return Measured(
        median(each.rate for each in several),
        median(each.p50 for each in several),
        median(each.p99 for each in several),
    )
