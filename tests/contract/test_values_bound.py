"""How many values an attribute may have, by whichever way they come."""

from typing import Any

import pytest
from scim2_models import InvalidValueException

from scim import Database, Limits
from scim.provider import standard_provider
from tests.conftest import FakeClock
from tests.contract.bulk_operations import patch, post_user, put, statuses
from tests.contract.directories import (
    Caller,
    add_members,
    body_of,
    caller_of,
    new_tenant,
    open_directory,
)

MOST = 3
PROVIDER = standard_provider(Limits(values=MOST))
USER, GROUP = PROVIDER.kinds["User"], PROVIDER.kinds["Group"]
TOO_MANY = "phoneNumbers has at most 3 values."


@pytest.fixture
def caller(database: Database, clock: FakeClock) -> Caller:
    """A strict client of a directory with a low bound."""
    directory = open_directory(database, clock, provider=PROVIDER)
    return caller_of(directory, new_tenant(database))


def new_user(caller: Caller, user_name: str = "ada", **attributes: Any) -> dict[str, Any]:
    return caller.create(USER, body_of(USER, userName=user_name, **attributes))


def numbers(count: int) -> list[dict[str, str]]:
    return [{"value": str(each)} for each in range(count)]


def adding(value: object) -> dict[str, Any]:
    return {"op": "add", "path": "phoneNumbers", "value": value}


def test_a_resource_never_has_more_values_than_the_bound(caller: Caller) -> None:
    kept = new_user(caller, phoneNumbers=numbers(MOST), emails=numbers(MOST))
    one_more = adding([{"value": "one more"}])

    for operations in (
        (one_more,),
        (
            {"op": "remove", "path": 'phoneNumbers[value eq "0"]'},
            one_more,
            one_more | {"value": numbers(4)},
        ),
        ({"op": "replace", "path": "phoneNumbers", "value": numbers(MOST + 1)},),
    ):
        with pytest.raises(InvalidValueException, match=TOO_MANY):
            caller.patch(USER, kept["id"], *operations)
    with pytest.raises(InvalidValueException, match=TOO_MANY):
        caller.replace(USER, kept["id"], body_of(USER, userName="ada", phoneNumbers=numbers(4)))
    with pytest.raises(InvalidValueException, match=TOO_MANY):
        new_user(caller, "grace", phoneNumbers=numbers(MOST + 1))

    assert kept == caller.get(USER, kept["id"])
    assert caller.search(USER)["totalResults"] == 1


def test_values_that_come_one_by_one_are_counted_together(caller: Caller) -> None:
    id_ = new_user(caller)["id"]
    for number in range(MOST):
        caller.patch(USER, id_, adding([{"value": f"n{number}"}]))

    with pytest.raises(InvalidValueException, match=TOO_MANY):
        caller.patch(USER, id_, adding([{"value": "one more"}]))

    assert MOST == len(caller.get(USER, id_)["phoneNumbers"])


def test_an_operation_of_a_bulk_request_fails_alone(caller: Caller) -> None:
    id_ = new_user(caller)["id"]
    many = numbers(MOST + 1)

    outcomes = caller.bulk(
        post_user("grace", phoneNumbers=numbers(MOST)),
        post_user("many", phoneNumbers=many),
        put(USER, id_, userName="ada", phoneNumbers=many),
        patch(USER, id_, adding(many)),
    )

    assert ["201", "400", "400", "400"] == statuses(outcomes)
    assert {"invalidValue"} == {each["response"]["scimType"] for each in outcomes[1:]}


def test_members_of_a_group_are_not_counted(caller: Caller) -> None:
    ids = [new_user(caller, f"user {number}")["id"] for number in range(2 * MOST)]

    entries = [{"value": each} for each in ids[: MOST + 1]]
    group = caller.create(GROUP, body_of(GROUP, displayName="crew", members=entries))
    caller.patch(GROUP, group["id"], add_members(*ids))

    assert 2 * MOST == len(caller.get(GROUP, group["id"])["members"])
