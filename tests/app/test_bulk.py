"""Bulk over HTTP (RFC 7644 §3.7)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import Assembly, assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.settings import Settings
from tests.app.provider import Provider, assert_scim_error
from tests.conftest import FakeClock


def user(name: str, **attributes: Any) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": "/Users",
        "bulkId": name,
        "data": {"userName": name, **attributes},
    }


def test_a_bulk_request_is_answered_with_what_became_of_each_operation(
    provider: Provider,
) -> None:
    answer = provider.ask("POST", "/Bulk", {"Operations": [user("ada"), user("Ada")]})

    ada, other = answer.get_json(force=True)["Operations"]
    assert (200, "application/scim+json") == (answer.status_code, answer.content_type)
    assert ("201", "409") == (ada["status"], other["status"])
    found = provider.ask("GET", ada["location"].partition("/scim/v2")[2])
    assert "ada" == found.get_json(force=True)["userName"]
    assert (ada["version"], ada["location"]) == (found.headers["ETag"], found.headers["Location"])


def test_locations_use_the_url_the_client_used(provider: Provider) -> None:
    body = {"Operations": [user("ada"), {"method": "DELETE", "path": "/Users/nobody"}]}

    answer = provider.ask("POST", "/Bulk", body, Host="scim.example.com:8443")

    ada, nobody = answer.get_json(force=True)["Operations"]
    assert ada["location"].startswith("http://scim.example.com:8443/scim/v2/Users/")
    assert "http://scim.example.com:8443/scim/v2/Users/nobody" == nobody["location"]


def test_every_operation_that_succeeds_has_its_audit_line(
    assembly: Assembly, provider: Provider
) -> None:
    provider.ask("POST", "/Bulk", {"Operations": [user("ada"), user("ADA"), user("bob")]})

    with assembly.database.read() as session:
        lines = session.all("SELECT action FROM audit WHERE object_type = 'User'")
    assert ["user.create", "user.create"] == [line["action"] for line in lines]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_bulk_is_a_post(provider: Provider, method: str) -> None:
    assert_scim_error(provider.ask(method, "/Bulk", {"Operations": [user("ada")]}), 405)


def test_a_body_of_another_type_is_refused(provider: Provider) -> None:
    body = {"Operations": [user("ada")]}

    assert_scim_error(provider.ask("POST", "/Bulk", body, Content_Type="text/plain"), 415)


@pytest.mark.parametrize("value", [0, -1, 1.0, "1", True, [1]])
def test_fail_on_errors_is_a_whole_number(provider: Provider, value: object) -> None:
    body = {"Operations": [user("ada")], "failOnErrors": value}

    assert_scim_error(provider.ask("POST", "/Bulk", body), 400, "invalidValue")
    assert 0 == provider.ask("GET", "/Users").get_json(force=True)["totalResults"]


@pytest.fixture
def limited(tmp_path: Path, clock: FakeClock) -> Iterator[Provider]:
    """A provider of a server that takes two operations and 1,000 bytes."""
    settings = Settings(instance=tmp_path / "limited", max_bulk_operations=2, max_body=1000)
    assembly = assemble(settings, clock)
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    yield Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)
    assembly.close()


def test_the_limits_are_announced_and_held_to(limited: Provider) -> None:
    """RFC 7644 §3.7.4: the error names the limit that was exceeded."""
    announced = limited.ask("GET", "/ServiceProviderConfig").get_json(force=True)["bulk"]
    users = [user("ada"), user("bob"), user("cyd")]
    size = len(json.dumps({"Operations": [user("x", title="")]}))
    largest = {"Operations": [user("x", title="t" * (1000 - size))]}
    larger = {"Operations": [user("y", title="t" * (1001 - size))]}

    answers = [
        limited.ask("POST", "/Bulk", body)
        for body in ({"Operations": users[:2]}, largest, {"Operations": users}, larger)
    ]

    assert {"supported": True, "maxOperations": 2, "maxPayloadSize": 1000} == announced
    assert [200, 200, 413, 413] == [each.status_code for each in answers]
    for answer, limit in zip(
        answers[2:], ("maxOperations (2)", "maxPayloadSize (1000)"), strict=True
    ):
        assert_scim_error(answer, 413)
        assert limit in answer.get_json(force=True)["detail"]
    assert 3 == limited.ask("GET", "/Users").get_json(force=True)["totalResults"]
