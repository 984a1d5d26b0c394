"""Filters and sorts on added attributes, judged by scim2-models: numbers, moments, booleans."""

import json
from itertools import product
from typing import Any

import pytest
from scim2_models import SCIMException, ScimFilter, SearchRequest

from scim import Database, Directory
from scim.migrations import MIGRATIONS
from scim.query.search import Query
from scim.rendering import View
from tests.added_schemas import BADGE, BADGED_USER, DEVICE, EXTENDED, LEASE
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    Caller,
    Journal,
    body_of,
    caller_of,
    new_cursors,
    new_tenant,
)

WEIGHTS = [None, -20, -3.5, -3, 0, 0.25, 2, 2.5, 10, 10**18, 10**18 + 1]
LEVELS = [None, -1, 0, 9, 10, 100]

OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le")

DEVICE_FILTERS = [
    *(f"weight {op} {value}" for op in OPERATORS for value in (-3, 2.0, 10)),
    "weight pr",
    "not (weight pr)",
    "weight eq null",
    "weight gt 1000000000000000000",
    'weight co "1"',
    "weight eq true",
    "ports.speed gt 9",
    'links.$ref eq "https://example.com/3"',
    'links[$ref sw "https://example.com/" and value eq "x"]',
    "links.$ref pr",
    "ports[speed ge 10 and primary eq true]",
    "ports[speed lt 0]",
    "ports.primary eq true",
    f'{LEASE}:endsAt gt "2027-01-01T00:00:00Z"',
    f"{LEASE}:endsAt pr",
    'serial eq "a1"',
    'serial sw "A"',
]  # fmt: skip
USER_FILTERS = [
    f"{BADGE}:level gt 9",
    f"{BADGE}:level le 9",
    f"{BADGE}:lost eq false",
    f'{BADGE}:doors eq "n1"',
    f'{BADGE}:doors eq "N1"',
    f'{BADGE}:issuedAt lt "2026-06-01T00:00:00+02:00"',
    f'{BADGE}:number co "1"',
]


@pytest.fixture
def caller(database: Database, clock: FakeClock) -> Caller:
    """A client of a directory with devices and badges of every kind."""
    database.migrate(MIGRATIONS)
    directory = Directory(database, clock, Journal(), EXTENDED, new_cursors(clock))
    caller = caller_of(directory, new_tenant(database))
    for number, weight in enumerate(WEIGHTS):
        body: dict[str, Any] = {"serial": f"{'Aa'[number % 2]}{number}"}
        if weight is not None:
            level = LEVELS[number % len(LEVELS)]
            body |= {"weight": weight, LEASE: {"endsAt": f"20{20 + number}-01-01T00:00:00Z"}}
            body["links"] = [{"value": "x", "$ref": f"https://example.com/{number}"}]
            body["ports"] = [
                {"value": "a", "speed": level or 5},
                {"value": "b", "speed": number, "primary": number % 3 == 0},
            ]
        caller.create(DEVICE, body_of(DEVICE, **body))
    for number, level in enumerate(LEVELS):
        badge: dict[str, Any] = {"number": f"N{number}", "lost": number % 2 == 0}
        badge["doors"] = ["N1", "n2"] if number % 3 else ["n1"]
        badge["issuedAt"] = (
            f"2026-0{number + 1}-31T23:00:00Z".replace("2-31", "2-28")
            .replace("4-31", "4-30")
            .replace("6-31", "6-30")
        )
        if level is not None:
            badge["level"] = level
        caller.create(BADGED_USER, body_of(BADGED_USER, userName=f"u{number}", **{BADGE: badge}))
    return caller


def everything(caller: Caller, kind: Any) -> list[Any]:
    found = caller.directory.search([kind], Query(), caller.client, View(BASE_URL))
    return [
        kind.model.model_validate({name: value for name, value in each.items() if value != []})
        for each in json.loads(found)["Resources"]
    ]


def test_filters_find_what_the_judge_keeps(caller: Caller) -> None:
    cases = [(DEVICE, text) for text in DEVICE_FILTERS]
    cases += [(BADGED_USER, text) for text in USER_FILTERS]
    people = {kind: everything(caller, kind) for kind in (DEVICE, BADGED_USER)}

    wrong = [
        text
        for kind, text in cases
        if caller.ids(kind, filter=text)
        != [each.id for each in people[kind] if ScimFilter[kind.model](text).match(each)]
    ]

    assert [] == wrong


def test_sorts_are_the_judges(caller: Caller) -> None:
    paths = ["weight", "ports.speed", "links.$ref", f"{LEASE}:endsAt"]
    cases = [(DEVICE, path) for path in paths] + [(BADGED_USER, f"{BADGE}:level")]

    wrong = []
    for (kind, path), descending in product(cases, (False, True)):
        order = "descending" if descending else "ascending"
        judge = SearchRequest[kind.model](sort_by=path, sort_order=order)
        expected = [each.id for each in judge.sort(everything(caller, kind))]
        if expected != caller.ids(kind, sort_by=path, descending=descending):
            wrong.append((path, order))

    assert [] == wrong


@pytest.mark.parametrize(
    "text",
    ['weight gt "heavy"', f"{BADGE}:pin pr", "serial gt 1"],
)
def test_a_comparison_that_the_judge_refuses_is_refused(caller: Caller, text: str) -> None:
    kind = BADGED_USER if BADGE in text else DEVICE

    with pytest.raises(SCIMException) as caught:
        caller.ids(kind, filter=text)

    assert (400, "invalidFilter") == (caught.value.status, caught.value.scim_type)
