"""SCIM over HTTP: what stands around every answer, whatever it says."""

import json
from pathlib import Path

import pytest

from app import Assembly, assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.settings import Settings
from tests.app.provider import Provider, assert_scim_error
from tests.conftest import FakeClock


def test_every_answer_names_its_request_and_is_not_stored(provider: Provider) -> None:
    first, second = provider.ask("GET", "/Users"), provider.ask("GET", "/Nowhere")

    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    for answer in (first, second):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Nowhere", 404),
        ("GET", "", 404),
        ("GET", "/Users/unknown", 404),
        ("GET", "/Users/00000000-0000-4000-8000-000000000000", 404),
        ("DELETE", "/Groups/00000000-0000-4000-8000-000000000000", 404),
        ("DELETE", "/Users", 405),
        ("POST", "/Users/00000000-0000-4000-8000-000000000000", 405),
        ("PUT", "/ServiceProviderConfig", 405),
        ("GET", "/Users/.search", 405),
        ("GET", "/Users/.unknown", 404),
        ("GET", "/Schemas/urn:nothing", 404),
        ("GET", "/ResourceTypes/Device", 404),
    ],
)
def test_what_is_not_there_is_said_in_scim(
    provider: Provider, method: str, path: str, status: int
) -> None:
    assert_scim_error(provider.ask(method, path), status)


def test_a_wrong_method_is_told_the_right_ones(provider: Provider) -> None:
    answer = provider.ask("DELETE", "/Users")

    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/.search", "/Users/.search"])
def test_a_search_can_only_be_posted(provider: Provider, path: str) -> None:
    """``.search`` is no id, or OPTIONS would offer to delete it."""
    answer = provider.ask("OPTIONS", path)

    assert {"OPTIONS", "POST"} == set(answer.headers["Allow"].split(", "))


