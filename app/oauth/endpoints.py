"""What OAuth clients and token verifiers ask for, over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.client_apps import ClientApp
from app.keys import Keyring
from app.oauth import metadata
from app.oauth.credentials import read_credentials
from app.oauth.errors import answer_error
from app.oauth.form import read_form, required
from app.oauth.parts import OAuth
from app.settings import Settings

_PREFIX = "/oauth2"

_JWKS_CACHING = "public, max-age=3600"
"""An hour: far less than the day a key is published before it signs, and a revoked key is gone
from caches soon."""


def oauth_blueprint(settings: Settings, keyring: Keyring, parts: OAuth) -> Blueprint:
    """Return the OAuth endpoints."""
    blueprint = Blueprint("oauth", __name__)
    blueprint.register_error_handler(Exception, answer_error)
    _add_documents(blueprint, settings, keyring, parts.granting.scopes)
    _add_endpoints(blueprint, parts)
    return blueprint


def is_oauth(path: str) -> bool:
    """Whether a path belongs to the OAuth endpoints, known or not."""
    return path == _PREFIX or path.startswith(f"{_PREFIX}/")


def _add_documents(
    blueprint: Blueprint, settings: Settings, keyring: Keyring, scopes: Sequence[str]
) -> None:
    server = metadata.describe_server(settings, scopes)
    resource = metadata.describe_resource(settings, scopes)

    def jwks() -> Response:
        """Answer the public signing keys (RFC 7517 §5)."""
        response = jsonify(keyring.jwks())
        response.headers["Cache-Control"] = _JWKS_CACHING
        return response

    def described() -> Response:
        return jsonify(resource)

    add = blueprint.add_url_rule
    add(metadata.JWKS_PATH, "jwks", jwks)
    add(metadata.SERVER_PATH, "server", lambda: jsonify(server))
    for path in metadata.RESOURCE_PATHS:
        add(path, "resource", described)


def _add_endpoints(blueprint: Blueprint, parts: OAuth) -> None:
    def authenticated(
        answer: Callable[[ClientApp, Mapping[str, str]], Response],
    ) -> Callable[[], Response]:
        """Return a view for apps that prove who they are."""

        def view() -> Response:
            form = read_form()
            credentials = read_credentials(request.headers.get("Authorization"), form)
            app = parts.authentication.authenticate(credentials, request.remote_addr)
            return answer(app, form)

        return view

    def token(app: ClientApp, form: Mapping[str, str]) -> Response:
        return jsonify(parts.granting.grant(app, form, request.remote_addr))

    def rotate(app: ClientApp, form: Mapping[str, str]) -> Response:
        return jsonify(parts.granting.rotate(app, form, request.remote_addr))

    def introspect(app: ClientApp, form: Mapping[str, str]) -> Response:
        return jsonify(parts.introspection.of(required(form, "token"), app))

    def revoke(app: ClientApp, form: Mapping[str, str]) -> Response:
        parts.revocation.revoke(required(form, "token"), app, request.remote_addr)
        return Response(status=200)

    def leak() -> Response:
        parts.revocation.report_leak(required(read_form(), "token"), request.remote_addr)
        return Response(status=204)

    views: tuple[tuple[str, str, Callable[[], Any]], ...] = (
        (metadata.TOKEN_PATH, "token", authenticated(token)),
        (metadata.ROTATION_PATH, "rotate", authenticated(rotate)),
        (metadata.INTROSPECTION_PATH, "introspect", authenticated(introspect)),
        (metadata.REVOCATION_PATH, "revoke", authenticated(revoke)),
        (metadata.LEAK_PATH, "leak", leak),
    )
    for path, name, view in views:
        blueprint.add_url_rule(path, name, view, methods=["POST"])
