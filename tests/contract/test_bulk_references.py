"""Operations of a Bulk request that refer to each other (RFC 7644 §3.7.1, §3.7.2)."""

from typing import Any

import pytest

from scim.provider import GROUP, USER
from tests.contract.bulk_operations import (
    delete,
    id_of,
    names_in,
    patch,
    post,
    post_group,
    post_user,
    put,
    statuses,
)
from tests.contract.directories import (
    BASE_URL,
    UNKNOWN_ID,
    Caller,
    add_members,
    members_of,
    new_user,
    version_of,
)

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def managed_by(bulk_id: str) -> dict[str, Any]:
    return {ENTERPRISE: {"manager": {"value": f"bulkId:{bulk_id}"}}}


def manager_of(caller: Caller, id_: str) -> str:
    manager: str = caller.get(USER, id_)[ENTERPRISE]["manager"]["value"]
    return manager


@pytest.mark.parametrize("turned", [False, True])
def test_a_user_joins_a_group_made_with_it_as_the_rfc_shows_it(
    caller: Caller, *, turned: bool
) -> None:
    """RFC 7644 §3.7.2, and the same in the other order."""
    alice = post(USER, "qwerty", userName="Alice")
    members = [{"type": "User", "value": "bulkId:qwerty"}]
    guides = post(GROUP, "ytrewq", displayName="Tour Guides", members=members)
    operations = [guides, alice] if turned else [alice, guides]

    outcomes = caller.bulk(*operations)

    made = {each["bulkId"]: id_of(each) for each in outcomes}
    assert [each["bulkId"] for each in operations] == [each["bulkId"] for each in outcomes]
    assert ["201", "201"] == statuses(outcomes)
    assert [
        {
            "value": made["qwerty"],
            "$ref": f"{BASE_URL}/Users/{made['qwerty']}",
            "type": "User",
        }
    ] == caller.get(GROUP, made["ytrewq"])["members"]


def test_a_manager_is_made_with_those_it_manages_as_the_rfc_shows_it(caller: Caller) -> None:
    """RFC 7644 §3.7.2: extensions are handled in the same way."""
    bob_attributes = {
        ENTERPRISE: {"employeeNumber": "11250", "manager": {"value": "bulkId:qwerty"}}
    }

    alice, bob = caller.bulk(
        post(USER, "qwerty", userName="Alice"),
        post(USER, "ytrewq", userName="Bob", **bob_attributes),
    )

    assert id_of(alice) == manager_of(caller, id_of(bob))


def test_groups_become_members_of_each_other_as_the_rfc_shows_it(caller: Caller) -> None:
    """RFC 7644 §3.7.1."""
    outcomes = caller.bulk(
        post(
            GROUP,
            "qwerty",
            displayName="Group A",
            members=[{"type": "Group", "value": "bulkId:ytrewq"}],
        ),
        post(
            GROUP,
            "ytrewq",
            displayName="Group B",
            members=[{"type": "Group", "value": "bulkId:qwerty"}],
        ),
    )

    found = caller.search(GROUP, filter='displayName sw "Group"')
    a, b = found["Resources"]
    assert ["201", "201"] == statuses(outcomes)
    assert [a["meta"]["location"], b["meta"]["location"]] == [x["location"] for x in outcomes]
    assert [a["meta"]["version"], b["meta"]["version"]] == [x["version"] for x in outcomes]
    assert ([b["id"]], [a["id"]]) == (members_of(a), members_of(b))
    assert [{"Group"}] * 2 == [{each["type"] for each in group["members"]} for group in (a, b)]


def test_managers_may_be_each_others(caller: Caller) -> None:
    ada, bob = caller.bulk(
        post_user("ada", **managed_by("bob")), post_user("bob", **managed_by("ada"))
    )

    assert id_of(bob) == manager_of(caller, id_of(ada))
    assert id_of(ada) == manager_of(caller, id_of(bob))


def test_a_resource_may_refer_to_itself(caller: Caller) -> None:
    crew, ada = caller.bulk(
        post_group("crew", "bulkId:crew"), post_user("ada", **managed_by("ada"))
    )

    assert [id_of(crew)] == members_of(caller.get(GROUP, id_of(crew)))
    assert id_of(ada) == manager_of(caller, id_of(ada))


def test_members_keep_their_order_in_a_circle_too(caller: Caller) -> None:
    dan = new_user(caller, "dan")["id"]

    first, second, ada, around = caller.bulk(
        post_group("first", "bulkId:ada", "bulkId:second", dan),
        post_group("second", "bulkId:first"),
        post_user("ada"),
        post_group("around", "bulkId:second", "bulkId:first"),
    )

    group = caller.get(GROUP, id_of(first))
    assert [id_of(ada), id_of(second), dan] == members_of(group)
    assert 1 == version_of(group)
    assert [id_of(second), id_of(first)] == members_of(caller.get(GROUP, id_of(around)))


