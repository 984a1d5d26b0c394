"""Schemas named in PROVISOR_SCHEMAS, over HTTP."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.environment import read_settings
from app.settings import SettingsError
from tests.added_schemas import BADGE, DEVICE_SCHEMA, FILES, LEASE
from tests.app.test_provisioning import Provider, assert_scim_error


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    """A provider that meets a server with the added schemas."""
    files = os.pathsep.join(str(path) for path in FILES)
    settings = {"PROVISOR_INSTANCE": str(tmp_path), "PROVISOR_SCHEMAS": files}
    assembly = assemble(read_settings(settings))
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "HR"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    yield Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)
    assembly.close()


def body_of(answer: Any) -> Any:
    return answer.get_json(force=True)


def test_added_types_and_schemas_are_announced(provider: Provider) -> None:
    types = body_of(provider.ask("GET", "/ResourceTypes"))["Resources"]
    schemas = body_of(provider.ask("GET", "/Schemas"))["Resources"]

    assert ["User", "Group", "Device"] == [each["name"] for each in types]
    assert {BADGE, DEVICE_SCHEMA, LEASE} <= {each["id"] for each in schemas}
    assert 200 == provider.ask("GET", f"/Schemas/{BADGE}").status_code
    assert 200 == provider.ask("GET", "/ResourceTypes/Device").status_code


def test_a_resource_of_an_added_type_lives_at_its_endpoint(provider: Provider) -> None:
    made = provider.ask("POST", "/Devices", {"schemas": [DEVICE_SCHEMA], "serial": "A1"})
    path = "/Devices/" + body_of(made)["id"]
    patched = provider.ask(
        "PATCH", path, {"Operations": [{"op": "add", "path": "weight", "value": 2.5}]}
    )
    found = provider.ask("GET", "/Devices?filter=weight gt 2&attributes=weight")

    assert [201, 200, 200] == [each.status_code for each in (made, patched, found)]
    assert [2.5] == [each["weight"] for each in body_of(found)["Resources"]]
    assert 204 == provider.ask("DELETE", path).status_code
    assert_scim_error(provider.ask("GET", path), 404)


def test_an_added_extension_is_projected_by_its_urn(provider: Provider) -> None:
    user = {"userName": "ada", BADGE: {"number": "7", "level": 3}}
    made = body_of(provider.ask("POST", "/Users", user))

    part = provider.ask("GET", f"/Users/{made['id']}?attributes={BADGE}:level")
    rest = provider.ask("GET", f"/Users/{made['id']}?excludedAttributes={BADGE}")

    assert {"level": 3} == body_of(part)[BADGE]
    assert BADGE not in body_of(rest)


@pytest.mark.parametrize("endpoint", ["My-Things", "True", "a_b"])
def test_an_endpoint_may_have_any_name(tmp_path: Path, endpoint: str) -> None:
    file = tmp_path / "thing.json"
    described = {"name": "Thing", "endpoint": f"/{endpoint}", "schema": "urn:x:2.0:Thing"}
    attributes = [{"name": "size", "type": "integer", "multiValued": False}]
    schema = {"id": "urn:x:2.0:Thing", "name": "Thing", "attributes": attributes}
    file.write_text(json.dumps([schema, described]))
    settings = {"PROVISOR_INSTANCE": str(tmp_path / "i"), "PROVISOR_SCHEMAS": str(file)}
    assembly = assemble(read_settings(settings))

    answer = create_app(assembly).test_client().get(f"/scim/v2/{endpoint}")

    assert 401 == answer.status_code
    assembly.close()


def test_what_another_schema_would_allow_is_no_endpoint(provider: Provider) -> None:
    assert_scim_error(provider.ask("GET", "/Leases"), 404)


@pytest.mark.parametrize("text", [None, "{", '{"id": "badge"}'])
def test_a_file_that_cannot_be_used_stops_the_start(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "badge.json"
    if text is not None:
        file.write_text(text)
    settings = {"PROVISOR_INSTANCE": str(tmp_path / "i"), "PROVISOR_SCHEMAS": str(file)}

    with pytest.raises(SettingsError, match=r"PROVISOR_SCHEMAS cannot be used: .*badge\.json"):
        assemble(read_settings(settings))
    assert not (tmp_path / "i").exists()
