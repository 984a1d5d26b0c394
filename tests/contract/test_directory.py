"""What a directory promises of users and groups, on every engine."""

import json
from typing import Any

import pytest
from scim2_models import (
    MutabilityException,
    NotFoundException,
    SCIMException,
)

from scim import Database, Directory
from scim.provider import GROUP, KINDS, USER, Kind
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    UNKNOWN_ID,
    Caller,
    Journal,
    add_members,
    body_of,
    caller_of,
    every_act,
    new_group,
    new_resource,
    new_user,
    open_directory,
    version_of,
)
from tests.contract.people import ENTERPRISE


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def directory(database: Database, clock: FakeClock, journal: Journal) -> Directory:
    return open_directory(database, clock, journal)


@pytest.fixture
def tolerant(directory: Directory, caller: Caller) -> Caller:
    """A tolerant client of the same tenant."""
    return caller_of(directory, caller.client.tenant_id, "tolerant")


both_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_a_created_user_is_shown_with_what_the_server_adds(
    caller: Caller, clock: FakeClock
) -> None:
    user = new_user(caller, "ada", name={"familyName": "Lovelace"}, active=True)

    location = f"{BASE_URL}/Users/{user['id']}"
    now = "2026-11-24T12:00:00.000000Z"
    assert clock.moment.isoformat() == "2026-11-24T12:00:00+00:00"
    assert {
        "id": user["id"],
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada",
        "name": {"familyName": "Lovelace"},
        "active": True,
        "groups": [],
        "meta": {
            "resourceType": "User",
            "created": now,
            "lastModified": now,
            "location": location,
            "version": 'W/"1"',
        },
    } == user


def test_an_extension_is_listed_in_schemas_only_where_it_has_values(caller: Caller) -> None:
    with_values = new_user(caller, "ada", **{ENTERPRISE: {"department": "Engines"}})
    without = new_user(caller, "bob", **{ENTERPRISE: {}})

    assert [str(USER.model.__schema__), ENTERPRISE] == with_values["schemas"]
    assert [str(USER.model.__schema__)] == without["schemas"]
    assert ENTERPRISE not in without


@both_kinds
def test_what_was_created_is_got_and_listed_as_it_was_answered(caller: Caller, kind: Kind) -> None:
    made = new_resource(caller, kind)

    assert made == caller.get(kind, made["id"])
    assert [made] == caller.search(kind)["Resources"]
    assert [made] == caller.search(USER, GROUP)["Resources"]


@both_kinds
def test_what_does_not_exist_is_not_found(caller: Caller, kind: Kind) -> None:
    body = body_of(kind, **{kind.unique: "x"})
    change = {"op": "replace", "path": "externalId", "value": "1"}

    for act in every_act(caller, kind, UNKNOWN_ID, body, change):
        with pytest.raises(NotFoundException):
            act()


@both_kinds
def test_a_resource_is_not_found_as_one_of_another_type(caller: Caller, kind: Kind) -> None:
    made = new_resource(caller, kind)
    wrong = GROUP if kind is USER else USER
    body = body_of(wrong, **{wrong.unique: "x"})

    for act in every_act(caller, wrong, made["id"], body, {"op": "remove", "path": "externalId"}):
        with pytest.raises(NotFoundException):
            act()
    assert made == caller.get(kind, made["id"])


def test_a_list_is_in_the_order_of_creation_whatever_changes(caller: Caller) -> None:
    ids = [new_user(caller, name)["id"] for name in ("zoe", "ada", "max")]

    caller.patch(USER, ids[0], {"op": "replace", "path": "userName", "value": "bea"})

    assert ids == caller.ids(USER)


def test_an_empty_list_is_a_list(caller: Caller) -> None:
    assert {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 0,
        "startIndex": 1,
        "itemsPerPage": 0,
        "Resources": [],
    } == caller.search(USER, GROUP)


def test_a_page_of_none_still_counts_all(caller: Caller) -> None:
    new_user(caller)

    page = caller.search(USER, count=0)

    assert (1, 0, []) == (page["totalResults"], page["itemsPerPage"], page["Resources"])


def test_a_replaced_user_has_only_what_the_body_says(caller: Caller) -> None:
    user = new_user(caller, "ada", title="Countess", externalId="1", active=True)

    replaced = caller.replace(USER, user["id"], body_of(USER, userName="ada", nickName="A"))

    assert replaced == caller.get(USER, user["id"])
    assert {"id", "schemas", "userName", "nickName", "groups", "meta"} == set(replaced)
    assert user["meta"]["created"] == replaced["meta"]["created"]


def test_what_is_read_only_stays_whatever_a_replacement_says(caller: Caller) -> None:
    """RFC 7644 §3.5.1: values for readOnly attributes are ignored."""
    user = new_user(caller)
    foreign = {"id": UNKNOWN_ID, "meta": {"version": 'W/"99"'}, "groups": [{"value": UNKNOWN_ID}]}

    replaced = caller.replace(USER, user["id"], body_of(USER, userName="ada", **foreign))

    assert user == replaced


