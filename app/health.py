"""Whether the process lives, and whether it can work: for load balancers, without credentials."""

from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify

from scim.storage import Database, Unavailable

STOPPING = "STOPPING"
"""The configuration that names a file: once it is there, the server is about to stop."""


def health_blueprint(database: Database) -> Blueprint:
    """Return the health endpoints."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """Answer that the process lives."""
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Answer whether to send requests: the server stays, and its database can be reached."""
        if _is_stopping():
            return jsonify(status="the server is stopping"), 503
        try:
            with database.read() as session:
                session.one("SELECT 1")
        except Unavailable:
            return jsonify(status="the database is not available"), 503
        return jsonify(status="ok"), 200

    return blueprint


def _is_stopping() -> bool:
    notice = current_app.config.get(STOPPING)
    return notice is not None and Path(notice).exists()
