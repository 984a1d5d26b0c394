"""An identity provider that talks to an application of ours, and the errors it may get."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import Assembly


class Provider:
    """An identity provider: a client that sends its token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(
            f"/scim/v2{path}", method=method, json=body, headers=self._headers | named
        )


def assert_scim_error(answer: TestResponse, status: int, scim_type: str | None = None) -> None:
    """Assert that an answer is a SCIM Error and nothing else."""
    assert answer.status_code == status
    assert answer.content_type == "application/scim+json"
    error = answer.get_json(force=True)
    assert error["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert error["status"] == str(status)
    assert error["detail"]
    assert error.get("scimType") == scim_type
    assert "Traceback" not in answer.text


def resources_in(assembly: Assembly) -> int:
    """Return how many resources there are, of all tenants and types."""
    with assembly.database.read() as session:
        row = session.one("SELECT count(*) AS found FROM resource")
    assert row is not None
    return int(row["found"])
