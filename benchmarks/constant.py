"""The constant Flask route: what the web server and Flask cost when nothing is done."""

from flask import Flask, Response

_ANSWER = b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"constant"}'


def application() -> Flask:
    """Return an application with one route that always answers the same."""
    app = Flask(__name__)

    @app.get("/")
    def constant() -> Response:
        return Response(_ANSWER, content_type="application/scim+json")

    return app
