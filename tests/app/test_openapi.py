"""The description at /openapi.json: whole, true to the routes, and there for anybody."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask

from app import Assembly, create_app
from tests.app.console_browser import new_assembly
from tests.app.routes import routes
from tests.conftest import FakeClock

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def application(assembly: Assembly) -> Flask:
    return create_app(assembly)


@pytest.fixture
def described(application: Flask) -> Any:
    return application.test_client().get("/openapi.json").get_json()


def test_it_is_served_to_anybody_as_json(application: Flask) -> None:
    answer = application.test_client().get("/openapi.json")

    assert 200 == answer.status_code
    assert "application/json" == answer.content_type
    assert "3.1.0" == answer.get_json()["openapi"]


def test_it_is_valid_by_the_schema_of_openapi(described: Any) -> None:
    loaded = schemathesis.openapi.from_dict(described)

    loaded.validate()


def test_it_describes_every_route_and_no_other(application: Flask, described: Any) -> None:
    paths = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for path, item in described["paths"].items()
        for method in METHODS & set(item)
    }

    assert set(routes(application)) == paths


def test_every_reference_leads_to_a_component_and_every_component_is_used(described: Any) -> None:
    found = set(references(described))
    components = {
        f"#/components/{group}/{name}"
        for group, members in described["components"].items()
        for name in members
        if group != "securitySchemes"
    }

    assert components == found


def references(value: Any) -> Iterator[str]:
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from references(inner)
    # an attribute of SCIM has this name too
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        yield value["$ref"]


def test_whatever_is_required_is_described(described: Any) -> None:
    """Schemathesis lets an object pass that a schema both requires and knows nothing of."""
    for schema in objects(described):
        assert set(schema["required"]) <= set(schema.get("properties", schema["required"]))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from objects(inner)
    if isinstance(value, dict) and value.get("type") == "object" and "required" in value:
        yield value


def test_everything_under_scim_wants_a_token_and_nothing_else_does(described: Any) -> None:
    for path, item in described["paths"].items():
        for method in METHODS & set(item):
            expected = [{"token": []}] if path.startswith("/scim/") else []
            assert expected == item[method]["security"], (method, path)


def test_its_server_is_the_one_that_clients_use(tmp_path: Path, clock: FakeClock) -> None:
    assembly = new_assembly(tmp_path, clock, "https://scim.example.com")

    described = create_app(assembly).test_client().get("/openapi.json").get_json()
    assembly.close()

    assert [{"url": "https://scim.example.com"}] == described["servers"]
