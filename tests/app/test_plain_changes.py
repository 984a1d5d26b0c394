"""Changes answered before Flask: just as Flask answers them, and only what is plain."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from app import Assembly, create_app
from app.audit import CLI
from scim.choices import read_options
from tests.app.console_browser import new_app, new_assembly
from tests.app.plain_requests import heard
from tests.conftest import FakeClock

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_BODIES: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/Users", {"userName": "cy", "active": "True"}),
    ("POST", "/Users", {"userName": "ada@example.com"}),
    ("POST", "/Users", {"displayName": "nobody"}),
    ("POST", "/Groups", {"displayName": "crew", "members": []}),
    ("POST", "/Groups", {"displayName": "crew", "members": [{"value": "stranger"}]}),
    ("PUT", "/Users/{id}", {"userName": "eve", "title": "Captain"}),
    ("PUT", "/Users/{id}", {"userName": "ada@example.com"}),
    ("PUT", "/Users/nobody", {"userName": "eve"}),
    ("PATCH", "/Users/{id}", {"Operations": [{"op": "Replace", "path": "active", "value": False}]}),
    ("PATCH", "/Users/{id}", {"Operations": [{"op": "remove", "path": "userName"}]}),
    ("PATCH", "/Users/{id}", {"Operations": []}),
    ("PATCH", "/Users/nobody", {"Operations": [{"op": "remove", "path": "title"}]}),
    ("DELETE", "/Users/{id}", None),
    ("DELETE", "/Users/nobody", None),
    ("POST", "/Users", b"{"),
    ("POST", "/Users", b"[]"),
    ("POST", "/Users", b""),
    ("POST", "/Users", b"\xef\xbb\xbf{}"),
    ("POST", "/Users", b'{"userName": "\\u0000"}'),
    ("POST", "/Users", b'{"a":' * 100),
    ("POST", "/Users", b" " * (1024 * 1024 + 1)),
    ("PATCH", "/Users", b"{}"),
    ("DELETE", "/Users", None),
    ("PUT", "/Groups", b"{}"),
    ("POST", "/Users/{id}", b"{}"),
    ("POST", "/Users?attributes=userName", {"userName": "dan"}),
    ("PATCH", "/Nothing/1", b"{}"),
)


def changed(assembly: Assembly, door: Any, request: tuple[str, str, Any], patch: str) -> Any:
    """Return what a request on a user of an instance of its own is answered, but for its ids."""
    app = new_app(assembly)
    assembly.app_settings.set(app.id, read_options({"patch": patch}), CLI)
    bearer = {"Authorization": f"Bearer {assembly.tokens.issue(app.id, CLI).text}"}
    client = Client(door(create_app(assembly)))
    made = [
        client.post("/scim/v2/Users", json={"userName": name}, headers=bearer)
        for name in ("ada@example.com", "bob@example.com")
    ]
    id_ = made[-1].get_json(force=True)["id"]
    method, path, body = request
    sent = {"data": body} if isinstance(body, bytes) else {"json": body} if body else {}
    headers = {**bearer, "Content-Type": "application/scim+json"}
    status, fields, data = heard(
        client.open(f"/scim/v2{path.format(id=id_)}", method=method, headers=headers, **sent)
    )
    return (
        status,
        [(name, _UUID.sub("id", value)) for name, value in fields],
        _UUID.sub("id", data.decode()),
    )


@pytest.mark.parametrize("patch", ["200", "204"])
@pytest.mark.parametrize("request_", _BODIES, ids=range(len(_BODIES)))
def test_a_change_is_answered_as_flask_answers_it(
    tmp_path: Path, clock: FakeClock, request_: tuple[str, str, Any], patch: str
) -> None:
    heard_here_and_there = []
    for name, door in (
        ("here", lambda app: app.wsgi_app),
        ("there", lambda app: partial(Flask.wsgi_app, app)),
    ):
        assembly = new_assembly(tmp_path / name, clock)
        heard_here_and_there.append(changed(assembly, door, request_, patch))
        assembly.close()

    here, there = heard_here_and_there
    assert there == here


@pytest.mark.parametrize(
    "request_",
    [
        ("POST", "/Users", {"userName": "cy"}),
        ("PUT", "/Users/{id}", {"userName": "cy"}),
        ("PATCH", "/Users/{id}", {"Operations": [{"op": "remove", "path": "title"}]}),
        ("DELETE", "/Users/{id}", None),
    ],
)
def test_plain_changes_never_reach_flask_but_for_conditions(
    application: Flask,
    bearer: dict[str, str],
    user: str,
    reached: list[str],
    request_: tuple[str, str, Any],
) -> None:
    method, path, body = request_
    client = Client(application.wsgi_app)
    sent = {"method": method, "json": body} if body else {"method": method}

    client.open(f"/scim/v2{path.format(id=user)}", headers=bearer, **sent)
    assert [] == reached

    client.open(f"/scim/v2{path.format(id=user)}", headers={**bearer, "If-Match": "*"}, **sent)
    assert 1 == len(reached)
