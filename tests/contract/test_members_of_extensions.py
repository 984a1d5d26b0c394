"""An attribute of an extension that is named as the members of a group are, on every engine."""

import json
from typing import Any

import pytest

from scim import Database, Limits
from scim.provider import GROUP, extended_provider
from tests.conftest import FakeClock
from tests.contract.directories import (
    Caller,
    body_of,
    caller_of,
    members_of,
    new_tenant,
    new_user,
    open_directory,
)

CREW = "urn:example:params:scim:schemas:extension:crew:2.0:Group"
SCHEMA = json.dumps(
    {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": CREW,
        "name": "Crew",
        "attributes": [{"name": "members", "type": "string", "multiValued": True}],
    }
)
PROVIDER = extended_provider({"crew.json": SCHEMA}, Limits())
GROUPS = PROVIDER.kinds["Group"]


@pytest.fixture(params=["strict", "tolerant"])
def caller(database: Database, clock: FakeClock, request: pytest.FixtureRequest) -> Caller:
    """A client of a directory whose groups have members of another kind too."""
    directory = open_directory(database, clock, provider=PROVIDER)
    return caller_of(directory, new_tenant(database), request.param)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "remove", "path": f"{CREW}:members"}, None),
        ({"op": "remove", "path": f"{CREW.upper()}:members"}, None),
        ({"op": "remove", "path": CREW}, None),
        ({"op": "add", "path": f"{CREW}:members", "value": ["w"]}, ["v", "w"]),
        ({"op": "replace", "path": f"{CREW}:members", "value": ["w"]}, ["w"]),
        ({"op": "add", "path": CREW, "value": {"members": ["w"]}}, ["v", "w"]),
        ({"op": "replace", "value": {CREW: {"members": ["w"]}}}, ["w"]),
    ],
    ids=str,
)
def test_members_of_an_extension_are_not_those_of_the_group(
    caller: Caller, operation: dict[str, Any], expected: list[str] | None
) -> None:
    ada = new_user(caller)["id"]
    entries = [{"value": ada}]
    body = body_of(GROUP, displayName="crew", members=entries, **{CREW: {"members": ["v"]}})
    group = caller.create(GROUPS, body)

    changed = caller.patch(GROUPS, group["id"], operation)

    assert ([ada], expected) == (members_of(changed), changed.get(CREW, {}).get("members"))


def test_a_key_that_is_a_path_may_lead_to_members_of_an_extension(
    database: Database, clock: FakeClock
) -> None:
    directory = open_directory(database, clock, provider=PROVIDER)
    caller = caller_of(directory, new_tenant(database), "tolerant")
    group = caller.create(GROUPS, body_of(GROUP, displayName="crew"))

    changed = caller.patch(GROUPS, group["id"], {"op": "add", "value": {f"{CREW}:members": ["w"]}})

    assert ([], ["w"]) == (members_of(changed), changed[CREW]["members"])


@pytest.mark.parametrize("urn", [GROUP.model.__schema__, GROUP.model.__schema__.upper()])
def test_members_under_the_urn_of_groups_are_those_of_the_group(caller: Caller, urn: str) -> None:
    """RFC 7644 §3.10: an attribute of the resource's own schema may be named with its URN."""
    ada, bob = (new_user(caller, name)["id"] for name in ("ada", "bob"))
    group = caller.create(GROUPS, body_of(GROUP, displayName="crew", **{CREW: {"members": ["v"]}}))

    caller.patch(
        GROUPS, group["id"], {"op": "add", "path": urn, "value": {"members": [{"value": ada}]}}
    )
    changed = caller.patch(
        GROUPS, group["id"], {"op": "add", "path": f"{urn}:members", "value": [{"value": bob}]}
    )

    assert [ada, bob] == members_of(changed)
    assert ["v"] == changed[CREW]["members"]
