"""What is exported and imported into another tenant is the same directory."""

import json
from typing import Any

import pytest

from scim import Database
from scim.choices import ProfileName
from scim.provider import GROUP, USER
from scim.storage.members import Members
from scim.storage.transfer import Transfer
from tests.added_schemas import BADGE, DEVICE, EXTENDED
from tests.conftest import FakeClock
from tests.contract.directories import add_members, body_of, members_of, new_group, new_user
from tests.contract.people import populate
from tests.contract.transfers import Mover, group_line, new_mover, user_line


@pytest.fixture
def mover(database: Database, clock: FakeClock) -> Mover:
    return new_mover(database, clock)


@pytest.mark.parametrize("profile", list(ProfileName))
def test_a_directory_goes_round(database: Database, clock: FakeClock, profile: ProfileName) -> None:
    here, there = new_mover(database, clock), new_mover(database, clock).read_as(profile)
    populate(here.caller, clock)
    lines = here.written()
    clock.advance(days=1)

    outcome = there.take(*(line.encode() for line in lines))

    assert [] == outcome.refusals
    assert len(lines) == outcome.added
    assert lines == there.written()


def test_a_line_is_the_resource_but_for_what_follows_from_the_rest(mover: Mover) -> None:
    user = new_user(mover.caller, "ada", externalId="1")
    group = new_group(mover.caller, "crew", user["id"])
    user = mover.caller.get(USER, user["id"])
    del user["groups"], user["meta"]["location"]
    del group["members"][0]["$ref"], group["meta"]["location"]

    assert [user, group] == [json.loads(line) for line in mover.written()]


def test_resources_of_added_types_go_round(database: Database, clock: FakeClock) -> None:
    here = new_mover(database, clock, provider=EXTENDED)
    there = new_mover(database, clock, provider=EXTENDED)
    here.caller.create(DEVICE, body_of(DEVICE, serial="A1", weight=1.5))
    badged = body_of(EXTENDED.kinds["User"], userName="ada", **{BADGE: {"number": "7"}})
    here.caller.create(EXTENDED.kinds["User"], badged)

    there.take(*(line.encode() for line in here.written()))

    assert 2 == len(there.written())
    assert here.written() == there.written()


def test_groups_may_come_first_and_be_members_of_each_other_in_circles(mover: Mover) -> None:
    outcome = mover.take(
        group_line("inner", "outer", "ada", "inner"), group_line("outer", "inner"), user_line("ada")
    )

    assert (3, []) == (outcome.added, outcome.refusals)
    assert ["outer", "ada", "inner"] == members_of(mover.caller.get(GROUP, "inner"))
    assert ["inner"] == members_of(mover.caller.get(GROUP, "outer"))


def test_an_export_shows_one_moment(mover: Mover) -> None:
    mover.take(user_line("u0"), user_line("u1"))
    new_group(mover.caller, "crew", "u0", "u1")

    with mover.exporter.open(mover.client.tenant_id) as export:
        pieces = export.pieces()
        text = next(pieces)
        mover.caller.delete(USER, "u0")
        new_user(mover.caller, "late")
        text += "".join(pieces)

    assert 3 == export.total == text.count("\n")
    assert ["u0", "u1"] == members_of(json.loads(text.splitlines()[2]))


def test_a_tenant_is_gone_through_in_steps(mover: Mover, database: Database) -> None:
    mover.take(*(user_line(name) for name in "edcba"), group_line("crew", *"badce"))
    new_mover(database, FakeClock()).take(user_line("a"), group_line("crew", "a"))

    with database.read() as session:
        transfer = Transfer(session, mover.client.tenant_id)
        users = [[each.id for each in step] for step in transfer.resources("User", 2)]
        crew = Members(session, database.words, mover.client.tenant_id).each_of_group("crew", 2)
        members = [each.value for each in crew]

    assert [["e", "d"], ["c", "b"], ["a"]] == users
    assert ["b", "a", "d", "c", "e"] == members


def test_moments_and_version_stay(mover: Mover) -> None:
    meta = {
        "created": "2001-02-03T04:05:06+01:00",
        "lastModified": "2002-02-03T04:05:06",
        "version": 'W/"7"',
    }

    mover.take(user_line("ada", meta=meta))

    kept: dict[str, Any] = mover.caller.get(USER, "ada")["meta"]
    assert "2001-02-03T03:05:06.000000Z" == kept["created"]
    assert "2002-02-03T04:05:06.000000Z" == kept["lastModified"]
    assert 'W/"7"' == kept["version"]


@pytest.mark.parametrize("version", ['"7"', "a3f0", 'W/"0"', 'W/"99999999999999"', None])
def test_a_version_that_is_not_ours_begins_anew(mover: Mover, version: str | None) -> None:
    mover.take(user_line("ada", meta={"version": version}))

    assert 'W/"1"' == mover.caller.get(USER, "ada")["meta"]["version"]


def test_an_imported_resource_is_one_like_any_other(mover: Mover) -> None:
    mover.take(user_line("ada", id="A@b:c+d=e~f"), group_line("crew"))

    mover.caller.patch(GROUP, "crew", add_members("A@b:c+d=e~f"))

    assert ["A@b:c+d=e~f"] == members_of(mover.caller.get(GROUP, "crew"))
    assert ["A@b:c+d=e~f"] == mover.caller.ids(USER, filter='id eq "A@b:c+d=e~f"')
