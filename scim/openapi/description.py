"""Everything under the SCIM base URL, generated from a provider."""

from typing import Any

from scim.openapi import answers, discovery, messages
from scim.openapi.attributes import (
    CHANGED,
    SENT,
    SHOWN,
    JsonSchema,
    paths_of,
    resource_schema,
)
from scim.openapi.parameters import CURSOR, MATCHING, PROJECTION, QUERY
from scim.openapi.resources import (
    body,
    list_name,
    name_of,
    part_name,
    patch_name,
    request_name,
    resource_paths,
    search,
)
from scim.provider import Provider

_ANY = "scim.Resource.list"
"""The component that describes a page of resources of several types."""


def describe(provider: Provider) -> dict[str, Any]:
    """Return the ``paths``, below the base URL, and the ``components`` of a description.

    What the ServiceProviderConfig does not announce is not in it.
    """
    config = provider.config
    cursors = bool(config.pagination and config.pagination.cursor)
    paths: dict[str, Any] = {}
    for resource_type in provider.resource_types:
        paths |= resource_paths(resource_type, cursors=cursors)
    schemas = _resources(provider, cursors=cursors) | _messages(cursors=cursors)
    paths["/.search"] = {"post": search("Search", _ANY)}
    paths["/Me"] = {method: _me(method) for method in ("get", "post", "put", "patch", "delete")}
    paths |= discovery.paths(provider)
    schemas |= discovery.schemas()
    if config.bulk and config.bulk.supported:
        paths["/Bulk"] = {"post": _bulk()}
        schemas |= _bulk_messages(config.bulk.max_operations)
    return {
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": answers.shared(),
            "headers": answers.HEADERS,
            "parameters": QUERY | PROJECTION | MATCHING | (CURSOR if cursors else {}),
        },
    }


def _resources(provider: Provider, *, cursors: bool) -> dict[str, JsonSchema]:
    schemas = {str(each.id).lower(): each for each in provider.schemas}
    described = {}
    for each in provider.resource_types:
        name = name_of(each)
        described[name] = resource_schema(each, schemas, SHOWN)
        described[request_name(each)] = resource_schema(each, schemas, SENT)
        described[part_name(each)] = resource_schema(each, schemas, CHANGED)
        described[patch_name(each)] = messages.patch_request(
            part_name(each), paths_of(each, schemas)
        )
        described[list_name(each)] = messages.list_response([name], cursors=cursors)
    names = [name_of(each) for each in provider.resource_types]
    return described | {_ANY: messages.list_response(names, cursors=cursors)}


def _messages(*, cursors: bool) -> dict[str, JsonSchema]:
    return {
        answers.ERROR: messages.error(),
        "scim.SearchRequest": messages.search_request(cursors=cursors),
    }


def _me(method: str) -> dict[str, Any]:
    return {
        "operationId": f"Me.{method}",
        "summary": "Not implemented: whoever asks is no user",
        "tags": ["Me"],
        "responses": answers.errors((*answers.ALWAYS, 501)),
    }


def _bulk() -> dict[str, Any]:
    return {
        "operationId": "Bulk.carryOut",
        "summary": "Carry out several operations in one request",
        "tags": ["Bulk"],
        "requestBody": body("scim.BulkRequest"),
        "responses": {
            "200": answers.document("What became of each operation.", "scim.BulkResponse"),
            **answers.errors((*answers.ALWAYS, *answers.BODY, 409)),
        },
    }


def _bulk_messages(max_operations: int | None) -> dict[str, JsonSchema]:
    return {
        "scim.BulkRequest": messages.bulk_request(max_operations),
        "scim.BulkResponse": messages.bulk_response(answers.ERROR),
    }
