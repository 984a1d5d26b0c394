"""Every request of an app leaves a row, by whichever door it came in, which says what it was."""

from dataclasses import replace
from typing import Any

import pytest

from app import Assembly, create_app
from app.audit import CLI
from app.client_apps import ClientApp
from app.log.entries import Entry
from scim.choices import LogValues
from tests.app.provider import Provider
from tests.log.conftest import Read

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def replacing(path: str, value: Any) -> dict[str, Any]:
    return {"schemas": [_PATCH], "Operations": [{"op": "replace", "path": path, "value": value}]}


def said(entry: Entry) -> tuple[str, str, str, int]:
    return entry.operation, entry.resource_type, entry.outcome, entry.status


@pytest.fixture
def user(provider: Provider) -> str:
    body = {"schemas": [_USER], "userName": "ada@example.com", "name": {"givenName": "Ada"}}
    made: str = provider.ask("POST", "/Users", body).get_json(force=True)["id"]
    return made


# the second is no plain request: Flask answers it
@pytest.mark.parametrize("query", ["", "?attributes=userName"])
def test_a_request_is_told_by_what_became_of_it(
    provider: Provider, user: str, read: Read, client_app: ClientApp, query: str
) -> None:
    path = f"/Users/{user}{query}"
    provider.ask("GET", path)
    provider.ask("PATCH", path, replacing("name.givenName", "Grace"))
    provider.ask("PATCH", path, replacing("name.givenName", "Grace"))
    provider.ask("PATCH", path, replacing("active", value=False))
    provider.ask("PUT", path, {"schemas": [_USER], "userName": "grace", "active": True})
    provider.ask("DELETE", f"/Users/{user}")
    provider.ask("DELETE", f"/Users/{user}")

    entries = read()

    assert [
        ("create", "User", "Created", 201),
        ("get", "User", "Found", 200),
        ("patch", "User", "Updated", 200),
        ("patch", "User", "No change", 200),
        ("patch", "User", "Deactivated", 200),
        ("replace", "User", "Updated", 200),
        ("delete", "User", "Deleted", 204),
        ("delete", "User", "Not found", 404),
    ] == [said(each) for each in entries]
    assert {user} == {each.resource_id for each in entries}
    assert {client_app.id} == {each.app_id for each in entries}
    assert ["name.givenName userName", "", "name.givenName", "", "active"] == [
        each.changed for each in entries[:5]
    ]
    assert "active name.givenName userName" == entries[5].changed
    assert all(each.micros >= 0 and len(each.request_id) == 32 for each in entries)


def test_a_row_is_found_by_the_id_that_the_answer_carried(
    provider: Provider, user: str, read: Read
) -> None:
    answer = provider.ask("GET", f"/Users/{user}", User_Agent="Okta SCIM Client 1.0.0")

    [_, entry] = read()

    assert answer.headers["X-Request-Id"] == entry.request_id
    assert ("Okta SCIM Client 1.0.0", "127.0.0.1") == (entry.agent, entry.address)


def test_lists_searches_and_discovery_have_words_of_their_own(
    provider: Provider, read: Read
) -> None:
    provider.ask("GET", "/Users?count=1")
    provider.ask("GET", '/Users?filter=userName eq "ada"')
    provider.ask("POST", "/Groups/.search", {"filter": 'displayName sw "A" and not (id pr)'})
    provider.ask("GET", "/ServiceProviderConfig")
    provider.ask("GET", "/Me")

    entries = read()

    assert ["list", "search", "search", "discovery", "get"] == [each.operation for each in entries]
    assert ["", "userName eq ?", "displayName sw ? and not (id pr)", "", ""] == [
        each.filter for each in entries
    ]
    assert ["Found", "Found", "Found", "Found", "Failed"] == [each.outcome for each in entries]


def test_members_that_come_and_go_are_a_change_of_members(
    provider: Provider, user: str, read: Read
) -> None:
    group = {"schemas": [_GROUP], "displayName": "Staff"}
    path = f"/Groups/{provider.ask('POST', '/Groups', group).get_json(force=True)['id']}"
    joining = {"op": "add", "path": "members", "value": [{"value": user}]}
    provider.ask("PATCH", path, {"schemas": [_PATCH], "Operations": [joining]})
    provider.ask("PATCH", path, {"schemas": [_PATCH], "Operations": [joining]})

    entries = read()[2:]

    assert [("members", "Updated"), ("", "No change")] == [
        (each.changed, each.outcome) for each in entries
    ]


