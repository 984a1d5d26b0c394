"""An identity provider that asks over HTTP."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.bearer import CLIENT


class Provider:
    """A client that sends its token, and looks at what was noticed of its requests."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self.noticed: dict[str, int] = {}
        self._behind = client.application.wsgi_app
        client.application.wsgi_app = self._listen  # type: ignore[method-assign]  # as Flask has it

    def _listen(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self._behind(environ, start_response)
        finally:
            self.noticed = dict(environ[CLIENT].quirks.noticed)

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Send a request below the prefix and return its answer."""
        headers = self._headers | more.pop("headers", {})
        return self._client.open(
            f"/scim/v2{path}", method=method, json=body, headers=headers, **more
        )
