"""Bulk requests (RFC 7644 §3.7) on every engine: what runs, what is undone, what is answered."""

from typing import Any

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

from scim import Client, Database, Directory
from scim.limits import Limits
from scim.provider import GROUP, USER, standard_provider
from scim.storage import Session, Unavailable
from scim.storage.resources import Record
from tests.conftest import FakeClock
from tests.contract.bulk_operations import (
    delete,
    id_of,
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
    body_of,
    caller_of,
    members_of,
    new_cursors,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
TITLE = {"op": "replace", "path": "title", "value": "Countess"}
BAD_ID = {"op": "replace", "path": "id", "value": "mine"}


def record(session: Session, client: Client, action: str, record: Record, now: str, /) -> None:
    """Write an audit line, in the transaction of its change."""
    del client, now
    if "disk full" in record.doc:
        raise Unavailable("the disk is full")
    session.run("INSERT INTO line (action, id) VALUES (?, ?)", (action, record.id))


def lines(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(row["action"], row["id"]) for row in session.all("SELECT * FROM line")]


@pytest.fixture
def directory(database: Database, clock: FakeClock) -> Directory:
    with database.write() as session:
        session.run("CREATE TABLE line (action TEXT, id TEXT)")
    return open_directory(database, clock, record)


@pytest.fixture
def caller(directory: Directory, database: Database) -> Caller:
    """A strict client of the only tenant."""
    return caller_of(directory, new_tenant(database))


def names(caller: Caller) -> set[str]:
    """Return what every user and group is called."""
    found = caller.search(USER, GROUP)["Resources"]
    return {each.get("userName") or each["displayName"] for each in found}


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
    assert {"ada", "bob", "cyd"} == names(caller)
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
    assert {"Alice", "Bob", "Dave"} == names(caller)


def failing(caller: Caller) -> list[dict[str, Any]]:
    """Return the operations of RFC 7644 §3.7.3 that all fail, and a fifth that would not."""
    bob, dave = (new_user(caller, name)["id"] for name in ("bob", "dave"))
    return [
        {**post_user("Alice"), "data": {"schemas": ["urn:nothing"], "userName": "Alice"}},
        {**put(USER, bob, userName="bob", title="x"), "version": 'W/"3694e05e9dff591"'},
        {**patch(USER, dave, TITLE), "version": 'W/"edac3253e2c0ef2"'},
        {**delete(USER, UNKNOWN_ID), "version": 'W/"0ee8add0a938e1a"'},
        post_user("Eve"),
    ]


def test_all_operations_may_fail_as_the_rfc_shows_it(caller: Caller) -> None:
    """RFC 7644 §3.7.3: the answer is 200 all the same."""
    operations = failing(caller)
    before = caller.search(USER)

    alice, bob, dave, nobody = caller.bulk(*operations[:4])

    assert ["400", "412", "412", "404"] == statuses([alice, bob, dave, nobody])
    assert {"method", "bulkId", "status", "response"} == set(alice)
    assert "invalidSyntax" == alice["response"]["scimType"]
    for outcome in (bob, dave, nobody):
        assert {"method", "location", "status", "response"} == set(outcome)
        assert {"schemas", "status", "detail"} == set(outcome["response"])
        assert [ERROR] == outcome["response"]["schemas"]
        assert outcome["status"] == outcome["response"]["status"]
    assert f"{BASE_URL}/Users/{UNKNOWN_ID}" == nobody["location"]
    assert before == caller.search(USER)


@pytest.mark.parametrize(
    ("accepted", "expected"), [(1, "400"), (3, "400 412 412"), (4, "400 412 412 404")]
)
def test_so_many_errors_stop_the_request(caller: Caller, accepted: int, expected: str) -> None:
    """What did not run has no outcome (RFC 7644 §3.7.3)."""
    outcomes = caller.bulk(*failing(caller), failOnErrors=accepted)

    assert expected.split() == statuses(outcomes)
    assert "Eve" not in names(caller)


@pytest.mark.parametrize("accepted", [None, 5, 10**30])
def test_fewer_errors_stop_nothing(caller: Caller, accepted: int | None) -> None:
    outcomes = caller.bulk(*failing(caller), failOnErrors=accepted)

    assert ["400", "412", "412", "404", "201"] == statuses(outcomes)
    assert "Eve" in names(caller)


def test_what_succeeded_before_the_request_stopped_stays(caller: Caller) -> None:
    outcomes = caller.bulk(post_user("ada"), post_user("Ada"), post_user("bob"), failOnErrors=1)

    assert ["201", "409"] == statuses(outcomes)
    assert {"ada"} == names(caller)


def test_a_taken_name_undoes_its_operation_alone(caller: Caller) -> None:
    """PostgreSQL would refuse everything after it, were there no savepoint."""
    new_user(caller, "ada")

    outcomes = caller.bulk(
        post_user("bob"),
        post_user("Ada"),
        post_user("cyd"),
        put(USER, "bulkId:cyd", userName="BOB"),
        post_user("dan"),
    )

    assert ["201", "409", "201", "409", "201"] == statuses(outcomes)
    assert "uniqueness" == outcomes[1]["response"]["scimType"]
    assert {"ada", "bob", "cyd", "dan"} == names(caller)


def test_an_operation_that_fails_half_way_leaves_nothing(
    caller: Caller, database: Database
) -> None:
    """No resource, no member, no version, no audit line; what stands around it stays."""
    ada = new_user(caller, "ada")
    crew = new_group(caller, "crew", ada["id"])
    bob = new_user(caller, "bob")
    before = lines(database)
    bad_name = {"op": "replace", "path": "displayName", "value": ""}

    outcomes = caller.bulk(
        post_user("cyd"),
        patch(USER, ada["id"], TITLE, BAD_ID),
        patch(GROUP, crew["id"], add_members(bob["id"]), add_members(UNKNOWN_ID)),
        patch(GROUP, crew["id"], add_members(bob["id"]), bad_name),
        post_group("club", ada["id"], UNKNOWN_ID),
        put(GROUP, crew["id"], displayName="club", members=[{"value": UNKNOWN_ID}]),
        post_user("dan"),
    )

    assert ["201", *["400"] * 5, "201"] == statuses(outcomes)
    assert crew == caller.get(GROUP, crew["id"])
    assert ada["meta"] == caller.get(USER, ada["id"])["meta"]
    assert {"ada", "bob", "crew", "cyd", "dan"} == names(caller)
    written = [("user.create", id_of(outcomes[0])), ("user.create", id_of(outcomes[-1]))]
    assert written == lines(database)[len(before) :]


def test_every_change_has_one_audit_line(caller: Caller, database: Database) -> None:
    outcomes = caller.bulk(
        post_group("crew", "bulkId:ada"), post_user("ada"), patch(USER, "bulkId:ada", TITLE)
    )

    crew, ada, _ = (id_of(each) for each in outcomes)
    expected = [("user.create", ada), ("group.create", crew), ("user.patch", ada)]
    assert expected == lines(database)


def test_a_database_that_fails_undoes_the_whole_request(caller: Caller, database: Database) -> None:
    with pytest.raises(Unavailable):
        caller.bulk(post_user("ada"), post_user("bob", title="disk full"), post_user("cyd"))

    assert set() == names(caller)
    assert [] == lines(database)


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
    limited = caller_of(
        Directory(database, clock, record, provider, new_cursors(clock)), caller.client.tenant_id
    )
    users = [post_user(name) for name in ("ada", "bob", "cyd", "dan")]

    outcomes = limited.bulk(*users[:3])
    with pytest.raises(PayloadTooLargeException, match=r"maxOperations \(3\)"):
        limited.bulk(*users)

    assert ["201"] * 3 == statuses(outcomes)
    assert {"ada", "bob", "cyd"} == names(caller)


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
