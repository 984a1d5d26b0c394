"""Every bound, met and exceeded by one, at its default, at a low and at the highest value."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, fields
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import pytest

from scim import Limits
from tests.conformance.bad_input.bounds import BOUNDS, Bound
from tests.conformance.bad_input.site import PATCH, PREFIX, SEARCH, Case, Site, user
from tests.served import ServedProvisor

LOW = Limits(
    url=400,
    body=2000,
    json_depth=5,
    filter_length=200,
    filter_depth=3,
    filter_terms=3,
    patch_operations=3,
    bulk_operations=3,
    values=3,
    page=1,
)
HIGHEST = Limits(url=65532, json_depth=200, filter_depth=32, filter_terms=300)
"""What the settings allow at most, less two for the URL:
the HTTP server counts an escape in the path as three bytes, and takes no more than 65,534.
"""

VARIABLES = {
    "url": "PROVISOR_MAX_URL",
    "body": "PROVISOR_MAX_BODY",
    "json_depth": "PROVISOR_MAX_JSON_DEPTH",
    "filter_length": "PROVISOR_MAX_FILTER",
    "filter_depth": "PROVISOR_MAX_FILTER_DEPTH",
    "filter_terms": "PROVISOR_MAX_FILTER_TERMS",
    "patch_operations": "PROVISOR_MAX_PATCH_OPERATIONS",
    "bulk_operations": "PROVISOR_MAX_BULK_OPERATIONS",
    "values": "PROVISOR_MAX_VALUES",
    "page": "PROVISOR_MAX_PAGE",
}

SLOW = 1.0
"""Seconds no refusal takes, on the noisiest machine; on a quiet one it takes some milliseconds."""

ROUNDS = 5

GROWTH = 20 * 1024 * 1024
"""Bytes of memory that no number of refusals may cost a server."""


def variables_of(limits: Limits) -> dict[str, str]:
    values = asdict(limits)
    return {variable: str(values[name]) for name, variable in VARIABLES.items()}


def with_an_address(provisor: ServedProvisor) -> Site:
    """Return a site whose user has an e-mail address for work."""
    site = Site(provisor)
    address = {"op": "add", "path": "emails", "value": [{"value": "a@b.example", "type": "work"}]}
    body = {"schemas": [PATCH], "Operations": [address]}
    assert site.ask("strict", "PATCH", "/Users/@user", body).status == 200
    return site


def requests(limits: Limits, beyond: int) -> Iterator[tuple[Bound, str, Case]]:
    """Return a request for every bound and profile that asks for so many beyond the bound."""
    for bound in BOUNDS:
        for profile in bound.profiles:
            yield bound, profile, bound.ask(getattr(limits, bound.name) + beyond)


def assert_held(site: Site, limits: Limits) -> None:
    """Hold a server to answering what just meets each bound, and to refusing one beyond it."""
    assert_answered(site, limits)
    site.before = site.everything()
    for _, profile, case in requests(limits, 1):
        site.refuses([case], profile)


def assert_answered(site: Site, limits: Limits) -> None:
    for bound, profile, case in requests(limits, 0):
        answer = site.ask(profile, case.method, case.path, case.body)
        assert bound.answered == answer.status, f"{bound.name} {profile} {case} {answer.text}"[:500]


def test_every_bound_is_met_and_exceeded_here() -> None:
    """A page is cut to its bound instead, and a cursor is bounded by the clock."""
    tried = {bound.name for bound in BOUNDS} | {"page", "cursor_timeout"}

    assert {each.name for each in fields(Limits)} == tried == {*VARIABLES, "cursor_timeout"}


def test_a_request_that_meets_a_bound_is_answered_and_one_beyond_it_is_refused(
    provisor: ServedProvisor,
) -> None:
    assert_held(with_an_address(provisor), Limits())


def test_every_bound_is_a_setting(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance", **variables_of(LOW)).start()

    site = with_an_address(provisor)
    assert_held(site, LOW)
    listed = site.everything()
    assert (2, 1, 1) == (
        listed["totalResults"],
        listed["itemsPerPage"],
        len(listed["Resources"]),
    )
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture
def provisor_of_highest_bounds(
    tmp_path: Path, database_where: str | Path
) -> Iterator[ServedProvisor]:
    url = database_where if isinstance(database_where, str) else ""
    provisor = ServedProvisor(tmp_path / "instance", url, **variables_of(HIGHEST)).start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


def test_the_highest_bounds_that_can_be_set_overload_no_engine(
    provisor_of_highest_bounds: ServedProvisor,
) -> None:
    assert_answered(with_an_address(provisor_of_highest_bounds), HIGHEST)


def test_a_refusal_takes_little_time_and_no_memory(provisor: ServedProvisor) -> None:
    """At some milliseconds each; the bound on time is loose because tests share their machine."""
    site = with_an_address(provisor)
    assert_held(site, Limits())
    before = provisor.resident_memory()

    slowest = max(seconds(site, profile, case) for _, profile, case in requests(Limits(), 1))

    assert slowest < SLOW
    assert provisor.resident_memory() - before < GROWTH


def seconds(site: Site, profile: str, case: Case) -> float:
    """Return how long a request takes, as the median of some."""
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        site.ask(profile, case.method, case.path, case.body)
        taken.append(time.perf_counter() - begin)
    return median(taken)


def test_a_chunked_body_is_bounded_like_any_other(provisor: ServedProvisor) -> None:
    """What announces no length is refused where it passes the bound, and never cut there."""
    site = Site(provisor)
    whole = json.dumps(user()).encode()
    size = Limits().body

    statuses = [
        post_chunked(site, body)
        for body in (whole.ljust(size), whole.ljust(size + 1), whole.ljust(size) + b"}")
    ]

    assert [201, 413, 413] == statuses


def test_who_sends_far_too_much_still_reads_the_answer(provisor: ServedProvisor) -> None:
    """A connection that is closed on a client who is sending is an error without a reason."""
    far_too_much = b" " * 8 * Limits().body
    site = Site(provisor)
    before = provisor.resident_memory()

    site.refuses([Case("POST", "/Users", far_too_much, 413, "")] * 3)

    assert post_chunked(site, far_too_much) == 413
    assert provisor.resident_memory() - before < GROWTH


def post_chunked(site: Site, body: bytes) -> int:
    """Send a body in chunks to ``/Users`` and return the status of the answer."""
    connection = HTTPConnection("127.0.0.1", site.provisor.port, timeout=30)
    headers = {
        "Authorization": f"Bearer {site.tokens['strict']}",
        "Content-Type": "application/scim+json",
        "Transfer-Encoding": "chunked",
    }
    pieces = (body[start : start + 65536] for start in range(0, len(body), 65536))
    connection.request("POST", f"{PREFIX}/Users", pieces, headers, encode_chunked=True)
    with closing(connection), connection.getresponse() as response:
        return response.status


def test_a_url_is_measured_before_anyone_is_asked_who_they_are(provisor: ServedProvisor) -> None:
    path = PREFIX + BOUNDS[0].ask(Limits().url + 1).path

    assert provisor.ask("GET", path, "no token").status == 400
    assert provisor.ask("GET", "/console/?x=" + "a" * Limits().url).status == 400


@pytest.mark.parametrize("text", ["[", '"', '\\"', "(", "a.", " eq", ":1.1", "x[", '["', "]."])
def test_text_that_is_made_to_be_slow_is_refused_fast(provisor: ServedProvisor, text: str) -> None:
    """No text is read twice: what is too long is refused before anything looks for a pattern."""
    site = Site(provisor)
    many = text * (500_000 // len(text))
    cases = [
        *(
            Case("POST", "/.search", {"schemas": [SEARCH], name: many})
            for name in ("filter", "sortBy", "attributes", "excludedAttributes", "cursor")
        ),
        Case("PATCH", "/Users/@user", {"schemas": [PATCH], "Operations": [remove(many)]}),
        Case("PATCH", "/Users/@user", {"schemas": [PATCH], "Operations": [add_named(many)]}),
    ]

    site.refuses(cases, "tolerant")

    assert max(seconds(site, "tolerant", case) for case in cases) < SLOW


def remove(path: str) -> dict[str, object]:
    return {"op": "remove", "path": path}


def add_named(name: str) -> dict[str, object]:
    return {"op": "add", "value": {name: "x"}}
