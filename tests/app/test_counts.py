"""What a server counts is what it was asked, whichever worker answered and whatever came of it."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from app.metrics.counts import BOUNDS, Counts, Layout, slots_in
from app.metrics.requests import OPERATIONS, OUTCOMES, CountedRequests
from app.shared_memory import mapped
from tests.app.test_stopping import await_true
from tests.served import ServedProvisor
from tests.sizes import size

LAYOUT = Layout(2, 3)

Samples = dict[tuple[str, ...], float]


def scraped(provisor: ServedProvisor) -> Samples:
    answer = provisor.ask("GET", "/metrics")
    assert answer.status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in parsed(answer.text)
        for sample in family.samples
    }


def requests_in(samples: Samples) -> Counter[tuple[str, ...]]:
    """Return the requests that were counted but those of this test's own looking."""
    return Counter(
        {
            labels: int(value)
            for (name, *rest), value in samples.items()
            if name == "provisor_requests_total" and (labels := tuple(rest))[0] != "other"
        }
    )


@pytest.mark.sized
def test_requests_to_several_workers_are_counted_exactly_and_outlive_them(
    served: ServedProvisor, figure: Callable[[str], None]
) -> None:
    served.stop()
    served.start(workers=2)
    token = served.new_token()
    rounds, threads = size(10, 1_000), 4

    def work(name: str) -> None:
        for number in range(rounds):
            user = {"userName": f"{name}-{number}"}
            made = served.ask("POST", "/scim/v2/Users", token, user).body["id"]
            served.ask("POST", "/scim/v2/Users", token, user)
            served.ask("GET", f"/scim/v2/Users/{made}", token)
            served.ask("GET", "/scim/v2/Users?count=1", token)
            served.ask("GET", "/scim/v2/Users")
            served.ask("GET", "/scim/v2/Users?filter=x", token)

    clients = [threading.Thread(target=work, args=(f"client{each}",)) for each in range(threads)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    each = rounds * threads
    expected = {
        ("create", "success"): each,
        ("create", "conflict"): each,
        ("get", "success"): each,
        ("list", "success"): each,
        ("list", "unauthorised"): each,
        ("search", "invalid"): each,
    }
    samples = scraped(served)
    assert expected == requests_in(samples)
    assert samples["provisor_workers",] == 2
    assert each == samples["provisor_request_seconds_count", "get"]
    assert 0 < samples["provisor_request_seconds_sum", "get"] < 60 * each
    for worker in served.processes()[1:]:
        os.kill(worker, signal.SIGKILL)
    await_true(lambda: answers(served))
    assert expected == requests_in(scraped(served))
    served.stop()
    served.start(workers=2)
    assert expected == requests_in(scraped(served))
    figure(f"{6 * each} requests to two workers: {sum(expected.values())} counted")


def answers(served: ServedProvisor) -> bool:
    try:
        return served.ask("GET", "/healthz").status == 200
    except OSError:
        return False


def test_the_database_is_told_of(served: ServedProvisor, tmp_path: Path, engine: str) -> None:
    assert not [key for key in scraped(served) if key[0].startswith("provisor_last_backup")]

    served.called("backup", str(tmp_path / "instance.backup"))

    samples = scraped(served)
    (info,) = (key for key in samples if key[0] == "provisor_info")
    assert engine in info[-1].lower() + info[-2].lower()
    assert samples["provisor_database_bytes",] > 100_000
    assert time.time() - samples["provisor_last_backup_timestamp_seconds",] < 60
    connections = [key for key in samples if key[0] == "provisor_database_connections"]
    assert (engine == "postgresql") == bool(connections)


def test_a_slot_goes_to_the_next_worker_with_what_was_counted(tmp_path: Path) -> None:
    first, second = (Counts(tmp_path / "counts", LAYOUT) for _ in range(2))
    first.add(0, 1, BOUNDS[0])
    second.add(0, 1, BOUNDS[-1] + 1)
    first.tell_queue(7, 3)
    assert [(1, 7), (1, 0)] == counted(second, taken=True)
    file_size = (tmp_path / "counts").stat().st_size

    first.close()
    assert [(1, 0)] == counted(second, taken=True)
    for _ in range(200):
        third = Counts(tmp_path / "counts", LAYOUT)
        third.add(0, 1, 5)
        third.close()

    assert 202 == sum(cells[1] for _, cells in second.slots())
    assert 3 == sum(cells[-1] for _, cells in second.slots())
    assert file_size == (tmp_path / "counts").stat().st_size
    second.close()


def counted(counts: Counts, *, taken: bool) -> list[tuple[int, int]]:
    return [(cells[1], cells[-2]) for is_taken, cells in counts.slots() if is_taken is taken]


def test_who_looks_from_outside_takes_no_slot_and_makes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "counts"
    assert [] == slots_in(file, LAYOUT)
    assert not file.exists()

    many = [Counts(file, LAYOUT) for _ in range(128)]
    for each in many:
        each.add(0, 1, 1)
    many[7].close()

    seen = slots_in(file, LAYOUT)
    assert [(number != 7, 1) for number in range(128)] == [(taken, row[1]) for taken, row in seen]
    last = Counts(file, LAYOUT)
    last.add(0, 1, 1)
    assert 2 == slots_in(file, LAYOUT)[7][1][1]
    for each in (*many, last):
        each.close()


def test_memory_that_somebody_maps_does_not_get_smaller(tmp_path: Path) -> None:
    """Who reads beyond the end of a file that was mapped is ended by the system."""
    large = mapped(tmp_path / "memory", 9000)

    mapped(tmp_path / "memory", 10)

    assert 0 == large[8999]


def test_who_finds_no_slot_counts_for_itself(tmp_path: Path) -> None:
    many = [Counts(tmp_path / "counts", LAYOUT) for _ in range(129)]
    nowhere = Counts(tmp_path / "missing" / "counts", LAYOUT)
    for each in (*many, nowhere):
        each.add(1, 0, 1)

    for alone in (many[-1], nowhere):
        assert [1] == [cells[LAYOUT.width] for _, cells in alone.slots()]
    for each in (*many, nowhere):
        each.close()


@pytest.mark.parametrize(
    ("method", "path", "status", "operation", "outcome"),
    [
        ("PATCH", "/scim/v2/Users/1", "200 OK", "patch", "success"),
        ("DELETE", "/scim/v2/Users/1", "204 NO CONTENT", "delete", "success"),
        ("PUT", "/scim/v2/Users/1", "412 PRECONDITION FAILED", "replace", "conflict"),
        ("POST", "/scim/v2/Bulk", "413 TOO LARGE", "bulk", "invalid"),
        ("POST", "/scim/v2/Users/.search", "200 OK", "search", "success"),
        ("GET", "/scim/v2/Schemas", "403 FORBIDDEN", "discovery", "forbidden"),
        ("GET", "/scim/v2", "404 NOT FOUND", "list", "not-found"),
        ("POST", "/oauth2/token", "429 TOO MANY", "oauth", "too-many"),
        ("GET", "/console/apps", "303 SEE OTHER", "console", "success"),
        ("GET", "*", "500 ERROR", "other", "failed"),
        ("GET", "", "", "other", "failed"),
    ],
)
def test_a_request_is_counted_by_what_it_asks_for_and_how_it_ended(
    tmp_path: Path, method: str, path: str, status: str, operation: str, outcome: str
) -> None:
    layout = Layout(len(OPERATIONS), len(OUTCOMES))
    counts = Counts(tmp_path / "counts", layout)

    def behind(_: object, start: Callable[..., object]) -> list[bytes]:
        if not status:
            raise ZeroDivisionError
        start(status, [])
        return [b""]

    try:
        CountedRequests(behind, counts)(  # type: ignore[arg-type]
            {"REQUEST_METHOD": method, "PATH_INFO": path},
            lambda *_: None,  # type: ignore[arg-type]
        )
    except ZeroDivisionError:
        assert not status

    ((_, cells),) = (slot for slot in counts.slots() if slot[0])
    at = OPERATIONS.index(operation) * layout.width + OUTCOMES.index(outcome)
    assert 1 == cells[at]
    assert 1 == sum(cells[at - OUTCOMES.index(outcome) :][: len(OUTCOMES)])
    counts.close()
