"""Resources of added schemas are stored, changed and kept unique like the built-in ones."""

from typing import Any

import pytest
from scim2_models import (
    InvalidValueException,
    MutabilityException,
    SCIMException,
    UniquenessException,
)

from scim import PROVIDER, Database, Directory, Limits, Provider
from scim.migrations import MIGRATIONS
from scim.provider import GROUP, extended_provider
from tests.added_schemas import BADGE, BADGED_USER, DEVICE, DEVICE_SCHEMA, EXTENDED, FILES, LEASE
from tests.conftest import FakeClock
from tests.contract.directories import (
    Caller,
    Journal,
    add_members,
    body_of,
    caller_of,
    new_cursors,
    new_group,
    new_tenant,
)


def opened(database: Database, clock: FakeClock, provider: Provider) -> Directory:
    return Directory(database, clock, Journal(), provider, new_cursors(clock))


@pytest.fixture
def caller(database: Database, clock: FakeClock) -> Caller:
    """A client of a directory with the added schemas."""
    database.migrate(MIGRATIONS)
    return caller_of(opened(database, clock, EXTENDED), new_tenant(database))


def device(caller: Caller, serial: str = "A1", **attributes: Any) -> dict[str, Any]:
    return caller.create(DEVICE, body_of(DEVICE, serial=serial, **attributes))


def badged(caller: Caller, name: str, **badge: Any) -> dict[str, Any]:
    return caller.create(BADGED_USER, body_of(BADGED_USER, userName=name, **{BADGE: badge}))


def test_a_resource_of_an_added_type_comes_back_as_it_was_sent(caller: Caller) -> None:
    sent = {
        "serial": "A1",
        "weight": 1.5,
        "ports": [{"value": "eth0", "speed": 1000, "primary": True}],
        LEASE: {"endsAt": "2027-01-01T00:00:00Z"},
    }

    made = device(caller, **sent)

    assert [DEVICE_SCHEMA, LEASE] == made["schemas"]
    assert sent == {name: made[name] for name in sent}
    assert made["meta"]["location"].endswith(f"/Devices/{made['id']}")
    assert made == caller.get(DEVICE, made["id"])
    assert "groups" not in made
    assert "members" not in made


def test_an_added_extension_comes_back_as_it_was_sent(caller: Caller) -> None:
    badge = {"number": "7", "level": 3, "doors": ["N1", "N2"], "lost": False, "picture": "aGk="}

    made = badged(caller, "ada", **badge)

    assert badge == made[BADGE]
    assert BADGE in made["schemas"]
    assert [] == made["groups"]


def test_what_is_never_returned_is_not_even_stored(caller: Caller, database: Database) -> None:
    made = badged(caller, "ada", number="7", pin="hush")

    assert {"number": "7"} == made[BADGE]
    with database.read() as session:
        row = session.one("SELECT doc FROM resource WHERE id = ?", (made["id"],))
    assert row is not None
    assert "hush" not in row["doc"]


def test_a_required_attribute_has_to_be_there(caller: Caller) -> None:
    with pytest.raises(InvalidValueException):
        caller.create(DEVICE, body_of(DEVICE, displayName="no serial"))


@pytest.mark.parametrize(
    "wrong", [{"weight": "heavy"}, {"ports": [{"speed": 1.5}]}, {"serial": 7}, {"ports": 7}]
)
def test_a_value_of_another_type_is_refused(caller: Caller, wrong: dict[str, Any]) -> None:
    with pytest.raises(SCIMException) as caught:
        device(caller, **({"serial": "A1"} | wrong))

    assert 400 == caught.value.status


def test_what_is_no_base64_is_refused(caller: Caller) -> None:
    with pytest.raises(InvalidValueException):
        badged(caller, "ada", picture="no base64!")


def test_an_immutable_value_does_not_change(caller: Caller) -> None:
    made = device(caller)

    with pytest.raises(MutabilityException):
        caller.patch(DEVICE, made["id"], {"op": "replace", "path": "serial", "value": "B2"})
    with pytest.raises(MutabilityException):
        caller.replace(DEVICE, made["id"], body_of(DEVICE, serial="B2"))
    assert "A1" == caller.get(DEVICE, made["id"])["serial"]


def test_a_patch_changes_an_added_extension(caller: Caller) -> None:
    made = badged(caller, "ada", number="7", level=3)

    changed = caller.patch(
        BADGED_USER,
        made["id"],
        {"op": "replace", "path": f"{BADGE}:level", "value": 4},
        {"op": "add", "path": f"{BADGE}:doors", "value": ["N1"]},
    )

    assert {"number": "7", "level": 4, "doors": ["N1"]} == changed[BADGE]


