"""Answers of the SCIM endpoints: documents, and an Error for each status."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from scim.openapi.messages import reference

MEDIA_TYPE = "application/scim+json"

ERROR = "scim.Error"
"""The component that describes an Error."""

ALWAYS = (400, 401, 403, 414, 429, 503)
"""What any request may meet: its URL, its token, a limit or a database out of reach."""

BODY = (413, 415)
"""What a request with a body may meet too."""

_REASONS = {
    400: "The request cannot be read; `scimType` says what is wrong with it.",
    401: "The request carries no token, or one that is not valid.",
    403: "The token does not permit this.",
    404: "There is no such resource.",
    409: "Another resource has this unique value.",
    412: "The resource has another version than the request demands.",
    413: "The body is larger, or asks for more, than the server takes.",
    414: "The URL is longer than the server reads.",
    415: "The body is not JSON.",
    429: "Too many requests.",
    501: "The server does not offer this.",
    503: "The server cannot answer for now.",
}

_HEADERS: dict[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}

HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "The version of the resource.",
        "schema": {"type": "string", "pattern": '^W/".+"$'},
        "required": True,
    },
    "Location": {
        "description": "Where the resource is.",
        "schema": {"type": "string", "format": "uri"},
        "required": True,
    },
    "WWW-Authenticate": {
        "description": "What is wrong with the token (RFC 6750 §3).",
        "schema": {"type": "string", "pattern": "^Bearer "},
        "required": True,
    },
    "Retry-After": {
        "description": "Seconds after which the request may be sent again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "required": True,
    },
}


def document(description: str, component: str, headers: Iterable[str] = ()) -> dict[str, Any]:
    """Return an answer that holds what a component describes."""
    content = {MEDIA_TYPE: {"schema": reference(component)}}
    return _answer(description, headers) | {"content": content}


def empty(description: str, headers: Iterable[str] = ()) -> dict[str, Any]:
    """Return an answer without a body."""
    return _answer(description, headers)


def errors(statuses: Iterable[int]) -> dict[str, Any]:
    """Return the answers an operation shares with others, by status."""
    return {
        str(status): {"$ref": f"#/components/responses/{_name(status)}"}
        for status in sorted(statuses)
    }


def shared() -> dict[str, Any]:
    """Return the components that :func:`errors` refers to."""
    return {_name(status): _error(status) for status in _REASONS}


def _error(status: int) -> dict[str, Any]:
    holds = {"properties": {"status": {"const": str(status)}}}
    content = {MEDIA_TYPE: {"schema": {"allOf": [reference(ERROR), holds]}}}
    return _answer(_REASONS[status], _HEADERS.get(status, ())) | {"content": content}


def _answer(description: str, headers: Iterable[str]) -> dict[str, Any]:
    described = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return {"description": description} | ({"headers": described} if described else {})


def _name(status: int) -> str:
    return "".join(word.capitalize() for word in HTTPStatus(status).phrase.split())
