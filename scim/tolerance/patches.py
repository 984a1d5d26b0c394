"""Bodies of PATCH, as providers write them."""

from typing import Any

from scim2_models import InvalidValueException

from scim.provider import Kind
from scim.schema.shapes import shape_of
from scim.tolerance.listed_schemas import schemas_of, with_schemas
from scim.tolerance.operations import read_operation
from scim.tolerance.quirks import Reader, quirk

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_MEMBERS = {"schemas", "operations"}


def read_message(reader: Reader, body: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """Return a PatchOp body that says what the provider means.

    :raises SCIMException: the profile does not forgive how it is said
    """
    resource = shape_of(kind.model)
    for read in (foreign_member_of_the_message, message_without_schemas, foreign_message_schema):
        body = read(reader, body)
    name = next((name for name in body if name.lower() == "operations"), "")
    operations = body.get(name)
    if not isinstance(operations, list):
        return body
    meant: list[Any] = []
    for each in operations:
        meant += read_operation(reader, each, resource) if isinstance(each, dict) else [each]
    # even where nothing was noticed they are new: their members' names are in lower case
    return body | {name: meant} if reader.profile.tolerant else body


@quirk("Q28", sent_by="Microsoft's test suite", strict="invalidSyntax")
def foreign_member_of_the_message(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out whatever a PATCH has beside `schemas` and `Operations`, as an `id`."""
    if all(name.lower() in _MEMBERS for name in body):
        return body
    return {name: value for name, value in body.items() if name.lower() in _MEMBERS}


@quirk(
    "Q28",
    sent_by="OneLogin, Microsoft's test suite",
    strict=InvalidValueException,
    because=f"schemas must list {_SCHEMA}.",
)
def message_without_schemas(body: dict[str, Any]) -> dict[str, Any]:
    """Read a PATCH without `schemas` as one."""
    return body if schemas_of(body) else with_schemas(body, [_SCHEMA])


@quirk("Q28", sent_by="clients of SCIM 1.1", strict="invalidSyntax")
def foreign_message_schema(body: dict[str, Any]) -> dict[str, Any]:
    """Read a PATCH with the `schemas` of something else as one."""
    return body if schemas_of(body) == [_SCHEMA] else with_schemas(body, [_SCHEMA])
