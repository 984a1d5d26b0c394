"""What the player of recorded exchanges notices itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.conftest import Served
from tests.conformance.exchanges import Recording, exchange_of, load

FILE = Path(__file__).parent / "idp" / "google.json"

USER = "urn:ietf:params:scim:schemas:core:2.0:User"

EMPTY_LIST = {"totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []}


def recorded(*exchanges: dict[str, Any]) -> Recording:
    """Return a recording of exchanges in the section 0 of no provider."""
    numbered = tuple(
        exchange_of({"section": "0", "what": f"exchange {number}"} | each, number)
        for number, each in enumerate(exchanges, 1)
    )
    return Recording("test.json", "nobody", "nothing", "It asks.", {}, {}, numbered)


def asking(**expect: Any) -> dict[str, Any]:
    """Return an exchange that asks an empty tenant for its users."""
    return {"request": {"method": "GET", "path": "/Users"}, "expect": {"status": 200} | expect}


def test_an_answer_as_expected_is_no_failure(served_once: Served) -> None:
    recording = recorded(asking(body=EMPTY_LIST, headers={"Content-Type": "application/scim+json"}))

    assert () == served_once.play(recording).failures


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"status": 404}, "the status is 200 instead of 404: .*"),
        ({"status": [201, 204]}, r"the status is 200 instead of [201, 204]: .*"),
        ({"body": {"totalResults": 1}}, "body.totalResults is 0, not 1"),
        ({"body": {"totalResults": "0"}}, 'body.totalResults is 0 instead of "0"'),
        ({"body": {"nextCursor": "x"}}, "body.nextCursor is missing"),
        ({"headers": {"ETag": "x"}}, "header ETag is missing"),
        ({"body": {"$exactly": {"totalResults": 0}}}, 'body has "Resources", which .*'),
        ({"body": {"id": "${mira}"}}, "no exchange before this one saved ${mira}"),
    ],
)
def test_a_failure_names_file_number_sentence_and_difference(
    served_once: Served, expect: dict[str, Any], complaint: str
) -> None:
    failures = served_once.play(recorded(asking(), asking(**expect))).failures

    text = re.escape(f'test.json #2 "exchange 2": {complaint}').replace(re.escape(".*"), ".*")
    assert re.fullmatch(text, failures[0])


def test_what_an_exchange_saves_fills_the_next(served_once: Served) -> None:
    create = {
        "request": {"method": "POST", "path": "/Users", "body": {"userName": "saved-${n}"}},
        "expect": {"status": 201, "body": {"userName": "saved-${n}"}, "save": {"/id": "user"}},
        "times": 2,
    }
    get = {
        "request": {"method": "GET", "path": "/Users/${user}"},
        "expect": {"status": 200, "body": {"userName": "saved-2", "id": "${user}"}},
    }

    done = served_once.play(recorded(create, get))

    assert () == done.failures
    assert [201, 201, 200] == [turn.answer.status for turn in done.turns]


@pytest.mark.parametrize(
    "misspelt",
    [
        {"sentense": "It asks."},
        {"exchanges": [asking() | {"time": 2}]},
        {"exchanges": [asking(boddy=EMPTY_LIST)]},
        {"exchanges": [asking() | {"request": {"method": "GET", "path": "/Users", "bdy": {}}}]},
    ],
)
def test_a_file_with_a_misspelt_member_is_refused(tmp_path: Path, misspelt: Any) -> None:
    """What is misspelt would otherwise expect nothing."""
    document = json.loads(FILE.read_text())
    path = tmp_path / "misspelt.json"
    path.write_text(json.dumps(document | misspelt))

    with pytest.raises(TypeError, match="unexpected keyword argument"):
        load(path)


def test_a_header_may_hold_a_variable_or_be_left_out(served_once: Served) -> None:
    request = {"method": "GET", "path": "/Users"}
    recording = recorded(
        asking() | {"request": request | {"headers": {"Authorization": "BEARER ${token}"}}},
        asking(status=401) | {"request": request | {"headers": {"Authorization": None}}},
    )

    assert () == served_once.play(recording).failures


def creating(strict: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """Return an exchange that creates Mira with further attributes, refused in strict."""
    legal = {"schemas": [USER], "userName": "mira"}
    return {
        "request": {"method": "POST", "path": "/Users", "body": legal | attributes},
        "expect": {"status": 201, "body": {"userName": "mira"}, "save": {"/id": "mira"}},
        "strict": strict,
        "legal": [{"method": "POST", "path": "/Users", "body": legal}],
    }


def reading() -> dict[str, Any]:
    """Return an exchange that reads Mira."""
    return {
        "request": {"method": "GET", "path": "/Users/${mira}"},
        "expect": {"status": 200, "body": {"userName": "mira"}},
    }


@pytest.mark.parametrize(
    ("profile", "statuses"), [("tolerant", [201, 200]), ("strict", [400, 201, 200])]
)
def test_a_deviation_is_refused_in_strict_and_said_in_the_words_of_the_rfc(
    served_once: Served, profile: str, statuses: list[int]
) -> None:
    deviation = creating({"status": 400, "scimType": "invalidSyntax"}, shoeSize=42)

    done = served_once.play(recorded(deviation, reading()), profile)

    assert () == done.failures
    assert statuses == [turn.answer.status for turn in done.turns]


@pytest.mark.parametrize(
    ("strict", "attributes", "complaint"),
    [
        ({"status": 400, "scimType": "mutability"}, {"shoeSize": 42}, "refusal: body.scimType "),
        ({"status": 404}, {"shoeSize": 42}, "refusal: the status is 400 instead of 404: "),
        ({"status": 400}, {"shoeSize": 42}, "refusal: body.scimType "),
        ({"status": 400}, {"title": "Buyer"}, "refusal: the status is 201 instead of 400"),
    ],
)
def test_a_deviation_that_is_not_refused_as_expected_is_one_failure(
    served_once: Served, strict: dict[str, Any], attributes: dict[str, Any], complaint: str
) -> None:
    recording = recorded(creating(strict, **attributes), reading())

    [failure] = served_once.play(recording, "strict").failures

    assert f'test.json #1 "exchange 1": {complaint}' in failure


def test_a_legal_equivalent_that_fails_is_a_failure(served_once: Served) -> None:
    deviation = creating({"status": 400, "scimType": "invalidSyntax"}, shoeSize=42)
    deviation["legal"][0]["body"] = {"schemas": [USER]}

    failures = served_once.play(recorded(deviation), "strict").failures

    assert failures[0].startswith(
        'test.json #1 "exchange 1": legal request 1: the status is 400 instead of 201: '
    )
