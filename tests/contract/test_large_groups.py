"""Groups larger than one part of an answer: whole, in order, and never in one piece."""

import json

import pytest

from scim import Directory
from scim.provider import GROUP, USER
from scim.rendering import View
from scim.storage import Database
from scim.storage.expression import Expression
from scim.storage.members import Members
from tests.contract.directories import BASE_URL, Caller, body_of, new_group, new_user

_PART = 1000
"""Members that are asked for at a time."""


@pytest.fixture
def everyone(caller: Caller) -> list[str]:
    """Return the ids of more users than are asked for in two parts."""
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": f"u{number}", "data": body}
        for number, body in enumerate(
            body_of(USER, userName=f"u{number}") for number in range(2 * _PART + 1)
        )
    ]
    made = [
        outcome
        for start in range(0, len(operations), _PART)
        for outcome in caller.bulk(*operations[start : start + _PART])
    ]
    return [outcome["location"].rpartition("/")[2] for outcome in made]


def test_a_group_of_any_size_shows_its_members_in_the_order_they_joined(
    directory: Directory, caller: Caller, everyone: list[str]
) -> None:
    for number in (0, 1, _PART - 1, _PART, _PART + 1, 2 * _PART, 2 * _PART + 1):
        members = [{"value": each, "display": f'"{each}" é'} for each in reversed(everyone)]
        body = body_of(GROUP, displayName=f"of {number}", members=members[:number])
        made = caller.create(GROUP, body)

        found = directory.get(GROUP, made["id"], caller.client, View(BASE_URL))

        shown = json.loads(b"".join(found.parts)).get("members", [])
        assert [each["value"] for each in members[:number]] == [each["value"] for each in shown]
        assert [each["display"] for each in members[:number]] == [each["display"] for each in shown]


@pytest.mark.parametrize("at_once", [1, 2, 6, 7, 8])
def test_the_entries_of_a_group_come_in_parts(
    database: Database, caller: Caller, at_once: int
) -> None:
    """A group of 100,000 is in no text whole."""
    joined = [new_user(caller, f"u{number}")["id"] for number in range(7)]
    crew = new_group(caller, "crew", *joined)["id"]

    with database.read() as session:
        members = Members(session, database.words, caller.client.tenant_id)
        parts = list(members.entries_of(crew, Expression("m.value || ?", ("!",)), at_once))

    assert [f"{each}!" for each in joined] == ",".join(parts).split(",")
    assert -(-7 // at_once) == len(parts)
