"""SCIM Schema attributes (RFC 7643 §7) as JSON Schemas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scim2_models import Attribute, Mutability, ResourceType, Returned, Schema, Uniqueness

from scim.document import MAX_UNIQUE_KEY

JsonSchema = dict[str, Any]

_TYPES: dict[Attribute.Type, JsonSchema] = {
    Attribute.Type.string: {"type": "string"},
    Attribute.Type.boolean: {"type": "boolean"},
    Attribute.Type.decimal: {"type": "number"},
    Attribute.Type.integer: {"type": "integer"},
    Attribute.Type.date_time: {"type": "string", "format": "date-time"},
    Attribute.Type.binary: {"type": "string", "contentEncoding": "base64"},
    # Without the format of a URI: an external reference is kept as it was sent.
    Attribute.Type.reference: {"type": "string"},
}

META: JsonSchema = {
    "type": "object",
    "readOnly": True,
    "properties": {
        "resourceType": {"type": "string"},
        "created": {"type": "string", "format": "date-time"},
        "lastModified": {"type": "string", "format": "date-time"},
        "location": {"type": "string", "format": "uri"},
        "version": {"type": "string"},
    },
    "additionalProperties": False,
}
"""RFC 7643 §3.1."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a schema is for."""

    complete: bool
    """Whether every required attribute is there; a client may have asked for fewer."""

    shown: bool
    """Whether it describes an answer: nothing unknown in it, and nothing never returned."""


SENT = Use(complete=True, shown=False)
"""What a client sends."""

CHANGED = Use(complete=False, shown=False)
"""What a PATCH without a path adds to a resource or puts in its place."""

SHOWN = Use(complete=False, shown=True)
"""A resource in an answer, of which a client may have asked for a part."""

SHOWN_WHOLE = Use(complete=True, shown=True)
"""What is only ever answered whole."""


def resource_schema(
    resource_type: ResourceType, schemas: Mapping[str, Schema], use: Use
) -> JsonSchema:
    """Return the schema of a resource with its extensions, each below its URN.

    :param schemas: every schema by its URN in lower case
    """
    schema = schemas[str(resource_type.schema_).lower()]
    described = object_schema(schema.attributes or (), use)
    for each in resource_type.schema_extensions or ():
        extension = schemas[str(each.schema_).lower()]
        name = str(extension.id)
        described["properties"][name] = object_schema(extension.attributes or (), use)
        if each.required and use.complete:
            described["required"].append(name)
    described["properties"] = {
        "schemas": schemas_of(str(schema.id)),
        "id": {"type": "string", "readOnly": True},
        "externalId": {"type": "string"},
        "meta": META,
        **described["properties"],
    }
    if use.complete or use.shown:
        described["required"].append("schemas")
    if use.shown:
        described["required"].append("id")
    return described


def paths_of(resource_type: ResourceType, schemas: Mapping[str, Schema]) -> list[str]:
    """Return the attributes of a resource and its extensions that a PATCH can name."""
    paths = ["externalId", *_writable(schemas[str(resource_type.schema_).lower()])]
    for each in resource_type.schema_extensions or ():
        extension = schemas[str(each.schema_).lower()]
        paths += [f"{extension.id}:{name}" for name in _writable(extension)]
    return paths


def schemas_of(urn: str) -> JsonSchema:
    """Return the schema of a ``schemas`` attribute that names at least one URN."""
    return {"type": "array", "items": {"type": "string"}, "contains": {"const": urn}}


def object_schema(attributes: Iterable[Attribute], use: Use) -> JsonSchema:
    """Return the schema of a value that has these attributes."""
    known = [each for each in attributes if not (use.shown and each.returned == Returned.never)]
    described: JsonSchema = {
        "type": "object",
        "properties": {str(each.name): _attribute(each, use) for each in known},
        "required": [str(each.name) for each in known if use.complete and each.required],
    }
    return described | ({"additionalProperties": False} if use.shown else {})


def _writable(schema: Schema) -> list[str]:
    attributes = schema.attributes or ()
    return [str(each.name) for each in attributes if each.mutability != Mutability.read_only]


def _attribute(attribute: Attribute, use: Use) -> JsonSchema:
    described = _value(attribute, use)
    if attribute.multi_valued:
        described = {"type": "array", "items": described}
    if attribute.description:
        described["description"] = attribute.description
    if attribute.mutability == Mutability.read_only:
        described["readOnly"] = True
    if attribute.mutability == Mutability.write_only:
        described["writeOnly"] = True
    return described


def _value(attribute: Attribute, use: Use) -> JsonSchema:
    if attribute.type is None or attribute.type == Attribute.Type.complex:
        return object_schema(attribute.sub_attributes or (), use)
    described = dict(_TYPES[attribute.type])
    if attribute.type == Attribute.Type.string and not use.shown:
        described |= _length(attribute)
    if attribute.canonical_values:
        # Suggestions by RFC 7643 §7, not an enumeration: any other value is kept too.
        described["examples"] = list(attribute.canonical_values)
    return described


def _length(attribute: Attribute) -> JsonSchema:
    if attribute.uniqueness != Uniqueness.none:
        return {"minLength": 1, "maxLength": MAX_UNIQUE_KEY}
    return {"minLength": 1} if attribute.required else {}
