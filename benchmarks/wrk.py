"""wrk: sends requests as fast as they are answered, and says how fast that was."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).parent / "requests.lua"

_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0}

_TIMEOUT = 60
"""Seconds one answer may take."""


class LoadError(Exception):
    """Requests were not answered as they should be, so their rate means nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How fast requests were answered."""

    rate: float
    """Requests per second."""

    p50: float
    """Milliseconds that half of the answers took at most."""

    p99: float
    """Milliseconds that 99 of 100 answers took at most."""

    requests: int = 0
    """How many were answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests of one method to one server."""

    url: str
    method: str
    headers: dict[str, str]
    lines: Sequence[str]
    """Each a path and, after a tab, a body."""

    again: bool
    """Whether to begin anew once all were sent; otherwise there must be enough."""


def measure(load: Load, seconds: int, connections: int = 8) -> Measured:
    """Send requests for some seconds, by at most two threads.

    :raises LoadError: an answer was an error, or did not come
    """
    threads = str(min(2, connections))
    with tempfile.NamedTemporaryFile("w", suffix=".requests") as file:
        file.write("".join(f"{line}\n" for line in load.lines))
        file.flush()
        headers = [f"{name}:{value}" for name, value in load.headers.items()]
        done = subprocess.run(
            [
                "wrk", "--latency", "--threads", threads, "--connections", str(connections),
                "--duration", f"{seconds}s", "--timeout", f"{_TIMEOUT}s", "--script", _SCRIPT,
                load.url, "--", threads, load.method, file.name, "again" if load.again else "once",
                *headers,
            ],
            capture_output=True, text=True, check=False, timeout=seconds + 2 * _TIMEOUT,
        )  # fmt: skip
    if done.returncode != 0:
        raise LoadError(f"{load.method} {load.lines[0][:100]}: {done.stdout}{done.stderr}")
    return read_output(done.stdout)


def read_output(text: str) -> Measured:
    """Return what wrk measured.

    :param text: what wrk prints with ``--latency``
    :raises LoadError: an answer was an error, or did not come
    """
    for trouble in (r"Non-2xx or 3xx responses: [1-9].*", r"Socket errors: .*[1-9].*"):
        found = re.search(trouble, text)
        if found:
            raise LoadError(f"{found[0].strip()}, in: {text}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    requests = re.search(r"(\d+) requests in", text)
    p50, p99 = (_percentile(text, each) for each in (50, 99))
    if rate is None or requests is None or p50 is None or p99 is None:
        raise LoadError(f"wrk said: {text}")
    return Measured(float(rate[1]), p50, p99, int(requests[1]))


def _percentile(text: str, percent: int) -> float | None:
    found = re.search(rf"^\s+{percent}%\s+(-?[\d.]+|-?nan)(us|ms|s|m|h)\s*$", text, re.MULTILINE)
    return float(found[1]) * _MILLISECONDS[found[2]] if found else None
