"""What a provider does with a token, and the ways by which a request comes in."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from app import Assembly

PATCH = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "externalId", "value": "changed"}],
}
_USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "changed"}
_BULK = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
    "Operations": [{"method": "POST", "path": "/Users", "bulkId": "a", "data": _USER}],
}

ACTS: dict[str, tuple[str, str, Any]] = {
    "GET": ("GET", "/Users/{id}", None),
    "list": ("GET", "/Users", None),
    "POST": ("POST", "/Users", _USER),
    "PUT": ("PUT", "/Users/{id}", _USER),
    "PATCH": ("PATCH", "/Users/{id}", PATCH),
    "DELETE": ("DELETE", "/Users/{id}", None),
    "Bulk": ("POST", "/Bulk", _BULK),
}
"""Each method and Bulk: its path, where ``{id}`` is the id of a user, and its body."""

TABLES = ("resource", "member", "lookup", "resource_count", "token", "audit", "known_network")

Door = Callable[..., Any]


def doors_of(application: Flask) -> dict[str, Door]:
    """Return both ways in: past what answers plain requests, and straight to Flask."""
    return {"plain": application.wsgi_app, "Flask": partial(Flask.wsgi_app, application)}


def ask(
    door: Door, act: str, user: str, authorization: str | None = None, **options: Any
) -> TestResponse:
    """Send one request with an ``Authorization`` header, whatever that holds.

    A server hands its bytes on as if they were Latin-1 (PEP 3333).
    """
    method, path, body = ACTS[act]
    environ = {"REMOTE_ADDR": "192.0.2.1"}
    if authorization is not None:
        environ["HTTP_AUTHORIZATION"] = authorization.encode().decode("latin-1")
    if body is not None and "data" not in options:
        options |= {"data": json.dumps(body), "content_type": "application/scim+json"}
    query = options.pop("query", "")
    return Client(door).open(
        f"/scim/v2{path.format(id=user)}{query}",
        method=method,
        environ_overrides=environ,
        **options,
    )


def everything_stored(assembly: Assembly) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row that a request could change."""
    with assembly.database.read() as session:
        return {
            table: sorted((tuple(row) for row in session.all(f"SELECT * FROM {table}")), key=repr)  # noqa: S608 - names from above
            for table in TABLES
        }
