"""Which resource types can be suspended: those with an ``active`` that clients write."""

import json
from dataclasses import replace
from typing import Annotated, Any

import pytest
from scim2_models import URN, Mutability, Resource

from scim.changes.suspension import can_be_suspended
from scim.limits import Limits
from scim.provider import GROUP, USER, extended_provider


class Door(Resource[Any]):
    """A type without ``active``."""

    __schema__ = URN("urn:example:2.0:Door")


class Device(Resource[Any]):
    """A type with an ``active`` as users have it."""

    __schema__ = URN("urn:example:2.0:Device")

    active: bool | None = None


class Volcano(Resource[Any]):
    """A type whose ``active`` is a text."""

    __schema__ = URN("urn:example:2.0:Volcano")

    active: str | None = None


class Panel(Resource[Any]):
    """A type with many ``active``."""

    __schema__ = URN("urn:example:2.0:Panel")

    active: list[bool] | None = None


class Sensor(Resource[Any]):
    """A type whose ``active`` no client writes."""

    __schema__ = URN("urn:example:2.0:Sensor")

    active: Annotated[bool | None, Mutability.read_only] = None


@pytest.mark.parametrize("model", [Door, Volcano, Panel, Sensor])
def test_a_type_without_an_active_to_write_is_removed(model: type[Resource[Any]]) -> None:
    assert not can_be_suspended(replace(USER, model=model))


def test_users_and_types_alike_are_suspended_and_groups_are_not() -> None:
    kinds = (USER, replace(USER, model=Device), GROUP)

    assert [True, True, False] == [can_be_suspended(kind) for kind in kinds]


@pytest.mark.parametrize(("type_", "suspends"), [("boolean", True), ("string", False)])
def test_a_type_added_by_its_schema_is_no_exception(type_: str, *, suspends: bool) -> None:
    urn = "urn:example:params:scim:schemas:2.0:Robot"
    described = [
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": urn,
            "name": "Robot",
            "attributes": [{"name": "active", "type": type_, "multiValued": False}],
        },
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "name": "Robot",
            "endpoint": "/Robots",
            "schema": urn,
        },
    ]
    provider = extended_provider({"robot.json": json.dumps(described)}, Limits())

    assert suspends == can_be_suspended(provider.kinds["Robot"])
