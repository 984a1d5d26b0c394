"""Bulk requests (RFC 7644 §3.7) on every engine: what runs, what is undone, what is answered."""

import pytest
from scim2_models import (
    BulkResponse,
    Context,
    EnterpriseUser,
    Group,
    InvalidValueException,
    NotFoundException,
    PayloadTooLargeException,
    User,
)

from scim import Database, Directory
from scim.limits import Limits
from scim.provider import GROUP, USER, standard_provider
from tests.conftest import FakeClock
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
    Journal,
    add_members,
    body_of,
    caller_of,
    members_of,
    new_tenant,
    new_user,
    open_directory,
)

TITLE = {"op": "replace", "path": "title", "value": "Countess"}


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def directory(database: Database, clock: FakeClock, journal: Journal) -> Directory:
    return open_directory(database, clock, journal)


def test_each_operation_is_answered_with_its_status_place_and_version(caller: Caller) -> None:
    bob, cyd, dan = (new_user(caller, name)["id"] for name in ("bob", "cyd", "dan"))

    outcomes = caller.bulk(
        post_user("ada"),
        put(USER, bob, userName="bob", title="Baron"),
        patch(USER, cyd, TITLE),
        delete(USER, dan),
    )

    (ada,) = caller.ids(USER, filter='userName eq "ada"')
    first, second = 'W/"1"', 'W/"2"'
    assert [
        {
            "method": "POST",
            "bulkId": "ada",
            "location": f"{BASE_URL}/Users/{ada}",
            "status": "201",
            "version": first,
        },
        {
            "method": "PUT",
            "location": f"{BASE_URL}/Users/{bob}",
            "status": "200",
            "version": second,
        },
        {
            "method": "PATCH",
            "location": f"{BASE_URL}/Users/{cyd}",
            "status": "200",
            "version": second,
        },
        {"method": "DELETE", "location": f"{BASE_URL}/Users/{dan}", "status": "204"},
    ] == outcomes
    assert {"ada", "bob", "cyd"} == names_in(caller)
    assert "Baron" == caller.get(USER, bob)["title"]
    assert "Countess" == caller.get(USER, cyd)["title"]


def test_the_answer_is_what_the_rfc_calls_a_bulk_response(caller: Caller) -> None:
    """As scim2-models reads it."""
    outcomes = caller.bulk(
        post_user("ada"), post_user("ADA"), delete(USER, UNKNOWN_ID), {"method": "GET"}
    )

    response = BulkResponse[User[EnterpriseUser] | Group].model_validate(
        {"Operations": outcomes}, scim_ctx=Context.BULK_RESPONSE
    )
    assert response.operations is not None
    assert [201, 409, 404, 400] == [each.status for each in response.operations]


def test_the_settings_of_the_app_hold(directory: Directory, caller: Caller) -> None:
    """Each status is that of a single request (RFC 7644 §3.7.3)."""
    ada = new_user(caller, "ada")["id"]
    settled = caller_of(
        directory, caller.client.tenant_id, patch="204", delete="suspend", group_names="shared"
    )

    outcomes = settled.bulk(
        patch(USER, ada, TITLE), delete(USER, ada), post_group("a"), post_group("A")
    )

    assert ["204", "204", "201", "201"] == statuses(outcomes)
    assert 'W/"2"' == outcomes[0]["version"]
    assert caller.get(USER, ada)["active"] is False


def test_resources_made_by_a_request_can_be_changed_by_it(caller: Caller) -> None:
    outcomes = caller.bulk(
        post_user("ada"),
        patch(USER, "bulkId:ada", TITLE),
        put(USER, "bulkId:ada", userName="ada", title="Queen"),
        post_user("bob"),
        delete(USER, "bulkId:bob"),
        delete(USER, "bulkId:bob"),
    )

    assert ["201", "200", "200", "201", "204", "404"] == statuses(outcomes)
    assert 1 == len({each["location"] for each in outcomes[:3]})
    assert 1 == len({each["location"] for each in outcomes[3:]})
    assert 'W/"3"' == outcomes[2]["version"]
    assert ["Queen"] == [each["title"] for each in caller.search(USER)["Resources"]]


def test_add_update_and_remove_as_the_rfc_shows_it(caller: Caller) -> None:
    """RFC 7644 §3.7.3, with versions of ours."""
    bob, dave, eve = (new_user(caller, name, nickName="x") for name in ("bob", "dave", "eve"))
    nick_name = {"op": "remove", "path": "nickName"}
    user_name = {"op": "add", "path": "userName", "value": "Dave"}

    outcomes = caller.bulk(
        post(USER, "qwerty", userName="Alice"),
        {
            **put(USER, bob["id"], id=bob["id"], userName="Bob"),
            "version": bob["meta"]["version"],
        },
        {
            **patch(USER, dave["id"], nick_name, user_name),
            "version": dave["meta"]["version"],
        },
        {**delete(USER, eve["id"]), "version": eve["meta"]["version"]},
        failOnErrors=1,
    )

    assert ["201", "200", "200", "204"] == statuses(outcomes)
    assert {"Alice", "Bob", "Dave"} == names_in(caller)


