"""Quirks are read by the shapes of a schema, whatever the schema is of."""

from datetime import datetime
from typing import Annotated, Any

import pytest
from scim2_models import (
    URN,
    AnyExtension,
    ComplexAttribute,
    Extension,
    Mutability,
    Reference,
    Resource,
)

from scim.provider import Kind
from tests.scim.tolerance.readings import body_as_read, filter_as_read, operation_as_read

DEVICE = "urn:acme:params:scim:schemas:Device"
LEASE = "urn:acme:params:scim:schemas:extension:lease:1.0:Device"


class Port(ComplexAttribute):
    """A port of a device."""

    value: str | None = None
    display: str | None = None
    open: bool | None = None


class Keeper(ComplexAttribute):
    """Whoever keeps a device."""

    value: str | None = None
    ref: Annotated[Reference[Any] | None, None] = None


class Lease(Extension):
    """For how long a device is leased."""

    __schema__ = URN(LEASE)

    until: datetime | None = None
    keeper: Keeper | None = None


class Device(Resource[AnyExtension]):
    """A device."""

    __schema__ = URN(DEVICE)

    name: str | None = None
    floor: int | None = None
    weight: float | None = None
    tags: list[str] | None = None
    ports: list[Port] | None = None
    serial: Annotated[str | None, Mutability.read_only] = None


KIND = Kind("Device", "Devices", Device[Lease], unique="name", related="groups")


def device(**attributes: Any) -> dict[str, Any]:
    extensions = [LEASE] if attributes.get(LEASE) else []
    return {"schemas": [DEVICE, *extensions], "name": "d1", **attributes}


@pytest.mark.parametrize(
    ("quirk", "given", "meant"),
    [
        (
            "boolean-as-text",
            {"ports": [{"value": "1", "open": "True"}]},
            {"ports": [{"value": "1", "open": True}]},
        ),
        ("number-as-text", {"floor": "3"}, {"floor": 3}),
        ("number-as-text", {"floor": "-12"}, {"floor": -12}),
        ("number-as-text", {"weight": "0.5"}, {"weight": 0.5}),
        ("number-as-text", {"weight": "1E2"}, {"weight": 100.0}),
        ("empty-value", {"floor": ""}, {"floor": None}),
        ("empty-value", {LEASE: {"until": ""}}, {LEASE: {"until": None}}),
        ("single-value-for-a-list", {"tags": "a"}, {"tags": ["a"]}),
        ("empty-entries", {"tags": ["a", None]}, {"tags": ["a"]}),
        ("list-for-a-single-value", {"floor": [3]}, {"floor": 3}),
        ("object-for-a-simple-value", {"weight": {"value": 1.5}}, {"weight": 1.5}),
        ("text-for-a-reference", {LEASE: {"keeper": "u"}}, {LEASE: {"keeper": {"value": "u"}}}),
        ("text-for-an-entry", {"ports": ["1"]}, {"ports": [{"value": "1"}]}),
        ("unknown-attribute", {"until": "x"}, {}),
    ],
)
def test_a_body_is_read_by_its_own_schema(
    quirk: str, given: dict[str, Any], meant: dict[str, Any]
) -> None:
    body = device(**given)

    read = body_as_read(body, KIND)

    assert ({"schemas": body["schemas"], "name": "d1", **meant}, {quirk: 1}) == read


@pytest.mark.parametrize(
    ("quirk", "given", "meant"),
    [
        (
            "extension-attribute-without-urn",
            {"op": "remove", "path": "keeper"},
            {"op": "remove", "path": f"{LEASE}:keeper"},
        ),
        (
            "dot-after-a-urn",
            {"op": "remove", "path": f"{LEASE}.until"},
            {"op": "remove", "path": f"{LEASE}:until"},
        ),
        (
            "values-named-in-a-removal",
            {"op": "remove", "path": "tags", "value": "a"},
            {"op": "remove", "path": "tags", "value": [{"value": "a"}]},
        ),
        (
            "read-only-attribute",
            {"op": "replace", "value": {"serial": "5", "floor": 1}},
            {"op": "replace", "value": {"floor": 1}},
        ),
    ],
)
def test_an_operation_is_read_by_its_own_schema(
    quirk: str, given: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert ([meant], {quirk: 1}) == operation_as_read(given, KIND)


@pytest.mark.parametrize(
    ("text", "meant", "noticed"),
    [
        ("floor eq 5", "floor eq 5", {}),
        ("weight gt 1.5", "weight gt 1.5", {}),
        ("name eq 5", 'name eq "5"', {"number-for-text": 1}),
        ("tag eq 5", 'tags eq "5"', {"singular-attribute": 1, "number-for-text": 1}),
        ('ports[open eq "true"]', "ports[open eq true]", {"boolean-compared-with-text": 1}),
        (
            'keeper eq "u"',
            f'{LEASE}:keeper.value eq "u"',
            {"extension-attribute-without-urn": 1, "reference-compared-with-text": 1},
        ),
    ],
)
def test_a_filter_is_read_by_its_own_schema(text: str, meant: str, noticed: dict[str, int]) -> None:
    assert (meant, noticed) == filter_as_read(text, KIND)