@pytest.mark.parametrize(
    ("bad", "status", "scim_type"),
    [
        (post_group("b", "bulkId:a", UNKNOWN_ID), "400", "invalidValue"),
        (post_group("b", "bulkId:a", "bulkId:nobody"), "409", None),
        (
            {**post_group("b", "bulkId:a"), "data": post_group("TAKEN", "bulkId:a")["data"]},
            "409",
            "uniqueness",
        ),
    ],
)
def test_a_circle_stands_or_falls_as_a_whole(
    caller: Caller, bad: dict[str, Any], status: str, scim_type: str | None
) -> None:
    caller.bulk(post_group("taken"))

    outcomes = caller.bulk(
        post_group("a", "bulkId:c"),
        bad,
        post_group("c", "bulkId:b"),
        patch(GROUP, "bulkId:a", add_members("bulkId:user")),
        post_user("user"),
    )

    assert ["409", status, "409", "409", "201"] == statuses(outcomes)
    assert scim_type == outcomes[1]["response"].get("scimType")
    assert all("location" not in each for each in outcomes[:3])
    assert {"taken", "user"} == names_in(caller)


def test_a_circle_counts_an_error_for_each_of_its_operations(caller: Caller) -> None:
    circle = [post_group("a", "bulkId:b"), post_group("b", "bulkId:a", UNKNOWN_ID)]

    stopped = caller.bulk(*circle, post_user("ada"), failOnErrors=2)
    done = caller.bulk(*circle, post_user("ada"), failOnErrors=3)

    assert ["409", "400"] == statuses(stopped)
    assert ["409", "400", "201"] == statuses(done)


REFERRING = (
    patch(USER, "bulkId:bad", {"op": "remove", "path": "title"}),
    put(USER, "bulkId:bad", userName="x"),
    delete(USER, "bulkId:bad"),
    post_group("crew", "bulkId:bad"),
    post_user("eve", **managed_by("bad")),
    post_user("eva", displayName="bulkId:bad"),
    patch(GROUP, "bulkId:club", add_members("bulkId:bad")),
    patch(GROUP, "bulkId:club", {"op": "remove", "path": 'members[value eq "bulkId:bad"]'}),
)


@pytest.mark.parametrize("bad", [post_user("bad", active="perhaps"), post_user("other")])
def test_a_reference_to_what_was_not_made_is_a_conflict(
    caller: Caller, bad: dict[str, Any]
) -> None:
    """Whether its POST failed, or there was none."""
    _, club, *refused, ada = caller.bulk(bad, post_group("club"), *REFERRING, post_user("ada"))

    group = caller.get(GROUP, id_of(club))
    assert ["201", *["409"] * len(REFERRING), "201"] == statuses([club, *refused, ada])
    assert (1, []) == (version_of(group), members_of(group))
    for outcome in refused:
        assert "'bad'" in outcome["response"]["detail"]
        assert "scimType" not in outcome["response"]
    assert [f"{BASE_URL}/Users/bulkId:bad"] * 3 == [each["location"] for each in refused[:3]]


def test_what_refers_to_what_fails_fails_along_the_chain(caller: Caller) -> None:
    chain = [post_group(f"g{n}", f"bulkId:g{n + 1}") for n in range(5)]

    outcomes = caller.bulk(*chain, {**post_group("g5"), "data": {}})

    assert ["409"] * 5 + ["400"] == statuses(outcomes)
    assert set() == names_in(caller)


def test_members_made_by_a_request_are_removed_by_it(caller: Caller) -> None:
    """A filter in the path of a PATCH refers as a value does."""
    outcomes = caller.bulk(
        post_user("ada"),
        post_user("bob"),
        post_group("crew", "bulkId:ada", "bulkId:bob"),
        patch(GROUP, "bulkId:crew", {"op": "remove", "path": 'members[value eq "bulkId:ada"]'}),
    )

    assert [id_of(outcomes[1])] == members_of(caller.get(GROUP, id_of(outcomes[2])))


def test_a_reference_to_another_type_leads_nowhere(caller: Caller) -> None:
    change = {"op": "replace", "path": "displayName", "value": "x"}

    ada, changed = caller.bulk(post_user("ada"), patch(GROUP, "bulkId:ada", change))

    assert ("201", "404") == (ada["status"], changed["status"])
    assert f"{BASE_URL}/Groups/{id_of(ada)}" == changed["location"]


@pytest.mark.parametrize("bulk_id", ["", " ", "bulkId:", "bulkId:x", "é😀", "a/b", 'a"b'])
def test_a_bulk_id_is_any_text(caller: Caller, bulk_id: str) -> None:
    ada = {**post_user("ada"), "bulkId": bulk_id}

    crew, made = caller.bulk(post_group("crew", f"bulkId:{bulk_id}"), ada)

    assert bulk_id == made["bulkId"]
    assert [id_of(made)] == members_of(caller.get(GROUP, id_of(crew)))


def test_a_bulk_id_means_one_request_only(caller: Caller) -> None:
    caller.bulk(post_user("ada"))

    (outcome,) = caller.bulk(post_group("crew", "bulkId:ada"))

    assert "409" == outcome["status"]


def test_a_bulk_id_that_stands_twice_means_the_first(caller: Caller) -> None:
    first, second, crew = caller.bulk(
        post_user("ada"),
        {**post_user("bob"), "bulkId": "ada"},
        post_group("crew", "bulkId:ada"),
    )

    assert ["201", "400", "201"] == statuses([first, second, crew])
    assert "invalidValue" == second["response"]["scimType"]
    assert [id_of(first)] == members_of(caller.get(GROUP, id_of(crew)))
