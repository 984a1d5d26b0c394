"""Lines are taken whole or refused with their reason, and what stands there is passed over."""

from typing import Any

import pytest

from scim import Database
from scim.choices import ProfileName
from scim.provider import GROUP, USER
from tests.conftest import FakeClock
from tests.contract.directories import (
    Journal,
    Note,
    add_members,
    body_of,
    members_of,
    new_user,
    version_of,
)
from tests.contract.transfers import LONGEST, Mover, details_of, group_line, new_mover, user_line


@pytest.fixture
def mover(database: Database, clock: FakeClock) -> Mover:
    return new_mover(database, clock)


def deep(levels: int) -> bytes:
    return b'{"userName":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("line", "status", "scim_type"),
    [
        (b"{", 400, "invalidSyntax"),
        (
            b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userNa',
            400,
            "invalidSyntax",
        ),
        (b"[]", 400, "invalidSyntax"),
        (b"\xff\xfe{\x00}\x00", 400, "invalidSyntax"),
        (b"\x00", 400, "invalidSyntax"),
        (deep(40), 400, "invalidSyntax"),
        (deep(400_000), 400, "invalidSyntax"),
        (user_line("nul", title="a\0b"), 400, "invalidValue"),
        (user_line("surrogate", title="\ud800"), 400, "invalidValue"),
        (b'{"userName":"' + b"x" * LONGEST + b'"}', 413, ""),
        ({"userName": "ada"}, 400, "invalidValue"),
        ({"schemas": 7, "meta": 7}, 400, "invalidValue"),
        ({"schemas": ["urn:example:unknown"], "userName": "ada"}, 400, "invalidValue"),
        (body_of(USER), 400, "invalidValue"),
        (user_line("ada", active={}), 400, "invalidValue"),
        (user_line("ada", id=7), 400, "invalidValue"),
        (user_line("ada", id=""), 400, "invalidValue"),
        (user_line("ada", id='a"b'), 400, "invalidValue"),
        (user_line("ada", id="a/b"), 400, "invalidValue"),
        (user_line("ada", id="a\n"), 400, "invalidValue"),
        (user_line("ada", id="x" * 256), 400, "invalidValue"),
        (user_line("ada", id="BulkId:1"), 400, "invalidValue"),
        (user_line("ada", meta={"created": "yesterday"}), 400, "invalidValue"),
        (user_line("ada", meta={"lastModified": 7}), 400, "invalidValue"),
        (user_line("ada", meta={"created": "0001-01-01T00:00:00+23:00"}), 400, "invalidValue"),
        (user_line("x" * 513, id="long"), 400, "invalidValue"),
        (group_line("crew", ""), 400, "invalidValue"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_goes_on(
    mover: Mover, line: object, status: int, scim_type: str
) -> None:
    outcome = mover.take(user_line("first"), line, user_line("last"))

    assert [(2, status, scim_type)] == details_of(outcome)
    assert ["first", "last"] == mover.caller.ids(USER, GROUP)


def test_the_profile_says_how_lines_are_read(mover: Mover) -> None:
    line = user_line("ada", active="True", unknown=1)

    strict = mover.read_as(ProfileName.STRICT).take(line)
    tolerant = mover.take(line)

    assert 400 == strict.refusals[0].status
    assert (1, []) == (tolerant.added, tolerant.refusals)


def test_the_type_is_told_by_schemas_or_else_by_the_meta(mover: Mover) -> None:
    lines: list[dict[str, Any]] = [
        {"SCHEMAS": ["URN:ietf:params:scim:schemas:core:2.0:user"], "ID": "a", "userName": "a"},
        {"meta": {"resourceType": "Group"}, "id": "b", "displayName": "b"},
        {"meta": {"resourceType": "User"}, **group_line("c")},
    ]

    outcome = mover.take(*lines)

    assert [] == outcome.refusals
    assert ["a"] == mover.caller.ids(USER)
    assert ["b", "c"] == mover.caller.ids(GROUP)


def test_what_stands_there_is_passed_over(mover: Mover) -> None:
    lines = [user_line("ada"), user_line("bob", title="x"), group_line("crew", "ada")]
    mover.take(*lines)
    before = mover.written()

    outcome = mover.take(*lines, user_line("eve"))

    assert (1, 3, []) == (outcome.added, outcome.standing, outcome.refusals)
    assert before == [line for line in mover.written() if '"eve"' not in line]


def test_an_id_with_other_content_is_refused(mover: Mover) -> None:
    mover.take(user_line("ada"))

    outcome = mover.take(user_line("ada", title="x"), group_line("ada"), user_line("eve"))

    assert [(1, 409, "uniqueness"), (2, 409, "uniqueness")] == details_of(outcome)
    assert ["ada", "ada"] == [each.id for each in outcome.refusals]
    assert "title" not in mover.caller.get(USER, "ada")


def test_a_name_that_is_taken_is_refused_and_the_rest_goes_on(mover: Mover) -> None:
    mover.take(user_line("ada"))

    outcome = mover.take(
        user_line("first"),
        user_line("ADA", id="other"),
        user_line("first", title="x"),
        user_line("last"),
        user_line("Last", id="again"),
        user_line("last"),
    )

    assert (2, 1) == (outcome.added, outcome.standing)
    assert [2, 3, 5] == [each.number for each in outcome.refusals]
    assert {409} == {each.status for each in outcome.refusals}
    assert ["ada", "first", "last"] == mover.caller.ids(USER)


def test_lines_without_an_id_get_one_and_are_known_by_their_name(mover: Mover) -> None:
    crew = body_of(GROUP, displayName="crew", members=[{"value": "eve"}])
    lines = [body_of(USER, userName="ada"), user_line("eve"), crew]

    first = mover.take(*lines)
    again = mover.take(*lines)
    other = mover.take(body_of(USER, userName="ada", title="x"))

    assert (3, 0, []) == (first.added, first.standing, first.refusals)
    assert (0, 3, []) == (again.added, again.standing, again.refusals)
    assert [(1, 409, "uniqueness")] == details_of(other)


def test_groups_may_share_a_name_where_that_is_chosen(mover: Mover) -> None:
    lines = [group_line("crew"), group_line("crew", id="other")]

    assert [(2, 409, "uniqueness")] == details_of(mover.take(*lines))
    assert [] == mover.sharing_names().take(*lines).refusals
    assert ["crew", "other"] == mover.caller.ids(GROUP, filter='displayName eq "crew"')


def test_a_member_that_is_not_there_is_left_out_until_it_is(mover: Mover) -> None:
    crew = group_line("crew", "ada", "eve", "x1", "x2", "x3")

    outcome = mover.take(user_line("ada"), crew)
    assert ["ada"] == members_of(mover.caller.get(GROUP, "crew"))
    mover.take(user_line("eve"))
    mover.take(crew)

    assert [(2, 400, "invalidValue")] == details_of(outcome)
    assert "'eve', 'x1', 'x2' and 1 more" in outcome.refusals[0].detail
    assert ["ada", "eve"] == members_of(mover.caller.get(GROUP, "crew"))


def test_an_import_cut_off_before_members_joined_is_gone_on_with(mover: Mover) -> None:
    lines = [group_line("crew", "ada", meta={"version": 'W/"4"'}), user_line("ada")]
    mover.take(*lines, join=False)

    outcome = mover.take(*lines)

    assert (2, []) == (outcome.standing, outcome.refusals)
    crew = mover.caller.get(GROUP, "crew")
    # who read it without members has version 4, and is to learn of them
    assert (["ada"], 5) == (members_of(crew), version_of(crew))


def test_a_group_that_was_changed_since_gets_no_members_back(mover: Mover) -> None:
    lines = [group_line("crew", "ada", "bob"), user_line("ada"), user_line("bob")]
    mover.take(*lines)
    mover.caller.patch(GROUP, "crew", {"op": "remove", "path": 'members[value eq "bob"]'})

    outcome = mover.take(*lines)

    assert [(1, 409, "uniqueness")] == details_of(outcome)
    assert "'bob'" in outcome.refusals[0].detail
    assert ["ada"] == members_of(mover.caller.get(GROUP, "crew"))


def test_a_group_that_gained_members_since_is_as_it_should_be(mover: Mover) -> None:
    lines = [group_line("crew", "ada"), user_line("ada"), user_line("bob")]
    mover.take(*lines)
    mover.caller.patch(GROUP, "crew", add_members("bob"))

    assert [] == mover.take(*lines).refusals


def test_a_group_that_is_deleted_meanwhile_gets_no_members(mover: Mover) -> None:
    outcome = mover.take(group_line("crew", "ada"), user_line("ada"), join=False)
    mover.caller.delete(GROUP, "crew")

    refused = mover.importer.join(outcome.joinings, mover.client)

    assert [(1, 404)] == [(each.number, each.status) for each in refused]


def test_every_resource_is_recorded_in_the_transaction_that_adds_it(
    database: Database, clock: FakeClock
) -> None:
    journal = Journal()
    mover = new_mover(database, clock, journal)

    mover.take(user_line("ada"), group_line("crew", "ada"))

    tenant = mover.client.tenant_id
    assert [Note(tenant, "user.create", "ada"), Note(tenant, "group.create", "crew")] == (
        journal.notes
    )


def test_another_tenant_has_other_ids(database: Database, mover: Mover, clock: FakeClock) -> None:
    other = new_mover(database, clock)
    mover.take(user_line("ada", title="here"))

    outcome = other.take(user_line("ada", title="there"), group_line("crew", "ada"))

    assert (2, []) == (outcome.added, outcome.refusals)
    assert "here" == mover.caller.get(USER, "ada")["title"]


def test_members_of_another_tenant_are_strangers(
    database: Database, mover: Mover, clock: FakeClock
) -> None:
    ada = new_user(new_mover(database, clock).caller)

    outcome = mover.take(group_line("crew", ada["id"]))

    assert [(1, 400, "invalidValue")] == details_of(outcome)
