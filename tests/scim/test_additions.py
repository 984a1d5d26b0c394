"""Schemas that an administrator adds: what is read, what is refused, and what is bound to what."""

import json
from typing import Any

import pytest

from scim import Limits
from scim.errors import SchemaError
from scim.provider import extended_provider
from tests.added_schemas import BADGE, DEVICE, DEVICE_SCHEMA, EXTENDED, LEASE

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"


def attribute(**changes: Any) -> dict[str, Any]:
    return {"name": "number", "type": "string", "multiValued": False} | changes


def schema(id_: str = "urn:x:badge:2.0:Badge", **changes: Any) -> dict[str, Any]:
    return {"id": id_, "name": "Badge", "attributes": [attribute()]} | changes


def resource_type(**changes: Any) -> dict[str, Any]:
    described = {"name": "Badge", "endpoint": "/Badges", "schema": "urn:x:badge:2.0:Badge"}
    return described | changes


def refusal(*documents: Any) -> str:
    """Return why a file that holds these documents is refused."""
    with pytest.raises(SchemaError) as caught:
        extended_provider({"badge.json": json.dumps(list(documents))}, Limits())
    return str(caught.value)


def added(*documents: Any) -> Any:
    """Return a provider with what one file adds."""
    return extended_provider({"badge.json": json.dumps(list(documents))}, Limits())


def extensions_of(provider: Any, name: str) -> list[tuple[str, bool]]:
    [described] = [each for each in provider.resource_types if each.name == name]
    return [(str(each.schema_), each.required) for each in described.schema_extensions or ()]


def test_a_schema_named_as_an_extension_extends_the_type_it_ends_in() -> None:
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

    assert [(enterprise, False), (BADGE, False)] == extensions_of(EXTENDED, "User")


def test_a_resource_type_binds_a_schema_to_an_endpoint() -> None:
    assert ("Devices", "serial", ("inventory",)) == (
        DEVICE.endpoint,
        DEVICE.unique,
        DEVICE.also_unique,
    )
    assert [(LEASE, False)] == extensions_of(EXTENDED, "Device")


def test_a_schema_without_a_resource_type_is_a_type_of_its_own() -> None:
    kind = added(schema()).kinds["Badge"]

    assert ("Badge", "Badges") == (kind.name, kind.endpoint)


def test_an_extension_may_extend_a_type_that_is_added_too() -> None:
    provider = added(schema("urn:x:extension:lease:2.0:Badge", name="Lease"), schema())

    assert [("urn:x:extension:lease:2.0:Badge", False)] == extensions_of(provider, "Badge")


def test_an_extension_may_be_required() -> None:
    extends = {
        "name": "User",
        "endpoint": "/Users",
        "schema": USER_SCHEMA,
        "schemaExtensions": [{"schema": "urn:x:badge:2.0:Badge", "required": True}],
    }

    assert ("urn:x:badge:2.0:Badge", True) in extensions_of(added(schema(), extends), "User")


def test_what_a_server_lists_can_be_added() -> None:
    listed = {"totalResults": 1, "Resources": [schema()]}

    assert "Badge" in extended_provider({"a.json": json.dumps(listed)}, Limits()).kinds


def test_a_schema_that_extends_a_type_is_published_as_it_was_given() -> None:
    [published] = [each for each in EXTENDED.schemas if each.id == DEVICE_SCHEMA]

    assert ["serial", "displayName", "weight", "inventory", "links", "ports"] == [
        each.name for each in published.attributes or ()
    ]


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null", "[[]]", "NaN"])
def test_a_file_that_holds_no_objects_is_refused_by_name(text: str) -> None:
    with pytest.raises(SchemaError, match=r"^badge\.json: "):
        extended_provider({"badge.json": text}, Limits())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "needs an id such as"),
        (schema("badge"), "id"),
        (schema("https://example.com/badge"), "needs an id such as"),
        (schema("urn:x:badge:2.0:7"), "needs an id such as"),
        (schema(name=None), "needs a name and attributes"),
        (schema(attributes=[]), "needs a name and attributes"),
        (schema(attributes=[attribute(name="")]), "no name that SCIM allows"),
        (schema(attributes=[attribute(name="7up")]), "no name that SCIM allows"),
        (schema(attributes=[attribute(name="a.b")]), "no name that SCIM allows"),
        (schema(attributes=[attribute(name="$ref")]), "no name that SCIM allows"),
        (schema(attributes=[attribute(type="text")]), "attributes.0.type"),
        (schema(attributes=[attribute(type=None)]), "has no type"),
        (schema(attributes=[attribute(type="complex")]), "must have subAttributes"),
        (schema(attributes=[attribute(subAttributes=[attribute()])]), "must have subAttributes"),
        (schema(attributes=[attribute(multiValued="often")]), "attributes.0.multiValued"),
        (schema(attributes=[attribute(name="externalId")]), "SCIM's own"),
        (schema(attributes=[attribute(name="META")]), "SCIM's own"),
        (schema(attributes=[attribute(), attribute(name="NUMBER")]), "same attribute"),
        (schema(attributes=[attribute(multiValued=True, uniqueness="server")]), "unique"),
        (
            schema(
                attributes=[
                    attribute(type="complex", subAttributes=[attribute(uniqueness="global")])
                ]
            ),
            "unique",
        ),
        (
            schema(
                attributes=[
                    attribute(
                        type="complex",
                        subAttributes=[attribute(type="complex", subAttributes=[attribute()])],
                    )
                ]
            ),
            "complex within a complex",
        ),
        (
            schema(
                attributes=[
                    attribute(
                        type="complex",
                        subAttributes=[attribute(name="$ref"), attribute(name="ref")],
                    )
                ]
            ),
            "both ref and $ref",
        ),
        (schema(USER_SCHEMA, name="User"), "share the schema"),
        (schema("urn:x:extension:badge:2.0:Robot"), "ends in no resource type"),
        (resource_type(), "No resource describes"),
        (resource_type(name="7"), "name of letters and digits"),
        (resource_type(schema=None), "names no schema"),
        (resource_type(endpoint="/Bulk"), "cannot be served at /Bulk"),
        (resource_type(endpoint="/me"), "cannot be served at /me"),
        (resource_type(endpoint="/Read"), "cannot be served at /Read"),  # scim:read is for all
        (resource_type(endpoint="/a/b"), "cannot be served at /a/b"),
        (resource_type(endpoint="/<x>"), "cannot be served at"),
        (resource_type(name="User"), "another resource type User"),
    ],
)
def test_what_cannot_be_served_is_refused_with_its_reason(
    document: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(document)


def test_two_schemas_of_one_id_are_refused() -> None:
    assert "share the schema" in refusal(schema(), schema())


def test_two_types_at_one_endpoint_are_refused() -> None:
    other = schema("urn:x:2.0:Other", name="Other")
    at_users = {"name": "Other", "endpoint": "/users", "schema": "urn:x:2.0:Other"}

    assert "endpoint" in refusal(other, at_users)
