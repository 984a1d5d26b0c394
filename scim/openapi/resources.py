"""The operations on one resource type (RFC 7644 §3.2)."""

import re
from typing import Any

from scim2_models import ResourceType

from scim.openapi import answers, messages
from scim.openapi.parameters import CURSOR, ID, MATCHING, PROJECTION, QUERY, references

_REQUEST_TYPES = ("application/scim+json", "application/json")

_VERSIONED = ("ETag", "Location")
"""What the headers of an answer about a resource say."""


def name_of(resource_type: ResourceType) -> str:
    """Return the component that shows a resource; the names of the others start with it."""
    # no dot: what belongs to no resource type is named with one
    return re.sub(r"[^A-Za-z0-9_-]", "_", str(resource_type.name))


def request_name(resource_type: ResourceType) -> str:
    """Return the component that describes a resource as clients send it."""
    return f"{name_of(resource_type)}.request"


def part_name(resource_type: ResourceType) -> str:
    """Return the component that describes some attributes of a resource."""
    return f"{name_of(resource_type)}.part"


def patch_name(resource_type: ResourceType) -> str:
    """Return the component that describes a PATCH of a resource."""
    return f"{name_of(resource_type)}.patch"


def list_name(resource_type: ResourceType) -> str:
    """Return the component that describes a page of resources."""
    return f"{name_of(resource_type)}.list"


def resource_paths(resource_type: ResourceType, *, cursors: bool) -> dict[str, Any]:
    """Return the paths of a resource type, below the base URL."""
    endpoint = f"/{str(resource_type.endpoint).strip('/')}"
    return {
        endpoint: {
            "get": _list(resource_type, cursors=cursors),
            "post": _create(resource_type),
        },
        f"{endpoint}/.search": {"post": search(name_of(resource_type), list_name(resource_type))},
        f"{endpoint}/{{id}}": {
            "parameters": [ID],
            "get": _get(resource_type),
            "put": _replace(resource_type),
            "patch": _patch(resource_type),
            "delete": _delete(resource_type),
        },
    }


def search(tag: str, found: str) -> dict[str, Any]:
    """Return the operation that answers a query in a body (§3.4.3)."""
    return {
        "operationId": f"{tag}.search",
        "summary": "Find resources by a query in the body",
        "tags": [tag],
        "requestBody": body("scim.SearchRequest"),
        "responses": {
            "200": answers.document("One page of what was found.", found),
            **answers.errors((*answers.ALWAYS, *answers.BODY)),
        },
    }


def body(component: str) -> dict[str, Any]:
    """Return the body of a request, of either media type (§3.1)."""
    content = {each: {"schema": messages.reference(component)} for each in _REQUEST_TYPES}
    return {"required": True, "content": content}


def _list(resource_type: ResourceType, *, cursors: bool) -> dict[str, Any]:
    paging = CURSOR if cursors else {}
    return _operation(resource_type, "list", "Find resources by a query in the URL") | {
        "parameters": references(QUERY, paging, PROJECTION),
        "responses": {
            "200": answers.document("One page of what was found.", list_name(resource_type)),
            **answers.errors(answers.ALWAYS),
        },
    }


def _create(resource_type: ResourceType) -> dict[str, Any]:
    return _operation(resource_type, "create", "Add a resource") | {
        "parameters": references(PROJECTION),
        "requestBody": body(request_name(resource_type)),
        "responses": {
            "201": _resource(resource_type, "The resource that was added."),
            **answers.errors((*answers.ALWAYS, *answers.BODY, 409)),
        },
    }


def _get(resource_type: ResourceType) -> dict[str, Any]:
    return _operation(resource_type, "get", "Read a resource") | {
        "parameters": references(MATCHING, PROJECTION),
        "responses": {
            "200": _resource(resource_type, "The resource."),
            "304": answers.empty("The client has this version already.", _VERSIONED),
            **answers.errors((*answers.ALWAYS, 404, 412)),
        },
    }


def _replace(resource_type: ResourceType) -> dict[str, Any]:
    return _operation(resource_type, "replace", "Replace a resource") | {
        "parameters": references(MATCHING, PROJECTION),
        "requestBody": body(request_name(resource_type)),
        "responses": {
            "200": _resource(resource_type, "The resource as it is now."),
            **answers.errors((*answers.ALWAYS, *answers.BODY, 404, 409, 412)),
        },
    }


def _patch(resource_type: ResourceType) -> dict[str, Any]:
    return _operation(resource_type, "patch", "Change parts of a resource") | {
        "parameters": references(MATCHING, PROJECTION),
        "requestBody": body(patch_name(resource_type)),
        "responses": {
            "200": _resource(resource_type, "The resource as it is now."),
            "204": answers.empty("It is done, and the app chose not to be shown.", _VERSIONED),
            **answers.errors((*answers.ALWAYS, *answers.BODY, 404, 409, 412)),
        },
    }


def _delete(resource_type: ResourceType) -> dict[str, Any]:
    return _operation(resource_type, "delete", "Remove a resource") | {
        "parameters": references(MATCHING),
        "responses": {
            "204": answers.empty("The resource is gone."),
            **answers.errors((*answers.ALWAYS, 404, 412)),
        },
    }


def _operation(resource_type: ResourceType, verb: str, summary: str) -> dict[str, Any]:
    name = name_of(resource_type)
    return {"operationId": f"{name}.{verb}", "summary": summary, "tags": [name]}


def _resource(resource_type: ResourceType, description: str) -> dict[str, Any]:
    return answers.document(description, name_of(resource_type), _VERSIONED)
