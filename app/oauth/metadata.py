"""What clients find out by themselves: the two documents at ``/.well-known``."""

from collections.abc import Sequence
from typing import Any

from app.oauth.credentials import METHODS
from app.oauth.jwk import ALGORITHMS
from app.settings import Settings
from app.tokens.jwt_format import SCIM_PATH

JWKS_PATH = "/.well-known/jwks.json"
SERVER_PATH = "/.well-known/oauth-authorization-server"

RESOURCE_PATHS = (
    f"/.well-known/oauth-protected-resource{SCIM_PATH}",
    "/.well-known/oauth-protected-resource",
)
"""The path RFC 9728 §3.1 derives from the SCIM base URL, and one for who only knows the host."""

TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path
ROTATION_PATH = "/oauth2/rotate"
REVOCATION_PATH = "/oauth2/revoke"
INTROSPECTION_PATH = "/oauth2/introspect"
LEAK_PATH = "/oauth2/leak"

GRANT_TYPE = "client_credentials"


def describe_server(settings: Settings, scopes: Sequence[str]) -> dict[str, Any]:
    """Return the metadata of the authorization server (RFC 8414 §2).

    ``rotation_endpoint`` and ``leak_report_endpoint`` are of this product.
    """
    url = settings.public_url
    authenticated = {
        "token_endpoint": url + TOKEN_PATH,
        "revocation_endpoint": url + REVOCATION_PATH,
        "introspection_endpoint": url + INTROSPECTION_PATH,
    }
    methods = {f"{name}_auth_methods_supported": list(METHODS) for name in authenticated}
    algorithms = {
        f"{name}_auth_signing_alg_values_supported": list(ALGORITHMS) for name in authenticated
    }
    return {
        "issuer": url,
        "jwks_uri": url + JWKS_PATH,
        "scopes_supported": list(scopes),
        "response_types_supported": [],  # there is no authorization endpoint
        "grant_types_supported": [GRANT_TYPE],
        "protected_resources": [settings.scim_url],
        "rotation_endpoint": url + ROTATION_PATH,
        "leak_report_endpoint": url + LEAK_PATH,
        **authenticated,
        **methods,
        **algorithms,
    }


def describe_resource(settings: Settings, scopes: Sequence[str]) -> dict[str, Any]:
    """Return the metadata of the SCIM endpoints as a protected resource (RFC 9728 §2)."""
    return {
        "resource": settings.scim_url,
        "authorization_servers": [settings.public_url],
        "scopes_supported": list(scopes),
        "bearer_methods_supported": ["header"],
        "resource_name": "Provisor SCIM",
    }
