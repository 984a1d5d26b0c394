"""What the server answers where, as OpenAPI 3.1 says it: for tools, without credentials.

It is generated once, when the server starts, and served as those bytes.
"""

import json
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response

from app.oauth import description as oauth
from app.provisioning import PREFIX
from app.settings import Settings
from scim import Provider, openapi

_METHODS = {"get", "post", "put", "patch", "delete"}
_BEARER = "token"


def openapi_blueprint(provider: Provider, settings: Settings) -> Blueprint:
    """Return the endpoint of the description."""
    blueprint = Blueprint("openapi", __name__)
    document = json.dumps(describe(provider, settings), separators=(",", ":")).encode()

    @blueprint.get("/openapi.json")
    def described() -> Response:
        """Answer the description of this server."""
        return Response(document, content_type="application/json")

    return blueprint


def describe(provider: Provider, settings: Settings) -> dict[str, Any]:
    """Return the description of every endpoint but the console's."""
    scim = openapi.describe(provider)
    paths = {f"{PREFIX}{path}": _guarded(item) for path, item in scim["paths"].items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Provisor",
            "version": version("provisor"),
            "description": (
                "A SCIM 2.0 service provider (RFC 7643, RFC 7644)."
                " HEAD is answered like GET, without a body."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.public_url}],
        "paths": paths | _public_paths() | oauth.describe(),
        "components": scim["components"]
        | {
            "securitySchemes": {
                _BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            }
        },
    }


def _guarded(item: dict[str, Any]) -> dict[str, Any]:
    """Return the operations of a path that wants a token."""
    return {
        key: value | {"security": [{_BEARER: []}]} if key in _METHODS else value
        for key, value in item.items()
    }


def _public_paths() -> dict[str, Any]:
    return {
        "/.well-known/jwks.json": _public(
            "OAuth",
            "jwks",
            "The public keys that tokens are signed with",
            {"200": _KEYS, "503": _UNAVAILABLE},
        ),
        "/healthz": _public(
            "Health", "healthz", "Whether the process lives", {"200": _status("It does.")}
        ),
        "/readyz": _public(
            "Health",
            "readyz",
            "Whether to send requests here",
            {"200": _status("Yes."), "503": _status("No: no database, or about to stop.")},
        ),
        "/metrics": _public(
            "Metrics",
            "metrics",
            "Metrics for Prometheus: for the machine itself, or with PROVISOR_METRICS_TOKEN",
            {
                "200": _text("All metrics."),
                "401": _text("The secret is wrong."),
                "403": _text("Another machine asks, and no secret is set."),
                "503": _text("No database."),
            },
        ),
        "/openapi.json": _public("OpenAPI", "openapi", "This description", {"200": _DESCRIPTION}),
    }


def _public(tag: str, name: str, summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    """Return a path that anybody may read."""
    return {
        "get": {
            "operationId": f"{tag}.{name}",
            "summary": summary,
            "tags": [tag],
            "security": [],
            "responses": responses,
        }
    }


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}}


def _status(description: str) -> dict[str, Any]:
    return _json(
        description,
        {
            "type": "object",
            "properties": {"status": {"type": "string"}},
            "required": ["status"],
            "additionalProperties": False,
        },
    )


_KEY = {
    "type": "object",
    "properties": {
        "kty": {"const": "EC"},
        "crv": {"const": "P-256"},
        "alg": {"const": "ES256"},
        "use": {"const": "sig"},
        "kid": {"type": "string"},
        "x": {"type": "string"},
        "y": {"type": "string"},
    },
    "required": ["kty", "crv", "alg", "use", "kid", "x", "y"],
    "additionalProperties": False,  # above all no "d", which is the private part
}

_KEYS = _json(
    "A JWK Set (RFC 7517 §5).",
    {
        "type": "object",
        "properties": {"keys": {"type": "array", "items": _KEY}},
        "required": ["keys"],
        "additionalProperties": False,
    },
)

_UNAVAILABLE = {
    **_json(
        "The database cannot be reached just now.",
        {
            "type": "object",
            "properties": {
                "error": {"const": "temporarily_unavailable"},
                "error_description": {"type": "string"},
            },
            "required": ["error", "error_description"],
            "additionalProperties": False,
        },
    ),
    "headers": {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
}

_DESCRIPTION = _json(
    "An OpenAPI document.",
    {"type": "object", "properties": {"openapi": {"const": "3.1.0"}}, "required": ["openapi"]},
)
