"""Odd input: both engines answer the same, never a 500, and keep what they took as it was."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conformance.bad_input import odd
from tests.conformance.bad_input.places import BODIES, TEXT, VALUES
from tests.conformance.bad_input.site import SEARCH, USER, Case, Site, is_error
from tests.served import Answer, ServedProvisor
from tests.sizes import size

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOW = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
_CURSOR = re.compile(r'"nextCursor":"[^"]+"')
_BASE = re.compile(r"http://127\.0\.0\.1:\d+")


class Pair:
    """The same tenant on either engine, asked side by side."""

    def __init__(self, on_sqlite: Site, on_postgresql: Site, both: ThreadPoolExecutor) -> None:
        self.sites = (on_sqlite, on_postgresql)
        self._both = both

    def ask(self, profile: str, case: Case) -> list[Answer]:
        """Return what either engine answers."""
        arguments = (profile, case.method, case.path, case.body, case.headers)
        return list(self._both.map(lambda site: site.ask(*arguments), self.sites))


@pytest.fixture
def pair(
    provisor_on_sqlite: ServedProvisor, provisor_on_postgresql: ServedProvisor
) -> Iterator[Pair]:
    with ThreadPoolExecutor(2) as both:
        yield Pair(Site(provisor_on_sqlite), Site(provisor_on_postgresql), both)


def comparable(answer: Answer) -> tuple[int, str]:
    """Return an answer without what differs from one server to another."""
    text = _CURSOR.sub("a cursor", answer.text)
    return answer.status, _BASE.sub("", _NOW.sub("now", _ID.sub("id", text)))


def fault(answers: Sequence[Answer]) -> str:
    """Return what is wrong with the answers of both engines to one request, or nothing."""
    ours, other = map(comparable, answers)
    if ours != other:
        return f"SQLite {ours} but PostgreSQL {other}"[:1000]
    answer = answers[0]
    if answer.status >= 500:
        return str(ours)
    if answer.status >= 400 and answer.text and not is_error(answer):
        return f"no SCIM error: {ours}"
    return ""


def assert_same(
    pair: Pair,
    inputs: Sequence[Any],
    places: dict[str, Callable[[Any], Case]],
    in_test_run: int,
) -> None:
    """Put every input in some places, in full in every place, and hold both engines to agree."""
    step = max(len(places) // size(in_test_run, len(places)), 1)
    wrong = []
    for index, (name, place) in enumerate(places.items()):
        for number, given in enumerate(inputs):
            if (index + number) % step == 0:
                for profile in ("strict", "tolerant"):
                    found = fault(pair.ask(profile, place(given)))
                    if found:
                        wrong.append(f"{name} {profile} {given[:80]!r}: {found}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong)
    for site in pair.sites:
        site.assert_nothing_failed()


def searched(**parameters: str) -> Case:
    names = ["userName", "displayName"]
    return Case("POST", "/Users/.search", {"schemas": [SEARCH], "attributes": names, **parameters})


def test_there_are_hundreds_of_odd_inputs() -> None:
    assert len(odd.strings()) + len(set(odd.values())) + len(set(odd.bodies())) > 500


def test_an_odd_string_gets_one_answer_wherever_it_stands(pair: Pair) -> None:
    assert_same(pair, odd.strings(), TEXT, 4)


def test_an_odd_value_gets_one_answer_wherever_it_stands(pair: Pair) -> None:
    assert_same(pair, odd.values(), VALUES, 4)


def test_an_odd_body_gets_one_answer(pair: Pair) -> None:
    assert_same(pair, odd.bodies(), BODIES, 4)


def test_what_is_taken_is_kept_found_and_sorted_as_it_is(pair: Pair) -> None:
    taken = []
    for text in odd.strings():
        body = {"schemas": [USER], "userName": text, "displayName": text}
        answers = pair.ask("strict", Case("POST", "/Users", body))
        assert not fault(answers), repr(text)
        if answers[0].status == 201:
            taken.append(text)
            assert all(
                text == answer.body["userName"] == answer.body["displayName"] for answer in answers
            )

    for text in taken:
        answers = pair.ask("strict", searched(filter=f"userName eq {json.dumps(text)}"))
        assert not fault(answers), repr(text)
        assert text in [each["userName"] for each in answers[0].body["Resources"]], repr(text)
    for attribute in ("userName", "displayName"):
        for order in ("ascending", "descending"):
            assert not fault(pair.ask("strict", searched(sortBy=attribute, sortOrder=order)))
    assert len(taken) > 100


def test_an_odd_user_agent_is_no_reason_to_refuse_a_token(pair: Pair) -> None:
    """The first use of a token notes which agent it was."""
    agents = [text for text in odd.strings() if text.isprintable() or not text.isascii()]
    for text in agents[:: max(len(agents) // size(8, len(agents)), 1)]:
        line = text.replace("\n", "").encode("utf-8", "surrogatepass").decode("latin-1")
        answers = [site.ask_anew("/Users/@user", {"User-Agent": line}) for site in pair.sites]
        assert not fault(answers), repr(text)
