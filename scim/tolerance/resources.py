"""Bodies of POST and PUT, as providers write them."""

from typing import Any

from scim2_models import InvalidSyntaxException, InvalidValueException

from scim.provider import Kind
from scim.schema.shapes import ResourceShape, shape_of
from scim.tolerance.listed_schemas import schemas_of, with_schemas
from scim.tolerance.paths import meant_by
from scim.tolerance.quirks import Reader, quirk
from scim.tolerance.values import read_parts


def read_body(reader: Reader, body: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """Return a body that says what the provider means.

    :raises SCIMException: the profile does not forgive how it is said
    """
    resource = shape_of(kind.model)
    body = read_extensions(reader, body, resource)
    body = read_parts(reader, body, resource.parts)
    if _lists_its_schemas(body, resource):
        return body
    for read in (missing_schemas, outdated_schema, foreign_schema, unlisted_extension):
        body = read(reader, body, resource)
    return body


def read_extensions(
    reader: Reader, given: dict[str, Any], resource: ResourceShape
) -> dict[str, Any]:
    """Return an object whose extensions stand under their URNs, and nothing else under one."""
    if not any(":" in name and name.lower() not in resource.extensions for name in given):
        return given
    given = outdated_extension(reader, given, resource)
    return attributes_under_their_schema(reader, given, resource)


@quirk("Q16", sent_by="OneLogin", strict="invalidSyntax, in a PATCH invalidValue")
def outdated_extension(given: dict[str, Any], resource: ResourceShape) -> dict[str, Any]:
    """Read an extension's URN of SCIM 1.0, of a draft or misspelt, as today's."""
    meant = {name: meant_by(name, resource) for name in given if name[:4].lower() == "urn:"}
    renamed = {
        name: urn
        for name, urn in meant.items()
        if name != urn and (urn == resource.urn or urn.lower() in resource.extensions)
    }
    if not renamed:
        return given
    return {renamed.get(name, name): value for name, value in given.items()}


@quirk(
    "Q39",
    sent_by="SCIM Verify",
    strict=InvalidSyntaxException,
    because="The attributes of a resource's own schema stand at the top, not under its URN.",
)
def attributes_under_their_schema(given: dict[str, Any], resource: ResourceShape) -> dict[str, Any]:
    """Read attributes under the URN of the resource's own schema as the resource's."""
    name = next((name for name in given if name.lower() == resource.urn.lower()), "")
    if not isinstance(given.get(name), dict):
        return given
    return dict(given[name]) | {key: value for key, value in given.items() if key != name}


@quirk(
    "Q16",
    sent_by="OneLogin",
    strict=InvalidValueException,
    because="schemas must list the URNs of the schemas that the resource has attributes of.",
)
def missing_schemas(body: dict[str, Any], resource: ResourceShape) -> dict[str, Any]:
    """Read a body without `schemas` as what the endpoint is about."""
    return body if schemas_of(body) else with_schemas(body, [resource.urn])


@quirk("Q16", sent_by="OneLogin", strict="invalidSyntax")
def outdated_schema(body: dict[str, Any], resource: ResourceShape) -> dict[str, Any]:
    """Read a URN of SCIM 1.0, of a draft or misspelt, in `schemas` as today's."""
    listed = schemas_of(body)
    meant = [meant_by(each, resource) if isinstance(each, str) else each for each in listed]
    if meant == listed:
        return body
    texts = dict.fromkeys(each for each in meant if isinstance(each, str))
    return with_schemas(body, [*texts, *(each for each in meant if not isinstance(each, str))])


@quirk("Q15", sent_by="Entra ID", strict="invalidSyntax")
def foreign_schema(body: dict[str, Any], resource: ResourceShape) -> dict[str, Any]:
    """Leave out of `schemas` what the endpoint does not know, as a URI of the sender's own."""
    listed, extensions = schemas_of(body), resource.extensions
    known = [each for each in listed if each == resource.urn or str(each).lower() in extensions]
    if resource.urn in known and known == listed:
        return body
    return with_schemas(body, list(dict.fromkeys([resource.urn, *known])))


@quirk(
    "Q15",
    sent_by="Entra ID",
    strict=InvalidValueException,
    because="schemas must list the URN of every extension that the resource has attributes of.",
)
def unlisted_extension(body: dict[str, Any], resource: ResourceShape) -> dict[str, Any]:
    """List an extension that a body has attributes of in `schemas`."""
    listed = schemas_of(body)
    known = {str(each).lower() for each in listed}
    there = {name.lower() for name, value in body.items() if value}
    missing = [
        shape.name
        for urn, shape in resource.extensions.items()
        if urn in there and urn not in known
    ]
    return with_schemas(body, [*listed, *missing]) if missing else body


def _lists_its_schemas(body: dict[str, Any], resource: ResourceShape) -> bool:
    """Whether the schemas of a body are listed letter by letter, so that no quirk is there."""
    listed = body.get("schemas")
    return (
        isinstance(listed, list)
        and resource.urn in listed
        and all(each in listed for each in body if ":" in each)
        and all(
            each == resource.urn or (isinstance(each, str) and each.lower() in resource.extensions)
            for each in listed
        )
    )