def test_what_is_read_only_is_the_server_s_on_creation(caller: Caller) -> None:
    foreign = {"id": UNKNOWN_ID, "meta": {"version": 'W/"99"'}, "groups": [{"value": UNKNOWN_ID}]}

    user = caller.create(USER, body_of(USER, userName="ada", **foreign))

    assert UNKNOWN_ID != user["id"]
    assert (1, []) == (version_of(user), user["groups"])


@pytest.mark.parametrize(
    "change",
    [
        {"op": "replace", "path": "id", "value": UNKNOWN_ID},
        {"op": "replace", "path": "meta.version", "value": "x"},
        {"op": "remove", "path": "meta"},
        {"op": "add", "path": "groups", "value": [{"value": UNKNOWN_ID}]},
        {"op": "replace", "value": {"id": UNKNOWN_ID}},
    ],
)
def test_what_is_read_only_cannot_be_patched(caller: Caller, change: dict[str, Any]) -> None:
    """RFC 7644 §3.5.2: a change of a readOnly attribute is the error ``mutability``."""
    user = new_user(caller)

    with pytest.raises(MutabilityException):
        caller.patch(USER, user["id"], change)

    assert user == caller.get(USER, user["id"])


def test_operations_are_carried_out_in_order(caller: Caller) -> None:
    user = new_user(caller, "ada", title="Countess")

    patched = caller.patch(
        USER,
        user["id"],
        {"op": "add", "path": "emails", "value": [{"value": "a@example.com", "type": "work"}]},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "b@example.com"},
        {"op": "remove", "path": "title"},
        {"op": "add", "value": {"nickName": "A", ENTERPRISE: {"department": "Engines"}}},
    )

    assert [{"value": "b@example.com", "type": "work"}] == patched["emails"]
    assert "title" not in patched
    assert ("A", {"department": "Engines"}) == (patched["nickName"], patched[ENTERPRISE])
    assert patched == caller.get(USER, user["id"])


@pytest.mark.parametrize(
    "failing",
    [
        {"op": "replace", "path": "id", "value": "x"},
        {"op": "replace", "path": "userName", "value": "TAKEN"},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "x"},
        {"op": "remove", "path": "userName"},
        {"op": "add", "path": "active", "value": "perhaps"},
    ],
)
def test_a_failing_operation_undoes_the_ones_before_it(
    caller: Caller, journal: Journal, failing: dict[str, Any]
) -> None:
    new_user(caller, "taken")
    user = new_user(caller, "ada", title="Countess")
    recorded = len(journal.notes)

    with pytest.raises(SCIMException):
        caller.patch(USER, user["id"], {"op": "replace", "path": "title", "value": "x"}, failing)

    assert user == caller.get(USER, user["id"])
    assert recorded == len(journal.notes)


@pytest.mark.parametrize(
    "failing",
    [
        add_members(UNKNOWN_ID),
        {"op": "replace", "path": "members", "value": [{"value": UNKNOWN_ID}]},
        {"op": "replace", "path": "displayName", "value": "TAKEN"},
        {"op": "remove", "path": "displayName"},
        {"op": "replace", "path": 'members[value eq "x"].display', "value": "x"},
    ],
)
def test_a_failing_operation_undoes_changes_of_members_too(
    caller: Caller, failing: dict[str, Any]
) -> None:
    new_group(caller, "taken")
    ada, bob = new_user(caller, "ada"), new_user(caller, "bob")
    group = new_group(caller, "crew", ada["id"])
    changes = (
        {"op": "replace", "path": "externalId", "value": "x"},
        {"op": "remove", "path": f'members[value eq "{ada["id"]}"]'},
        add_members(bob["id"]),
    )

    with pytest.raises(SCIMException):
        caller.patch(GROUP, group["id"], *changes, failing)

    assert group == caller.get(GROUP, group["id"])


def test_a_password_is_accepted_and_kept_nowhere(
    database: Database, caller: Caller, tolerant: Caller
) -> None:
    """Nothing here signs users in, so there is nothing to keep it for."""
    secret = "canary-Tr0ub4dor"
    user = caller.create(USER, body_of(USER, userName="ada", password=secret))
    bob = tolerant.create(USER, {"userName": "bob", "PASSWORD": secret})
    caller.replace(USER, user["id"], body_of(USER, userName="ada", title="x", password=secret))
    for each in (caller, tolerant):
        each.patch(USER, user["id"], {"op": "replace", "path": "password", "value": secret})
        each.patch(USER, bob["id"], {"op": "add", "value": {"password": secret, "title": "y"}})

    shown = caller.search(USER)

    assert "password" not in json.dumps(shown).lower()
    assert secret not in json.dumps(_everything(database))


def _everything(database: Database) -> list[list[str]]:
    """Return every stored value of every table, as text."""
    found = []
    with database.read() as session:
        for table in ("tenant", "resource", "member"):
            rows: Any = session.all(f"SELECT * FROM {table}")  # noqa: S608 - named here
            found += [[str(value) for value in dict(row).values()] for row in rows]
    assert found
    return found
