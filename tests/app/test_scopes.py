"""Least privilege: every operation against every scope, in Bulk and in searches too."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import Assembly
from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import NewToken
from tests.app.provider import Provider

_PATCH = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "externalId", "value": "7"}],
}
_BODY: dict[str, dict[str, Any]] = {
    "Users": {"userName": "new@example.com"},
    "Groups": {"displayName": "New"},
}
_NEEDS_READING = ("GET", "GET one", "POST .search")
_OPERATIONS = (*_NEEDS_READING, "POST", "PUT", "PATCH", "DELETE")

_PERMITTED = {
    "scim": ({"Users", "Groups"}, {"Users", "Groups"}),
    "scim:read": ({"Users", "Groups"}, set()),
    "scim:users": ({"Users"}, {"Users"}),
    "scim:users:read": ({"Users"}, set()),
    "scim:groups": ({"Groups"}, {"Groups"}),
    "scim:groups:read": ({"Groups"}, set()),
    "scim:users scim:groups:read": ({"Users", "Groups"}, {"Users"}),
}
"""What each scope reads and changes."""


@pytest.fixture
def ids(provider: Provider) -> dict[str, str]:
    """One user and one group, made with every permission."""
    return {
        endpoint: provider.ask("POST", f"/{endpoint}", body).get_json(force=True)["id"]
        for endpoint, body in (
            ("Users", {"userName": "ada@example.com"}),
            ("Groups", {"displayName": "Old"}),
        )
    }


@pytest.fixture
def limited(
    assembly: Assembly, application: Flask, provisioning_app: ClientApp
) -> Callable[[str], Provider]:
    """Returns the provider whose token has a scope."""

    def with_scope(scope: str) -> Provider:
        assembly.tokens.revoke_all(provisioning_app.id, CLI)
        token = assembly.tokens.issue(provisioning_app.id, CLI, NewToken(scope=scope)).text
        return Provider(application.test_client(), token)

    return with_scope


def asked(provider: Provider, operation: str, endpoint: str, id_: str) -> Any:
    """Return the answer to one operation, which would succeed with every permission."""
    method, _, what = operation.partition(" ")
    if what == ".search":
        return provider.ask(method, f"/{endpoint}/.search", {})
    if method == "POST":
        return provider.ask(method, f"/{endpoint}", _BODY[endpoint])
    if operation == "GET":
        return provider.ask(method, f"/{endpoint}")
    body = {"PUT": _BODY[endpoint], "PATCH": _PATCH}.get(method)
    return provider.ask(method, f"/{endpoint}/{id_}", body)


def state_of(assembly: Assembly) -> list[Any]:
    with assembly.database.read() as session:
        rows = session.all("SELECT id, type, version, doc FROM resource ORDER BY id")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("place", ["Users", "Groups"])
@pytest.mark.parametrize("operation", _OPERATIONS)
@pytest.mark.parametrize("scope", _PERMITTED)
def test_a_scope_permits_what_it_says_and_nothing_else(
    assembly: Assembly,
    limited: Callable[[str], Provider],
    ids: dict[str, str],
    scope: str,
    operation: str,
    place: str,
) -> None:
    reads, changes = _PERMITTED[scope]
    permitted = place in (reads if operation in _NEEDS_READING else changes)
    before = state_of(assembly)

    answer = asked(limited(scope), operation, place, ids[place])

    if permitted:
        assert answer.status_code < 300
    else:
        assert 403 == answer.status_code
        assert "403" == answer.get_json(force=True)["status"]
        challenge = 'Bearer error="insufficient_scope", scope="scim"'
        assert challenge == answer.headers["WWW-Authenticate"]
        assert before == state_of(assembly)


def test_a_bulk_request_is_held_to_the_scope_operation_by_operation(
    limited: Callable[[str], Provider], ids: dict[str, str]
) -> None:
    narrow = limited("scim:users scim:groups:read")
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": _BODY["Users"]},
            {"method": "POST", "path": "/Groups", "bulkId": "b", "data": _BODY["Groups"]},
            {"method": "PATCH", "path": f"/Groups/{ids['Groups']}", "data": _PATCH},
            {"method": "PUT", "path": f"/Groups/{ids['Groups']}", "data": _BODY["Groups"]},
            {"method": "DELETE", "path": f"/Groups/{ids['Groups']}"},
            {"method": "DELETE", "path": f"/Users/{ids['Users']}"},
        ],
    }

    answer = narrow.ask("POST", "/Bulk", body)

    assert 200 == answer.status_code
    outcomes = answer.get_json(force=True)["Operations"]
    assert ["201", "403", "403", "403", "403", "204"] == [each["status"] for each in outcomes]
    groups = limited("scim").ask("GET", "/Groups")
    assert ["Old"] == [each["displayName"] for each in groups.get_json(force=True)["Resources"]]


@pytest.mark.parametrize(
    ("scope", "types"),
    [("scim:read", ["User", "Group"]), ("scim:users", ["User"]), ("scim:groups:read", ["Group"])],
)
def test_a_search_of_everything_shows_what_may_be_read(
    limited: Callable[[str], Provider],
    ids: dict[str, str],
    scope: str,
    types: list[str],
) -> None:
    del ids
    narrow = limited(scope)

    found = narrow.ask("POST", "/.search", {}).get_json(force=True)

    assert types == [each["meta"]["resourceType"] for each in found["Resources"]]
    assert len(types) == found["totalResults"]


def test_every_scope_reads_what_the_server_announces(limited: Callable[[str], Provider]) -> None:
    narrow = limited("scim:groups:read")

    for path in ("/ServiceProviderConfig", "/Schemas", "/ResourceTypes"):
        assert 200 == narrow.ask("GET", path).status_code