def test_without_a_token_even_unknown_paths_want_one(assembly: Assembly) -> None:
    client = create_app(assembly).test_client()

    for path in ("/scim/v2", "/scim/v2/Users", "/scim/v2/Nowhere", "/scim/v2/Schemas"):
        answer = client.get(path)
        assert_scim_error(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="scim"'


def test_a_body_of_another_type_is_refused(provider: Provider) -> None:
    answer = provider.ask("POST", "/Users", {"userName": "x"}, Content_Type="text/plain")

    assert_scim_error(answer, 415)


@pytest.mark.parametrize("media_type", ["application/json", "application/scim+json; charset=UTF-8"])
def test_a_body_of_either_json_type_is_read(provider: Provider, media_type: str) -> None:
    answer = provider.ask("POST", "/Users", {"userName": "x"}, Content_Type=media_type)

    assert answer.status_code == 201


def test_a_body_over_the_limit_is_refused(assembly: Assembly, provider: Provider) -> None:
    body = {"userName": "x", "title": "x" * assembly.settings.max_body}

    assert_scim_error(provider.ask("POST", "/Users", body), 413)


def test_a_failure_of_ours_is_a_500_that_tells_nothing(
    assembly: Assembly, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with assembly.database.write() as session:
        session.run("DROP TABLE resource_count")

    answer = provider.ask("POST", "/Users", {"userName": "x"})

    assert_scim_error(answer, 500)
    assert "resource_count" not in answer.text
    assert "no such table" in caplog.text


def test_a_locked_database_is_a_503_worth_another_try(
    assembly: Assembly, provider: Provider
) -> None:
    assembly.close()
    assembly.settings.database.unlink()  # type: ignore[union-attr]  # on SQLite it is a path
    assembly.settings.database.mkdir()  # type: ignore[union-attr]  # likewise

    answer = provider.ask("GET", "/Users")

    assert_scim_error(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0


def test_locations_use_the_url_the_client_used(provider: Provider) -> None:
    answer = provider.ask("POST", "/Users", {"userName": "x"}, Host="scim.example.com:8443")

    location = answer.headers["Location"]
    assert location.startswith("http://scim.example.com:8443/scim/v2/Users/")
    assert answer.get_json(force=True)["meta"]["location"] == location


def test_locations_use_the_configured_url_where_there_is_one(
    tmp_path: Path, clock: FakeClock
) -> None:

    settings = Settings(instance=tmp_path / "other", base_url="https://scim.example.com")
    assembly = assemble(settings, clock)
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    provider = Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)

    answer = provider.ask("POST", "/Users", {"userName": "x"})
    schemas = provider.ask("GET", "/Schemas")

    assembly.close()
    assert answer.headers["Location"].startswith("https://scim.example.com/scim/v2/Users/")
    assert "https://scim.example.com/scim/v2/Schemas/urn" in schemas.text


def test_an_etag_spares_a_client_what_it_has(provider: Provider) -> None:
    made = provider.ask("POST", "/Users", {"userName": "x"})
    path = "/Users/" + made.get_json(force=True)["id"]

    spared = provider.ask("GET", path, If_None_Match=made.headers["ETag"])
    changed = provider.ask("PUT", path, {"userName": "x", "title": "y"})
    again = provider.ask("GET", path, If_None_Match=made.headers["ETag"])

    assert (304, "") == (spared.status_code, spared.text)
    assert made.headers["ETag"] != changed.headers["ETag"] == again.headers["ETag"]
    assert again.status_code == 200


def test_a_write_on_another_version_is_refused(provider: Provider) -> None:
    made = provider.ask("POST", "/Users", {"userName": "x"})
    path = "/Users/" + made.get_json(force=True)["id"]
    patch = {"Operations": [{"op": "replace", "path": "title", "value": "y"}]}

    for method, body in (("PUT", {"userName": "x"}), ("PATCH", patch), ("DELETE", None)):
        assert_scim_error(provider.ask(method, path, body, If_Match='W/"7"'), 412)
    assert provider.ask("PATCH", path, patch, If_Match=made.headers["ETag"]).status_code == 200


def test_a_read_of_another_version_than_demanded_is_refused(provider: Provider) -> None:
    """RFC 9110 §13.1.1: ``If-Match`` holds for every method, and before ``If-None-Match``."""
    made = provider.ask("POST", "/Users", {"userName": "x"})
    path, etag = "/Users/" + made.get_json(force=True)["id"], made.headers["ETag"]

    assert_scim_error(provider.ask("GET", path, If_Match='W/"7"'), 412)
    assert_scim_error(provider.ask("GET", path, If_Match='W/"7"', If_None_Match=etag), 412)
    assert provider.ask("GET", path, If_Match=f'W/"7", {etag}').status_code == 200
    assert provider.ask("GET", path, If_Match="*", If_None_Match=etag).status_code == 304


def test_parameter_names_have_any_case_and_unknown_ones_are_ignored(provider: Provider) -> None:
    provider.ask("POST", "/Users", {"userName": "x", "title": "y"})

    answer = provider.ask("GET", "/Users/?aadOptscim062020&STARTINDEX=0&Count=1&ATTRIBUTES=title&")

    found = answer.get_json(force=True)
    assert 1 == found["startIndex"] == found["totalResults"]
    assert {"schemas", "id", "title"} == set(found["Resources"][0])


@pytest.mark.parametrize(
    "text",
    ['password eq "secret"', "password pr", 'not (password ne "x")', "PASSWORD pr or active pr"],
)
def test_no_filter_asks_for_a_password(provider: Provider, text: str) -> None:
    assert_scim_error(
        provider.ask("POST", "/Users/.search", {"filter": text}), 400, "invalidFilter"
    )


def test_head_is_get_without_a_body(provider: Provider) -> None:
    answer = provider.ask("HEAD", "/Users")

    assert (200, "") == (answer.status_code, answer.text)


def test_a_search_in_the_body_answers_every_type_as_one_list(provider: Provider) -> None:
    provider.ask("POST", "/Users", {"userName": "b", "displayName": "B"})
    provider.ask("POST", "/Groups", {"displayName": "a"})
    search = {"filter": "displayName pr", "sortBy": "displayName", "attributes": ["displayName"]}

    everything = provider.ask("POST", "/.search", search).get_json(force=True)
    users = provider.ask("POST", "/Users/.search", search).get_json(force=True)

    assert ["a", "B"] == [each["displayName"] for each in everything["Resources"]]
    assert 1 == users["totalResults"]


def test_every_change_has_its_audit_line(assembly: Assembly, provider: Provider) -> None:
    made = provider.ask("POST", "/Users", {"userName": "x"}).get_json(force=True)
    provider.ask("PUT", f"/Users/{made['id']}", {"userName": "x"})  # changes nothing
    provider.ask("DELETE", f"/Users/{made['id']}")

    with assembly.database.read() as session:
        lines = session.all("SELECT * FROM audit WHERE object_type = 'User' ORDER BY seq")
    assert ["user.create", "user.delete"] == [line["action"] for line in lines]
    assert all(line["actor"].startswith("service-account:sa_") for line in lines)
    assert all(line["tenant_id"] == assembly.tenants.default().id for line in lines)


def test_the_public_keys_are_published(assembly: Assembly) -> None:
    answer = create_app(assembly).test_client().get("/.well-known/jwks.json")

    (key,) = answer.get_json()["keys"]
    assert key["kid"].startswith("provisor-")
    assert "d" not in key


def test_keys_out_of_reach_are_a_503_worth_another_try(assembly: Assembly) -> None:
    client = create_app(assembly).test_client()
    assembly.close()
    assembly.settings.database.unlink()  # type: ignore[union-attr]  # on SQLite it is a path
    assembly.settings.database.mkdir()  # type: ignore[union-attr]  # likewise

    answer = client.get("/.well-known/jwks.json")

    assert 503 == answer.status_code
    assert "temporarily_unavailable" == answer.get_json()["error"]
    assert int(answer.headers["Retry-After"]) > 0


def test_health_and_readiness_are_told_apart(assembly: Assembly) -> None:
    client = create_app(assembly).test_client()

    assert 200 == client.get("/healthz").status_code
    assert 200 == client.get("/readyz").status_code


def test_the_service_provider_announces_what_works(provider: Provider) -> None:
    config = provider.ask("GET", "/ServiceProviderConfig").get_json(force=True)

    supported = {name for name, value in config.items() if _is_supported(value)}
    assert {"patch", "bulk", "filter", "sort", "etag"} == supported


def _is_supported(value: object) -> bool:
    return isinstance(value, dict) and value.get("supported") is True


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_me_is_not_implemented_for_a_service_account(provider: Provider, method: str) -> None:
    """RFC 7644 §3.11."""
    assert_scim_error(provider.ask(method, "/Me"), 501)


@pytest.mark.parametrize("endpoint", ["Schemas", "ResourceTypes"])
def test_a_filter_of_what_is_described_is_forbidden(provider: Provider, endpoint: str) -> None:
    """RFC 7644 §4."""
    assert_scim_error(provider.ask("GET", f"/{endpoint}?filter=name pr"), 403)


def test_discovery_shows_lists_and_single_ones_alike(provider: Provider) -> None:
    for endpoint in ("ResourceTypes", "Schemas"):
        listed = provider.ask("GET", f"/{endpoint}").get_json(force=True)
        assert listed["totalResults"] == len(listed["Resources"])
        for each in listed["Resources"]:
            one = provider.ask("GET", f"/{endpoint}/{each['id']}")
            assert json.loads(one.text) == each
