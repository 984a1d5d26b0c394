"""What OAuth clients and token verifiers ask for."""

from flask import Blueprint, Response, jsonify

from app.keys import Keyring
from scim.storage import Unavailable

_RETRY_AFTER = "5"
"""Seconds after which a request that met no database may be sent again."""

_JWKS_CACHING = "public, max-age=3600"
"""An hour: far less than the day a key is published before it signs, and a revoked key is gone
from caches soon."""


def oauth_blueprint(keyring: Keyring) -> Blueprint:
    """Return the OAuth endpoints."""
    blueprint = Blueprint("oauth", __name__)

    @blueprint.get("/.well-known/jwks.json")
    def jwks() -> Response:
        """Answer the public signing keys (RFC 7517 §5)."""
        response = jsonify(keyring.jwks())
        response.headers["Cache-Control"] = _JWKS_CACHING
        return response

    @blueprint.errorhandler(Unavailable)
    def unavailable(_error: Unavailable) -> tuple[Response, int, dict[str, str]]:
        """Answer in the words of RFC 6749 §4.1.2.1 that the database is out of reach."""
        body = jsonify(error="temporarily_unavailable")
        return body, 503, {"Retry-After": _RETRY_AFTER}

    return blueprint
