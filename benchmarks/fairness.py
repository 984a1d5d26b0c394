"""What an app that asks ten times as much as it may does to another's answers.

``python -m benchmarks.fairness``: a quiet app reads a user now and then, alone and beside a hot
one, in turn. The hot one sends ten times as many requests a second as its token has in its budget.
"""

import argparse
import http.client
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from benchmarks.table import markdown
from benchmarks.workers import Subject
from tests.served import ServedProvisor

_HEAT = 10
_CONNECTIONS = 20

_PAUSE = 0.02
"""Seconds from one request of the quiet app to the next."""

_SCRIPT = Path(__file__).parent / "steady.lua"

_Spans = tuple[float, float]
"""Milliseconds that half of the answers took at most, and 99 of 100."""


class _Quiet:
    """The app that everybody should be kind to."""

    def __init__(self, subject: Subject) -> None:
        self._path = subject.paths[0]
        self._headers = {"Authorization": f"Bearer {subject.token}"}
        self._http = http.client.HTTPConnection("127.0.0.1", subject.provisor.port, timeout=60)

    def spans(self, seconds: int) -> _Spans:
        """Read a user again and again, and return how long that took."""
        took = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.perf_counter()
            self._http.request("GET", self._path, headers=self._headers)
            answer = self._http.getresponse()
            answer.read()
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                raise SystemExit(f"The quiet app was answered {answer.status}.")
            time.sleep(_PAUSE)
        return median(took), quantiles(took, n=100)[-1]


@contextmanager
def _heat(subject: Subject, token: str, budget: int, seconds: int) -> Iterator[list[str]]:
    """Let the hot app ask in the block, which takes less time; what wrk said of it comes after."""
    pause = 1000 * _CONNECTIONS / (budget * _HEAT)
    wrk = subprocess.Popen(
        [
            "wrk", "--threads", "1", "--connections", str(_CONNECTIONS), "--duration",
            f"{seconds}s", "--script", _SCRIPT, "--header", f"Authorization: Bearer {token}",
            subject.provisor.url + subject.paths[1], "--", str(pause),
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    said: list[str] = []
    try:
        yield said
    finally:
        said += wrk.communicate()[0].splitlines()[-1].split()


def compare(budget: int, seconds: int, rounds: int) -> Iterator[list[str]]:
    """Measure, one beside the other, and return the rows of a table."""
    alone: list[_Spans] = []
    beside: list[_Spans] = []
    heat: list[str] = []
    with tempfile.TemporaryDirectory(prefix="provisor-fairness-") as folder:
        provisor = ServedProvisor(Path(folder) / "instance", PROVISOR_RATE_LIMIT=str(budget))
        subject = Subject(provisor)
        try:
            quiet, token = _Quiet(subject), provisor.new_token()
            for _ in range(rounds):
                alone.append(quiet.spans(seconds))
                with _heat(subject, token, budget, seconds + 1) as heat:
                    time.sleep(0.5)  # until the first burst is over
                    beside.append(quiet.spans(seconds))
        finally:
            provisor.stop()
    yield ["", "alone", f"beside the hot app ({' '.join(heat)})", "beside : alone"]
    for name, at in (("p50 ms", 0), ("p99 ms", 1)):
        one, two = median(each[at] for each in alone), median(each[at] for each in beside)
        yield [name, f"{one:.2f}", f"{two:.2f}", f"{two / one:.2f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure what a hot app does to a quiet one.")
    parser.add_argument("--budget", type=int, default=500, help="requests a second of a token")
    parser.add_argument("--seconds", type=int, default=10, help="how long each time")
    parser.add_argument("--rounds", type=int, default=3, help="how often; medians are shown")
    chosen = parser.parse_args()
    print(markdown(list(compare(chosen.budget, chosen.seconds, chosen.rounds))))


if __name__ == "__main__":
    main()
