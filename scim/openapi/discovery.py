"""The endpoints that describe the server (RFC 7644 §4)."""

from typing import Any

from scim2_models import Resource, ResourceType, Schema, ServiceProviderConfig

from scim.openapi import answers, messages
from scim.openapi.attributes import META, SHOWN_WHOLE, JsonSchema, object_schema, schemas_of
from scim.provider import Provider

_OPTIONAL = {"schemaExtensions"}
"""Of resource types: optional by RFC 7643 §6, whatever the schema in §8.7.2 says."""


def schemas() -> dict[str, JsonSchema]:
    """Return the components that describe what these endpoints show."""
    models: tuple[type[Resource[Any]], ...] = (ServiceProviderConfig, ResourceType, Schema)
    described = {f"scim.{each.__name__}": _schema(each) for each in models}
    for name in ("scim.ResourceType", "scim.Schema"):
        described[f"{name}.list"] = messages.list_response([name], cursors=False)
    return described


def paths(provider: Provider) -> dict[str, Any]:
    """Return the paths, with the names that this provider has for examples."""
    names = [str(each.name) for each in provider.resource_types]
    urns = [str(each.id) for each in provider.schemas]
    return {
        "/ServiceProviderConfig": {"get": _read("ServiceProviderConfig", "What the server can do")},
        "/ResourceTypes": {"get": _read("ResourceType.list", "Every resource type")},
        "/ResourceTypes/{name}": _one("ResourceType", "One resource type", "name", names),
        "/Schemas": {"get": _read("Schema.list", "Every schema")},
        "/Schemas/{urn}": _one("Schema", "One schema", "urn", urns),
    }


def _one(component: str, summary: str, key: str, known: list[str]) -> dict[str, Any]:
    # examples, not an enumeration: a name is found in any case
    schema = {"type": "string", "examples": known}
    parameter = {"name": key, "in": "path", "required": True, "schema": schema}
    return {"parameters": [parameter], "get": _read(component, summary, 404)}


def _read(component: str, summary: str, *statuses: int) -> dict[str, Any]:
    return {
        "operationId": f"Discovery.{component}",
        "summary": summary,
        "tags": ["Discovery"],
        "responses": {
            "200": answers.document(f"{summary}.", f"scim.{component}"),
            **answers.errors((*answers.ALWAYS, *statuses)),
        },
    }


def _schema(model: type[Resource[Any]]) -> JsonSchema:
    """Return the schema of a document that describes the server (RFC 7643 §5 to §7)."""
    described = object_schema(model.to_schema().attributes or (), SHOWN_WHOLE)
    described["properties"] |= {"schemas": schemas_of(str(model.__schema__)), "meta": META}
    required = [name for name in described["required"] if name not in _OPTIONAL]
    described["required"] = [*required, "schemas", "meta"]
    return described
