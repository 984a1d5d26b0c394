"""Bulk requests at the same moment as others, in real threads, on every engine."""

from typing import Any

import pytest

from scim import Database
from scim.provider import GROUP, USER
from tests.conftest import FakeClock
from tests.contract.bulk_operations import delete, patch, post_user, statuses
from tests.contract.directories import (
    Caller,
    add_members,
    caller_of,
    members_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
    version_of,
)
from tests.races import together

ROUNDS = range(5)
NAMES = [f"user {number}" for number in range(15)]


@pytest.fixture
def caller(database: Database, clock: FakeClock) -> Caller:
    """A strict client of the only tenant."""
    return caller_of(open_directory(database, clock), new_tenant(database))


def joining(crew: str, names: list[str]) -> list[dict[str, Any]]:
    """Return operations that make users and add each to a group."""
    return [
        operation
        for name in names
        for operation in (
            patch(GROUP, crew, add_members(f"bulkId:{name}")),
            post_user(name),
        )
    ]


def test_requests_in_opposite_order_wait_for_each_other_and_never_in_a_circle(
    caller: Caller,
) -> None:
    """Each name has one winner, and each member that was added is there."""
    for turn in ROUNDS:
        crew = new_group(caller, f"crew {turn}")["id"]
        names = [f"{name} {turn}" for name in NAMES]

        first, second = together(
            lambda crew=crew, names=names: caller.bulk(*joining(crew, names)),
            lambda crew=crew, names=names: caller.bulk(*joining(crew, names[::-1])),
        )

        won = sorted(["409", "201"] * len(NAMES))
        assert won == sorted(statuses(first[1::2]) + statuses(second[1::2]))
        users = caller.ids(USER, filter=f'userName ew " {turn}"')
        group = caller.get(GROUP, crew)
        assert len(NAMES) == len(users)
        assert set(users) == set(members_of(group))
        assert 1 + len(NAMES) == version_of(group)


def test_single_requests_and_bulk_requests_do_not_get_in_each_others_way(caller: Caller) -> None:
    crew = new_group(caller)["id"]
    leaving = [new_user(caller, f"leaving {number}")["id"] for number in range(30)]
    caller.patch(GROUP, crew, add_members(*leaving))

    def join_one_by_one() -> list[str]:
        ids = [new_user(caller, f"single {number}")["id"] for number in range(20)]
        for id_ in ids:
            caller.patch(GROUP, crew, add_members(id_))
        return ids

    def join_in_bulk() -> list[str]:
        ids = []
        for turn in ROUNDS:
            outcomes = caller.bulk(*joining(crew, [f"{name} of {turn}" for name in NAMES]))
            assert {"200", "201"} == set(statuses(outcomes))
            ids += [each["location"].rpartition("/")[2] for each in outcomes[1::2]]
        return ids

    def leave_one_by_one() -> list[str]:
        for id_ in leaving[::2]:
            caller.delete(USER, id_)
        return []

    def leave_in_bulk() -> list[str]:
        outcomes = caller.bulk(*(delete(USER, id_) for id_ in leaving[1::2]))
        assert {"204"} == set(statuses(outcomes))
        return []

    joined = together(join_one_by_one, join_in_bulk, leave_one_by_one, leave_in_bulk)

    expected = {id_ for ids in joined for id_ in ids}
    assert expected == set(members_of(caller.get(GROUP, crew)))
    assert expected == set(caller.ids(USER))
    assert 20 + len(ROUNDS) * len(NAMES) == len(expected)
