"""Which resource types can be suspended: those with an ``active`` that clients write."""

from dataclasses import replace
from typing import Annotated, Any

import pytest
from scim2_models import URN, Mutability, Resource

from scim.provider import GROUP, USER
from scim.suspension import can_be_suspended


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
