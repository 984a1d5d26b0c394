"""The OAuth endpoints as OpenAPI 3.1 says them."""

from typing import Any

from app.oauth import metadata
from app.oauth.form import LARGEST_BODY

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_SECONDS = {"type": "integer"}

_WANTED = {"scope": _TEXT, "resource": _TEXT}
"""What may be asked of a token (RFC 6749 §3.3, RFC 8707 §2)."""

_CREDENTIALS = {
    "client_id": _TEXT,
    "client_secret": _TEXT,
    "client_assertion_type": _TEXT,
    "client_assertion": _TEXT,
}
"""Where a client does not authenticate by HTTP Basic (RFC 6749 §2.3.1, RFC 7521 §4.2)."""


def describe() -> dict[str, Any]:
    """Return the paths of the OAuth endpoints."""
    return {
        metadata.TOKEN_PATH: _authenticated(
            "token",
            "A token for client credentials (RFC 6749 §4.4)",
            {"grant_type": {"const": metadata.GRANT_TYPE}, **_WANTED},
            ["grant_type"],
            _TOKEN,
        ),
        metadata.ROTATION_PATH: _authenticated(
            "rotate", "A successor of the app's long-lived token", _WANTED, [], _TOKEN
        ),
        metadata.INTROSPECTION_PATH: _authenticated(
            "introspect",
            "How a token of the app stands (RFC 7662)",
            {"token": _TEXT, "token_type_hint": _TEXT},
            ["token"],
            _INTROSPECTION,
        ),
        metadata.REVOCATION_PATH: _authenticated(
            "revoke",
            "The end of a token of the app (RFC 7009)",
            {"token": _TEXT, "token_type_hint": _TEXT},
            ["token"],
            {"description": "It is no good any more, whether or not it was a token."},
        ),
        metadata.LEAK_PATH: _posted(
            "leak",
            "The end of a token or client secret that was found where it should not be",
            _form({"token": _TEXT}, ["token"]),
            {"204": {"description": "It is no good any more, whether or not it was one."}},
        ),
        **_documents(),
    }


def _documents() -> dict[str, Any]:
    return {
        metadata.SERVER_PATH: _document(
            "server", "The authorization server (RFC 8414)", _SERVER, "issuer"
        ),
        **{
            path: _document(
                f"resource{number or ''}",
                "The SCIM endpoints as a protected resource (RFC 9728)",
                _RESOURCE,
                "resource",
            )
            for number, path in enumerate(metadata.RESOURCE_PATHS)
        },
    }


def _authenticated(
    name: str,
    summary: str,
    parameters: dict[str, Any],
    needed: list[str],
    done: dict[str, Any],
) -> dict[str, Any]:
    """Return a path for clients that prove who they are, by HTTP Basic or in the form."""
    refused = {
        **_error("The client is unknown, or its credentials are wrong."),
        "headers": {"WWW-Authenticate": {"schema": _TEXT, "required": True}},
    }
    form = _form(parameters | _CREDENTIALS, needed)
    return _posted(name, summary, form, {"200": done, "401": refused})


def _posted(
    name: str, summary: str, form: dict[str, Any], responses: dict[str, Any]
) -> dict[str, Any]:
    unavailable = {
        **_error("The database or the signing key cannot be used just now."),
        "headers": {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
    }
    return {
        "post": {
            "operationId": f"OAuth.{name}",
            "summary": summary,
            "tags": ["OAuth"],
            "security": [],
            "requestBody": form,
            "responses": {
                "400": _error("The request is refused, and error says why (RFC 6749 §5.2)."),
                "413": _error(f"The body has more than {LARGEST_BODY} bytes."),
                "429": {
                    **_error("Too many requests from this address were refused."),
                    "headers": unavailable["headers"],
                },
                "503": unavailable,
                **responses,
            },
        }
    }


def _document(name: str, summary: str, schema: dict[str, Any], needed: str) -> dict[str, Any]:
    return {
        "get": {
            "operationId": f"OAuth.{name}",
            "summary": summary,
            "tags": ["OAuth"],
            "security": [],
            "responses": {"200": _json("The document.", _object(schema, [needed]))},
        }
    }


def _form(parameters: dict[str, Any], needed: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": parameters, "required": needed}
    return {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _object(properties: dict[str, Any], needed: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _error(description: str) -> dict[str, Any]:
    named = {"error": _TEXT, "error_description": _TEXT}
    return _json(description, _object(named, list(named)))


_TOKEN = _json(
    "A token (RFC 6749 §5.1).",
    _object(
        {
            "access_token": _TEXT,
            "token_type": {"const": "Bearer"},
            "expires_in": _SECONDS,
            "scope": _TEXT,
        },
        ["access_token", "token_type", "expires_in", "scope"],
    ),
)

_INTROSPECTION = _json(
    "What is said of it (RFC 7662 §2.2).",
    _object(
        {
            "active": {"type": "boolean"},
            "token_type": {"const": "Bearer"},
            "iss": _TEXT,
            "sub": _TEXT,
            "aud": _TEXT,
            "client_id": _TEXT,
            "scope": _TEXT,
            "jti": _TEXT,
            "iat": _SECONDS,
            "exp": _SECONDS,
        },
        ["active"],
    ),
)

_AUTHENTICATED = ("token_endpoint", "revocation_endpoint", "introspection_endpoint")

_SERVER = {
    **dict.fromkeys(
        ("issuer", "jwks_uri", "rotation_endpoint", "leak_report_endpoint", *_AUTHENTICATED), _TEXT
    ),
    **dict.fromkeys(
        (
            "scopes_supported",
            "response_types_supported",
            "grant_types_supported",
            "protected_resources",
            *(f"{name}_auth_methods_supported" for name in _AUTHENTICATED),
            *(f"{name}_auth_signing_alg_values_supported" for name in _AUTHENTICATED),
        ),
        _TEXTS,
    ),
}

_RESOURCE = {
    "resource": _TEXT,
    "resource_name": _TEXT,
    "authorization_servers": _TEXTS,
    "scopes_supported": _TEXTS,
    "bearer_methods_supported": _TEXTS,
}
