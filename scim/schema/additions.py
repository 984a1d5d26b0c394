"""Schemas and resource types that an administrator adds, as files of SCIM's own JSON.

A file holds a Schema (RFC 7643 §7), a ResourceType (§6), a list of them, or a ListResponse as
``/Schemas`` answers it. A Schema that no ResourceType binds is bound by its name:
``urn:…:extension:badge:2.0:User`` extends users, ``urn:…:2.0:Device`` is a type of its own, Device,
served at ``/Devices``.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from scim2_models import Attribute, ResourceType, Schema, Uniqueness

from scim.errors import SchemaError
from scim.schema.binding import bind

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9$_-]*")
"""RFC 7643 §2.1."""

_URN = re.compile(r"urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}:[A-Za-z0-9:._-]*[A-Za-z][A-Za-z0-9_-]*")
_ENDPOINT = re.compile(r"/?[A-Za-z][A-Za-z0-9_-]*")

_RESERVED_ENDPOINTS = frozenset(
    {"bulk", "me", "read", "resourcetypes", "schemas", "serviceproviderconfig"}
)
"""What the standard serves itself, and the word for reading every type in a token's scope."""

_COMMON = frozenset({"id", "externalid", "meta", "schemas"})
"""What every resource has, or says what it is (RFC 7643 §3, §3.1)."""


@dataclass(frozen=True, slots=True)
class Description:
    """Everything a provider is made of besides its own models."""

    schemas: tuple[Schema, ...]
    """What was added."""

    resource_types: tuple[ResourceType, ...]
    """The standard ones, with the extensions they gained, and those that were added."""


def read_additions(files: Mapping[str, str], standard: Sequence[ResourceType]) -> Description:
    """Return what files add, checked and bound.

    :param files: the text of each file by its name, which errors say
    :param standard: the resource types that are there already
    :raises SchemaError: a file cannot be read, or describes what cannot be served
    """
    schemas: list[Schema] = []
    types: list[ResourceType] = []
    for name, text in files.items():
        try:
            for document in _documents(json.loads(text)):
                if "endpoint" in document:
                    types.append(_read_type(document))
                else:
                    schemas.append(_read_schema(document))
        except (ValueError, RecursionError, SchemaError) as error:
            raise SchemaError(f"{name}: {_sentence(error)}") from error
    return Description(tuple(schemas), bind(schemas, types, standard))


def _documents(parsed: object) -> Iterator[dict[str, Any]]:
    if isinstance(parsed, dict) and isinstance(parsed.get("Resources"), list):
        parsed = parsed["Resources"]
    for document in parsed if isinstance(parsed, list) else [parsed]:
        if not isinstance(document, dict):
            raise SchemaError("it holds no JSON object that could be a Schema or a ResourceType")
        yield document


def _read_type(document: dict[str, Any]) -> ResourceType:
    described = ResourceType.model_validate({"schemaExtensions": []} | document)
    endpoint = str(described.endpoint)
    if not described.name or not _ATTRIBUTE_NAME.fullmatch(described.name):
        raise SchemaError("a ResourceType needs a name of letters and digits")
    if not described.schema_:
        raise SchemaError(f"the ResourceType {described.name} names no schema")
    if not _ENDPOINT.fullmatch(endpoint) or endpoint.strip("/").lower() in _RESERVED_ENDPOINTS:
        raise SchemaError(f"the ResourceType {described.name} cannot be served at {endpoint}")
    return described.model_copy(update={"id": described.name})


def _read_schema(document: dict[str, Any]) -> Schema:
    schema = Schema.model_validate(document)
    if not schema.id or not _URN.fullmatch(schema.id):
        raise SchemaError(
            'a Schema needs an id such as "urn:example:params:scim:schemas:2.0:Badge"'
        )
    if not schema.name or not schema.attributes:
        raise SchemaError(f"the Schema {schema.id} needs a name and attributes")
    for attribute in schema.attributes:
        _check_attribute(attribute, f"the attribute {attribute.name} of {schema.id}")
        if str(attribute.name).lower() in _COMMON:
            raise SchemaError(f"{schema.id} may not describe {attribute.name}, which is SCIM's own")
    return schema


def _check_attribute(attribute: Attribute, which: str, *, nested: bool = False) -> None:
    name, type_ = attribute.name or "", attribute.type
    if not _ATTRIBUTE_NAME.fullmatch(name) and not (nested and name == "$ref"):
        raise SchemaError(f"{which} has no name that SCIM allows (RFC 7643 §2.1)")
    if type_ is None:
        raise SchemaError(f"{which} has no type")
    is_complex = type_ is Attribute.Type.complex
    if is_complex is not bool(attribute.sub_attributes):
        raise SchemaError(f"{which} must have subAttributes exactly when its type is complex")
    if is_complex and nested:
        raise SchemaError(f"{which} is complex within a complex attribute (RFC 7643 §2.3.8)")
    if attribute.uniqueness is not Uniqueness.none and (
        nested or is_complex or attribute.multi_valued
    ):
        raise SchemaError(f"{which} cannot be unique; only a whole, single value can be")
    subs = {str(sub.name).lower() for sub in attribute.sub_attributes or ()}
    if {"ref", "$ref"} <= subs:
        raise SchemaError(f"{which} has both ref and $ref, which are kept under one name")
    for sub in attribute.sub_attributes or ():
        _check_attribute(sub, f"{sub.name} of {which}", nested=True)


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if isinstance(error, SchemaError):
        return str(error)
    return "it is no JSON"
