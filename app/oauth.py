"""What OAuth clients and token verifiers ask for."""

from flask import Blueprint, Response, jsonify

from app.keys import Keyring


def oauth_blueprint(keyring: Keyring) -> Blueprint:
    """Return the OAuth endpoints."""
    blueprint = Blueprint("oauth", __name__)

    @blueprint.get("/.well-known/jwks.json")
    def jwks() -> Response:
        """Answer the public signing keys (RFC 7517 §5)."""
        return jsonify(keyring.jwks())

    return blueprint
