"""Operations of Bulk requests that fail (RFC 7644 §3.7.3): alone, and without a trace."""

import gc
from typing import Any

import pytest
from pydantic import ValidationError

from scim import Client, Database, Directory
from scim.provider import GROUP, USER
from scim.storage import Migration, Reach, Session, Unavailable
from scim.storage.resources import Record
from tests.conftest import FakeClock
from tests.contract.bulk_operations import (
    delete,
    id_of,
    names_in,
    patch,
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
    new_group,
    new_user,
    open_directory,
)

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
TITLE = {"op": "replace", "path": "title", "value": "Countess"}
BAD_ID = {"op": "replace", "path": "id", "value": "mine"}


LINES = Migration(
    "test/0001_lines", ("CREATE TABLE line (action TEXT, id TEXT)",), reach=(Reach("line"),)
)


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
    database.migrate([LINES])
    return open_directory(database, clock, record)


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


def test_the_location_of_what_failed_is_a_uri(caller: Caller) -> None:
    outcomes = caller.bulk({"method": "DELETE", "path": "/Users/a b\u0006ä?x#y"})

    assert [f"{BASE_URL}/Users/a%20b%06%C3%A4%3Fx%23y"] == [each["location"] for each in outcomes]


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
    assert "Eve" not in names_in(caller)


@pytest.mark.parametrize("accepted", [None, 5, 10**30])
def test_fewer_errors_stop_nothing(caller: Caller, accepted: int | None) -> None:
    outcomes = caller.bulk(*failing(caller), failOnErrors=accepted)

    assert ["400", "412", "412", "404", "201"] == statuses(outcomes)
    assert "Eve" in names_in(caller)


def test_what_succeeded_before_the_request_stopped_stays(caller: Caller) -> None:
    outcomes = caller.bulk(post_user("ada"), post_user("Ada"), post_user("bob"), failOnErrors=1)

    assert ["201", "409"] == statuses(outcomes)
    assert {"ada"} == names_in(caller)


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
    assert {"ada", "bob", "cyd", "dan"} == names_in(caller)


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
    assert {"ada", "bob", "crew", "cyd", "dan"} == names_in(caller)
    written = [("user.create", id_of(outcomes[0])), ("user.create", id_of(outcomes[-1]))]
    assert written == lines(database)[len(before) :]


def test_a_database_that_fails_undoes_the_whole_request(caller: Caller, database: Database) -> None:
    with pytest.raises(Unavailable):
        caller.bulk(post_user("ada"), post_user("bob", title="disk full"), post_user("cyd"))

    assert set() == names_in(caller)
    assert [] == lines(database)


def test_failed_operations_leave_nothing_in_memory(caller: Caller) -> None:
    """A validation's error that a reference holds is never freed, nor is the body in its frames."""
    failing = [post_user(str(number), x509Certificates=[{"value": "?"}]) for number in range(20)]
    before = validation_errors()

    outcomes = caller.bulk(*failing)

    assert {"400"} == {each["status"] for each in outcomes}
    assert validation_errors() <= before


def validation_errors() -> int:
    """Return how many errors of a validation are in memory."""
    gc.collect()
    return sum(isinstance(each, ValidationError) for each in gc.get_objects())
