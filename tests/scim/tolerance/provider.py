"""An identity provider that asks over HTTP."""

from typing import Any

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Provider:
    """A client that sends its token, and looks at what was noticed of its requests."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self.noticed: dict[str, int] = {}

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Send a request below the prefix and return its answer."""
        headers = self._headers | more.pop("headers", {})
        with self._client:
            answer = self._client.open(
                f"/scim/v2{path}", method=method, json=body, headers=headers, **more
            )
            self.noticed = dict(g.client.quirks.noticed)
        return answer
