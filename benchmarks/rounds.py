"""Measuring: every server in turn, round by round, so that what disturbs one disturbs all."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles

from benchmarks.operations import Operation
from benchmarks.servers import Constant
from benchmarks.subjects import Subject
from benchmarks.wrk import Load, LoadError, Measured, measure

_SLOW = 0.25
"""Seconds of an answer from which on wrk would count too few of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long everything is measured."""

    seconds: int
    rounds: int
    connections: int = 8


def measured(
    operation: Operation, subjects: Sequence[Subject], plan: Plan, constant: Constant | None = None
) -> dict[str, Measured]:
    """Return the medians of an operation, by the name of the subject.

    :raises LoadError: an answer was an error, or did not come
    """
    found: dict[str, list[Measured]] = {}
    for round_ in range(plan.rounds):
        for subject in subjects:
            if round_ == 0 and operation.again:
                _measure(operation, subject, replace(plan, seconds=1))  # warms it up
            found.setdefault(subject.name, []).append(_measure(operation, subject, plan))
        if constant:
            found.setdefault(constant.name, []).append(_measure_constant(constant, plan))
    return {name: _median(each) for name, each in found.items()}


def _measure(operation: Operation, subject: Subject, plan: Plan) -> Measured:
    server = subject.server
    lines = operation.lines(subject, plan.seconds)
    took = _probe(operation, subject, lines[0])
    if took > _SLOW:
        return _one_by_one(operation, subject, lines, plan.seconds)
    load = Load(
        url=server.url,
        method=operation.method,
        headers=server.headers,
        lines=[server.base + line for line in lines],  # wrk leaves out the first one, too
        again=operation.again,
    )
    return measure(load, plan.seconds, plan.connections)


def _measure_constant(constant: Constant, plan: Plan) -> Measured:
    load = Load(url=constant.url, method="GET", headers=constant.headers, lines=["/"], again=True)
    return measure(load, plan.seconds, plan.connections)


def _probe(operation: Operation, subject: Subject, line: str) -> float:
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