def test_every_unique_attribute_of_a_type_is_unique(caller: Caller) -> None:
    device(caller, "A1", inventory="I-1")
    device(caller, "a1", inventory="i-2")  # the serial is caseExact

    with pytest.raises(UniquenessException, match="serial"):
        device(caller, "A1", inventory="I-3")
    with pytest.raises(UniquenessException, match="inventory"):
        device(caller, "C3", inventory="i-1")
    assert 2 == caller.search(DEVICE)["totalResults"]


def test_a_unique_attribute_of_an_extension_is_unique(caller: Caller) -> None:
    badged(caller, "ada", number="N7")
    eve = badged(caller, "eve", number="N8")

    with pytest.raises(UniquenessException, match="number"):
        badged(caller, "bob", number="n7")
    with pytest.raises(UniquenessException, match="number"):
        caller.patch(
            BADGED_USER, eve["id"], {"op": "replace", "path": f"{BADGE}:number", "value": "n7"}
        )
    assert "N8" == caller.get(BADGED_USER, eve["id"])[BADGE]["number"]


def test_a_value_that_was_given_up_is_free_again(caller: Caller) -> None:
    ada = badged(caller, "ada", number="7")
    eve = badged(caller, "eve", number="8")

    caller.patch(BADGED_USER, ada["id"], {"op": "remove", "path": f"{BADGE}:number"})
    caller.patch(BADGED_USER, eve["id"], {"op": "replace", "path": f"{BADGE}:number", "value": "7"})
    caller.delete(BADGED_USER, eve["id"])

    assert "7" == badged(caller, "bob", number="7")[BADGE]["number"]


def test_a_unique_value_may_be_absent_often_but_not_empty(caller: Caller) -> None:
    device(caller, "A1")
    device(caller, "A2")

    with pytest.raises(InvalidValueException):
        device(caller, "A3", inventory="")


def test_unique_values_of_another_tenant_do_not_count(caller: Caller, database: Database) -> None:
    device(caller, "A1", inventory="I-1")
    elsewhere = caller_of(caller.directory, new_tenant(database, "other"))

    assert "A1" == device(elsewhere, "A1", inventory="I-1")["serial"]


def test_a_device_is_no_member_of_a_group(caller: Caller) -> None:
    """RFC 7643 §8.7.1: members are users and groups."""
    made = device(caller)
    group = new_group(caller)

    with pytest.raises(InvalidValueException):
        caller.patch(GROUP, group["id"], add_members(made["id"]))


def test_a_search_of_the_whole_directory_covers_added_types(caller: Caller) -> None:
    made = device(caller, displayName="Press")
    group = new_group(caller, "press")

    found = caller.search(*EXTENDED.kinds.values(), filter='displayName eq "press"')

    assert {made["id"], group["id"]} == {each["id"] for each in found["Resources"]}


def test_resources_outlive_a_schema_that_is_taken_away(
    caller: Caller, database: Database, clock: FakeClock
) -> None:
    ada = badged(caller, "ada", number="7")
    device(caller)
    left = caller_of(opened(database, clock, PROVIDER), caller.client.tenant_id)
    user = PROVIDER.kinds["User"]

    changed = left.patch(user, ada["id"], {"op": "replace", "path": "title", "value": "Countess"})

    assert "Countess" == changed["title"]
    assert BADGE not in changed
    assert [ada["id"]] == left.ids(*PROVIDER.kinds.values())


def test_a_resource_that_fits_its_schema_no_longer_says_so(
    caller: Caller, database: Database, clock: FakeClock
) -> None:
    made = device(caller, displayName="Press")
    other = {
        path.name: path.read_text().replace(
            '"name": "displayName", "type": "string"', '"name": "displayName", "type": "integer"'
        )
        for path in FILES
    }
    provider = extended_provider(other, Limits())
    later = caller_of(opened(database, clock, provider), caller.client.tenant_id)

    with pytest.raises(InvalidValueException, match="another schema"):
        later.patch(
            provider.kinds["Device"], made["id"], {"op": "replace", "path": "weight", "value": 2}
        )
    with pytest.raises(InvalidValueException, match="another schema"):
        later.replace(provider.kinds["Device"], made["id"], body_of(DEVICE, serial="A1"))
    assert "Press" == later.get(provider.kinds["Device"], made["id"])["displayName"]
