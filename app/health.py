"""Whether the process lives, and whether it can work: for load balancers, without credentials."""

from flask import Blueprint, Response, jsonify

from scim.storage import Database, Unavailable


def health_blueprint(database: Database) -> Blueprint:
    """Return the health endpoints."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """Answer that the process lives."""
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Answer whether the database can be reached."""
        try:
            with database.read() as session:
                session.one("SELECT 1")
        except Unavailable:
            return jsonify(status="the database is not available"), 503
        return jsonify(status="ok"), 200

    return blueprint
