"""What the provider announces, as OpenAPI describes it."""

from typing import Annotated, Any

import pytest
from scim2_models import (
    URN,
    Bulk,
    Extension,
    Mutability,
    Pagination,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimProvider,
    ServiceProviderConfig,
)

from scim import PROVIDER, Limits, openapi
from scim.provider import extended_provider

BULK = Bulk(supported=True, max_operations=7, max_payload_size=1024)
CURSORS = Pagination(cursor=True, index=True)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LABEL = "urn:example:schemas:extension:1.0:Label"


class Device(Resource[Any]):
    """A device; no such thing is built in."""

    __schema__ = URN("urn:example:schemas:1.0:Device")

    serial: Annotated[str | None, Required.true] = None
    locked: bool | None = None
    weight: float | None = None
    seen: Annotated[int | None, Mutability.read_only] = None
    pin: Annotated[str | None, Mutability.write_only, Returned.never] = None
    tags: list[str] | None = None


class Label(Extension):
    """An extension of a device."""

    __schema__ = URN(LABEL)

    text: Annotated[str | None, Required.true] = None


def described(**announced: Any) -> Any:
    """Return the description of devices, by a server that announces something."""
    resource_type = ResourceType.from_resource(Device[Annotated[Label, Required.true]])
    config = ServiceProviderConfig(**announced)
    return openapi.describe(ScimProvider([Device, Label], [resource_type], config))


@pytest.fixture
def schemas() -> Any:
    return described()["components"]["schemas"]


def test_a_resource_type_of_an_administrator_is_described() -> None:
    paths = described()["paths"]

    assert {"/Devices", "/Devices/{id}", "/Devices/.search"} <= set(paths)
    assert {"parameters", "get", "put", "patch", "delete"} == set(paths["/Devices/{id}"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("serial", "string"),
        ("locked", "boolean"),
        ("weight", "number"),
        ("seen", "integer"),
        ("tags", "array"),
        (LABEL, "object"),
    ],
)
def test_an_attribute_has_its_type(schemas: Any, name: str, expected: str) -> None:
    assert expected == schemas["Device"]["properties"][name]["type"]


def test_what_is_sent_has_what_is_required_and_an_answer_may_have_less(schemas: Any) -> None:
    """A client may have asked for some attributes only (RFC 7644 §3.9)."""
    assert {"serial", "schemas", LABEL} == set(schemas["Device.request"]["required"])
    assert {"schemas", "id"} == set(schemas["Device"]["required"])
    assert [] == schemas["Device.part"]["required"]


def test_what_only_one_side_may_write_says_so(schemas: Any) -> None:
    properties = schemas["Device.request"]["properties"]

    assert properties["seen"]["readOnly"]
    assert properties["pin"]["writeOnly"]


def test_an_answer_holds_nothing_that_is_never_returned_and_nothing_unknown(schemas: Any) -> None:
    assert "pin" not in schemas["Device"]["properties"]
    assert schemas["Device"]["additionalProperties"] is False


def test_a_patch_knows_what_can_be_written(schemas: Any) -> None:
    write = schemas["Device.patch"]["properties"]["Operations"]["items"]["anyOf"][0]

    known, _ = write["properties"]["path"]["anyOf"]
    assert {"externalId", "serial", "locked", "weight", "pin", "tags", f"{LABEL}:text"} == set(
        known["enum"]
    )


def test_a_unique_value_is_as_long_as_a_key_may_be() -> None:
    components = openapi.describe(PROVIDER)["components"]["schemas"]

    for name in ("User.request", "User.part"):
        key = components[name]["properties"]["userName"]
        assert (1, 512) == (key["minLength"], key["maxLength"])


def test_canonical_values_are_suggested_not_demanded() -> None:
    user = openapi.describe(PROVIDER)["components"]["schemas"]["User.request"]

    kind = user["properties"]["emails"]["items"]["properties"]["type"]
    assert {"type": "string", "examples": ["work", "home", "other"]} == {
        name: kind[name] for name in ("type", "examples")
    }


def test_a_urn_means_its_schema_in_any_case() -> None:
    """RFC 8141 §3.1: the case of a URN's namespace tells nothing apart."""
    file = """[
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
         "id": "urn:example:Door", "name": "Door",
         "attributes": [{"name": "open", "type": "boolean", "multiValued": false}]},
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
         "name": "Door", "endpoint": "/Doors", "schema": "URN:example:Door"}
    ]"""
    provider = extended_provider({"door.json": file}, Limits())

    door = openapi.describe(provider)["components"]["schemas"]["Door"]

    assert {"const": "urn:example:Door"} == door["properties"]["schemas"]["contains"]


@pytest.mark.parametrize("bulk", [BULK, Bulk(supported=False), None])
def test_bulk_is_described_where_it_is_announced(bulk: Bulk | None) -> None:
    description = described(bulk=bulk)

    expected = bulk is BULK
    assert expected == ("/Bulk" in description["paths"])
    assert expected == ("scim.BulkRequest" in description["components"]["schemas"])


def test_a_bulk_request_holds_as_many_operations_as_announced() -> None:
    request = described(bulk=BULK)["components"]["schemas"]["scim.BulkRequest"]

    assert 7 == request["properties"]["Operations"]["maxItems"]


@pytest.mark.parametrize("pagination", [CURSORS, Pagination(cursor=False), None])
def test_cursors_are_described_where_they_are_announced(pagination: Pagination | None) -> None:
    description = described(pagination=pagination)

    expected = pagination is CURSORS
    components = description["components"]
    listed = description["paths"]["/Devices"]["get"]["parameters"]
    assert expected == ("cursor" in components["parameters"])
    assert expected == ({"$ref": "#/components/parameters/cursor"} in listed)
    assert expected == ("cursor" in components["schemas"]["scim.SearchRequest"]["properties"])
    assert expected == ("nextCursor" in components["schemas"]["Device.list"]["properties"])


@pytest.mark.parametrize("status", [400, 401, 403, 414, 429, 503])
def test_every_operation_says_what_any_request_may_meet(status: int) -> None:
    paths = described(bulk=BULK)["paths"]

    for path, item in paths.items():
        for operation in (item[method] for method in item if method != "parameters"):
            assert str(status) in operation["responses"], path


def test_a_patch_is_answered_with_or_without_a_body() -> None:
    """Which of the two is a setting of the app."""
    responses = described()["paths"]["/Devices/{id}"]["patch"]["responses"]

    assert [True, False] == ["content" in responses[status] for status in ("200", "204")]
    assert responses["200"]["headers"] == responses["204"]["headers"]
