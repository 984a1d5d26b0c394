"""Where every request passes: what it asks for, how it ended and how long that took is counted."""

import hashlib
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.log.outcomes import OPERATIONS as SCIM_OPERATIONS
from app.log.outcomes import operation_of
from app.metrics.counts import BOUNDS, Counts, Layout, slots_in
from app.provisioning import PREFIX

OPERATIONS = (*SCIM_OPERATIONS, "oauth", "console", "other")

OUTCOMES = (
    "success",
    "invalid",
    "unauthorised",
    "forbidden",
    "not-found",
    "conflict",
    "too-many",
    "failed",
)

_REFUSED = {
    "401": "unauthorised",
    "403": "forbidden",
    "404": "not-found",
    "409": "conflict",
    "412": "conflict",
    "429": "too-many",
}

_OPERATION = {name: number for number, name in enumerate(OPERATIONS)}
_OUTCOME = {name: number for number, name in enumerate(OUTCOMES)}
_OUTCOME_OF = {status: _OUTCOME[name] for status, name in _REFUSED.items()}
_OUTCOME_BY_CLASS = {"4": _OUTCOME["invalid"], "5": _OUTCOME["failed"]}
_FAILED = _OUTCOME["failed"]

_AREAS = {"oauth2": _OPERATION["oauth"], "console": _OPERATION["console"]}
_OTHER = _OPERATION["other"]

_SCIM = f"{PREFIX}/"

_LONGEST_NAME = 32
"""Characters of a segment that are looked at: what is longer is no endpoint."""


_LAYOUT = Layout(len(OPERATIONS), len(OUTCOMES))

_WORDS = repr((OPERATIONS, OUTCOMES, BOUNDS))

_FILE = f"counts-{hashlib.sha256(_WORDS.encode()).hexdigest()[:8]}"
"""Named after what is counted: a version that counts something else begins another file."""


def open_counts(folder: Path) -> Counts:
    """Return the counts of the workers that serve an instance."""
    return Counts(folder / _FILE, _LAYOUT)


def counted_in(folder: Path) -> list[tuple[bool, list[int]]]:
    """Return what the workers that serve an instance count, each in a slot, changing nothing."""
    return slots_in(folder / _FILE, _LAYOUT)


class CountedRequests:
    """Stands before a WSGI application and counts what it is asked."""

    def __init__(self, behind: WSGIApplication, counts: Counts) -> None:
        self.behind = behind
        self._add = counts.add

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application behind answer, and count what came of it."""
        began = time.perf_counter_ns()
        operation = operation_number(environ)
        outcome = _FAILED

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401 - as of PEP 3333
            nonlocal outcome
            code = status[:3]
            outcome = _OUTCOME_OF.get(code) or _OUTCOME_BY_CLASS.get(code[0], 0)
            return start_response(status, headers, *rest)

        try:
            return self.behind(environ, start)
        finally:
            self._add(operation, outcome, (time.perf_counter_ns() - began) // 1000)


def operation_number(environ: WSGIEnvironment) -> int:
    """Return the number of what a request asks for."""
    path: str = environ["PATH_INFO"]
    if path.startswith(_SCIM):
        first, _, rest = path[len(_SCIM) :].partition("/")
        return _scim_operation(
            environ["REQUEST_METHOD"],
            first[:_LONGEST_NAME],
            rest if rest == ".search" else bool(rest),
            "filter=" in environ.get("QUERY_STRING", ""),
        )
    if path == PREFIX:
        return _scim_operation(environ["REQUEST_METHOD"], "", below=False, filtered=False)
    return _AREAS.get(path[1:].partition("/")[0], _OTHER)


@lru_cache(maxsize=1024)
def _scim_operation(method: str, first: str, below: str | bool, filtered: bool) -> int:  # noqa: FBT001 - a keyword costs time
    segments = [each for each in (first, below and str(below)) if each]
    return _OPERATION[operation_of(method, segments, filtered=filtered)]