def test_a_bulk_request_is_one_row_that_counts(provider: Provider, read: Read) -> None:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": {"userName": name}}
        for bulk_id, name in (("a", "ada"), ("b", "ada"), ("c", "grace"))
    ]
    provider.ask("POST", "/Bulk", {"schemas": [_BULK], "Operations": operations})

    [entry] = read()

    assert ("bulk", "", "Updated", 200) == said(entry)
    assert "2 resources were changed; 1 operations failed." == entry.detail


def test_a_refusal_says_why(provider: Provider, user: str, read: Read) -> None:
    provider.ask("POST", "/Users", {"userName": "ADA@example.com"})
    provider.ask("GET", "/Users?filter=shoeSize eq 44")
    provider.ask("DELETE", f"/Users/{user}", If_Match='W/"7"')

    entries = read()[1:]

    assert [("Conflict", "uniqueness"), ("Invalid", "invalidFilter"), ("Conflict", "")] == [
        (each.outcome, each.scim_type) for each in entries
    ]
    assert "Another User has this userName; its case does not tell them apart." == entries[0].detail


def test_what_a_provider_is_forgiven_is_named(provider: Provider, read: Read) -> None:
    provider.ask("POST", "/Users", {"userName": "ada"})

    [entry] = read()

    assert "missing-schemas" == entry.quirks


def test_a_token_that_is_dead_is_known_by_its_app(
    assembly: Assembly, provider: Provider, client_app: ClientApp, read: Read
) -> None:
    [token] = assembly.tokens.list(client_app.id)
    assembly.tokens.revoke_all(client_app.id, CLI)
    for _ in range(3):
        assert provider.ask("GET", "/Users").status_code == 401

    entries = read()

    assert [("Unauthorised", token.jti)] * 3 == [(each.outcome, each.token_id) for each in entries]
    [refused] = assembly.log.activity.refused_tokens(client_app.id)
    assert (token.jti, 3, False) == (refused.token_id, refused.attempts, refused.is_more)
    assert refused.detail.startswith("The token was revoked on 2026-11-24T12:00")


def test_an_app_whose_scim_is_off_sees_that_it_is(
    assembly: Assembly, provider: Provider, client_app: ClientApp, read: Read
) -> None:
    assembly.client_apps.disable_scim(client_app.id, CLI)
    provider.ask("GET", "/Users")

    assert ["Forbidden"] == [each.outcome for each in read()]


def test_what_comes_without_a_token_of_ours_leaves_nothing(
    assembly: Assembly, client_app: ClientApp, read: Read
) -> None:
    client = create_app(assembly).test_client()
    genuine = assembly.tokens.issue(client_app.id, CLI).text
    for header in ("", "Bearer x", f"Bearer {genuine[:-4]}AAAA", "Basic eDp5"):
        assert client.get("/scim/v2/Users", headers={"Authorization": header}).status_code == 401

    assert [] == read()


def test_values_are_kept_where_the_app_chose_so_and_passwords_never(
    assembly: Assembly, provider: Provider, client_app: ClientApp, user: str, read: Read
) -> None:
    assembly.app_settings.set(client_app.id, {"log_values": LogValues.ON}, CLI)
    provider.ask("PATCH", f"/Users/{user}", replacing("name.givenName", "Grace"))
    provider.ask("PATCH", f"/Users/{user}", replacing("password", "correct horse battery"))

    entries = read()

    assert ["", '{"name.givenName": ["Ada", "Grace"]}', ""] == [
        each.values_json for each in entries
    ]


def test_an_instance_may_keep_no_log(assembly: Assembly, client_app: ClientApp, read: Read) -> None:
    silent = replace(assembly, log=replace(assembly.log, is_on=False))
    provider = Provider(
        create_app(silent).test_client(), assembly.tokens.issue(client_app.id, CLI).text
    )

    assert provider.ask("GET", "/Users").status_code == 200
    assert [] == read()


def test_no_client_can_send_what_is_taken_for_a_test(
    assembly: Assembly, client_app: ClientApp, provider: Provider, read: Read
) -> None:
    provider.ask("GET", "/Users", User_Agent="Provisor connection test", provisor_test="1")

    (entry,) = read()
    assert not entry.is_test
    assert assembly.log.activity.has_heard(client_app.id)
    recent = assembly.log.activity.recent([client_app.id])[client_app.id]
    assert 1 == recent.requests