def test_every_change_is_recorded_once(caller: Caller, journal: Journal) -> None:
    outcomes = caller.bulk(
        post_group("crew", "bulkId:ada"), post_user("ada"), patch(USER, "bulkId:ada", TITLE)
    )

    crew, ada, _ = (id_of(each) for each in outcomes)
    expected = [("user.create", ada), ("group.create", crew), ("user.patch", ada)]
    assert expected == [(each.action, each.resource_id) for each in journal.notes]


def test_a_deleted_member_leaves_the_groups_of_the_same_request(caller: Caller) -> None:
    outcomes = caller.bulk(
        post_user("ada"),
        post_group("crew", "bulkId:ada"),
        delete(USER, "bulkId:ada"),
        patch(GROUP, "bulkId:crew", add_members("bulkId:ada")),
    )

    assert ["201", "201", "204", "400"] == statuses(outcomes)
    assert [] == members_of(caller.get(GROUP, id_of(outcomes[1])))


def test_a_request_may_have_so_many_operations_and_no_more(
    database: Database, clock: FakeClock, caller: Caller
) -> None:
    provider = standard_provider(Limits(bulk_operations=3))
    directory = open_directory(database, clock, provider=provider)
    limited = caller_of(directory, caller.client.tenant_id)
    users = [post_user(name) for name in ("ada", "bob", "cyd", "dan")]

    outcomes = limited.bulk(*users[:3])
    with pytest.raises(PayloadTooLargeException, match=r"maxOperations \(3\)"):
        limited.bulk(*users)

    assert ["201"] * 3 == statuses(outcomes)
    assert {"ada", "bob", "cyd"} == names_in(caller)


def test_data_is_read_as_the_profile_of_the_app_reads_it(
    directory: Directory, caller: Caller
) -> None:
    ada = new_user(caller, "ada")
    tolerant = caller_of(directory, caller.client.tenant_id, "tolerant")
    operations = [
        {**post_user("bob"), "data": {"userName": "bob", "active": "True", "x": 1}},
        patch(USER, ada["id"], {"op": "Replace", "value": {"active": "False", "x": 1}}),
    ]

    refused = caller.bulk(*operations)
    done = tolerant.bulk(*operations)

    assert ["400", "400"] == statuses(refused)
    assert ["201", "200"] == statuses(done)
    assert caller.get(USER, id_of(done[0]))["active"] is True
    assert caller.get(USER, ada["id"])["active"] is False


@pytest.mark.parametrize("value", [None, [], {}, "x", 5])
def test_a_request_without_operations_is_none(caller: Caller, value: object) -> None:
    with pytest.raises(InvalidValueException):
        caller.bulk(Operations=value)


def test_other_tenants_are_out_of_reach(
    directory: Directory, database: Database, caller: Caller
) -> None:
    stranger = caller_of(directory, new_tenant(database, "other"))
    ada = new_user(caller, "ada")

    outcomes = stranger.bulk(
        put(USER, ada["id"], userName="eve"),
        patch(USER, ada["id"], TITLE),
        delete(USER, ada["id"]),
        post_group("crew", ada["id"]),
        post_user("ada"),
    )

    assert ["404", "404", "404", "400", "201"] == statuses(outcomes)
    assert ada == caller.get(USER, ada["id"])
    with pytest.raises(NotFoundException):
        caller.get(USER, id_of(outcomes[-1]))


def test_a_read_only_attribute_is_not_written(caller: Caller) -> None:
    given = {"id": UNKNOWN_ID, "meta": {"version": "9"}, "password": "secret"}

    (outcome,) = caller.bulk({**post_user("ada"), "data": body_of(USER, userName="ada", **given)})

    ada = caller.get(USER, id_of(outcome))
    assert UNKNOWN_ID != ada["id"]
    assert 'W/"1"' == ada["meta"]["version"]
    assert "password" not in ada


@pytest.mark.parametrize(("profile", "status"), [("tolerant", "201"), ("strict", "404")])
def test_an_endpoint_is_read_as_in_a_single_request(
    caller: Caller, profile: str, status: str
) -> None:
    """CoreOne writes ``/users``."""
    asking = caller_of(caller.directory, caller.client.tenant_id, profile)

    [outcome] = asking.bulk(post_user("ada") | {"path": "/users"})

    assert status == outcome["status"]
    assert ("/Users/" in outcome.get("location", "")) == (profile == "tolerant")
