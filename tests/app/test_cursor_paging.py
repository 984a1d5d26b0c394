"""Pages by cursor over HTTP (RFC 9865): in URLs, in bodies, and in the words of every error."""

from pathlib import Path
from typing import Any

import pytest

from app import Assembly, assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.settings import Settings
from tests.app.provider import Provider, assert_scim_error
from tests.conftest import FakeClock

LIST = "/Users?count=2&sortBy=userName"


@pytest.fixture
def users(provider: Provider) -> list[str]:
    """The names of five users, in their order."""
    names = [f"user {number}" for number in range(5)]
    for name in names:
        assert 201 == provider.ask("POST", "/Users", {"userName": name}).status_code
    return names


@pytest.fixture
def cursor(provider: Provider, users: list[str]) -> str:
    """The cursor of the second page."""
    assert users
    return str(json_of(provider, f"{LIST}&cursor")["nextCursor"])


def json_of(provider: Provider, path: str, body: Any = None) -> dict[str, Any]:
    answer = provider.ask("POST" if body else "GET", path, body)
    assert 200 == answer.status_code, answer.text
    found: dict[str, Any] = answer.get_json(force=True)
    return found


def names_of(page: dict[str, Any]) -> list[str]:
    return [each["userName"] for each in page["Resources"]]


@pytest.mark.parametrize("asked", ["cursor", "cursor=", "CURSOR=", "Cursor"])
def test_an_empty_cursor_asks_for_the_first_page(
    provider: Provider, users: list[str], asked: str
) -> None:
    page = json_of(provider, f"/Users?count=2&{asked}")

    assert users[:2] == names_of(page)
    assert (5, 2) == (page["totalResults"], page["itemsPerPage"])
    assert {"schemas", "totalResults", "itemsPerPage", "nextCursor", "Resources"} == page.keys()


def test_cursors_lead_to_the_last_page_and_back(provider: Provider, users: list[str]) -> None:
    pages = [json_of(provider, f"{LIST}&cursor")]
    while "nextCursor" in pages[-1]:
        pages.append(json_of(provider, f"{LIST}&cursor={pages[-1]['nextCursor']}"))
    back = json_of(provider, f"{LIST}&cursor={pages[-1]['previousCursor']}")

    assert [users[:2], users[2:4], users[4:]] == [names_of(page) for page in pages]
    assert names_of(pages[1]) == names_of(back)
    assert {"nextCursor", "previousCursor"} <= back.keys()
    assert "nextCursor" not in pages[-1]
    assert "previousCursor" not in pages[0]


def test_a_search_in_the_body_is_paged_alike(provider: Provider, users: list[str]) -> None:
    search = {"sortBy": "userName", "sortOrder": "descending", "count": 3}

    first = json_of(provider, "/Users/.search", search | {"cursor": ""})
    last = json_of(provider, "/Users/.search", search | {"cursor": first["nextCursor"]})

    assert users[::-1] == names_of(first) + names_of(last)
    assert {"previousCursor"} == {"previousCursor", "nextCursor"} & last.keys()


def test_users_and_groups_are_paged_as_one_list(provider: Provider) -> None:
    for name in ("a", "c", "e"):
        provider.ask("POST", "/Users", {"userName": name, "displayName": name})
        provider.ask("POST", "/Groups", {"displayName": chr(ord(name) + 1)})
    search = {"sortBy": "displayName", "count": 1, "attributes": ["displayName"]}
    page: dict[str, Any] = {"nextCursor": ""}
    found = []

    while "nextCursor" in page:
        page = json_of(provider, "/.search", search | {"cursor": page["nextCursor"]})
        assert 6 == page["totalResults"]
        found += [each["displayName"] for each in page["Resources"]]

    assert list("abcdef") == found


@pytest.mark.parametrize("body", [{"count": 2}, {"count": 2, "cursor": None}])
def test_without_a_cursor_a_list_is_paged_by_index(
    provider: Provider, users: list[str], body: dict[str, Any]
) -> None:
    page = json_of(provider, "/Users/.search", body)

    assert users[:2] == names_of(page)
    assert 1 == page["startIndex"]
    assert not {"nextCursor", "previousCursor"} & page.keys()


def test_a_cursor_of_nobody_is_invalid(provider: Provider, cursor: str) -> None:
    for made_up in ("VZUTiyhEQJ94IR", cursor[:-1], f"{cursor}A", "a%20b", "%22", "%00", "%ff"):
        answer = provider.ask("GET", f"{LIST}&cursor={made_up}")

        assert_scim_error(answer, 400, "invalidCursor")
        assert "SHOULD be empty to request the first page" in answer.text
        assert made_up not in answer.text


def test_a_cursor_of_another_query_is_invalid(provider: Provider, cursor: str) -> None:
    others = ("", "&sortBy=title", "&sortBy=userName&sortOrder=descending")

    for other in (*others, "&sortBy=userName&filter=id%20pr", "&sortBy=userName&attributes=id"):
        answer = provider.ask("GET", f"/Users?count=2{other}&cursor={cursor}")
        assert_scim_error(answer, 400, "invalidCursor")


def test_another_count_is_an_invalid_count(provider: Provider, cursor: str) -> None:
    for count in ("1", "3", "0", "-1", "1000", ""):
        answer = provider.ask("GET", f"/Users?count={count}&sortBy=userName&cursor={cursor}")

        assert_scim_error(answer, 400, "invalidCount")
        assert "equal to the count value of the initial query" in answer.text


def test_an_old_cursor_has_expired(
    assembly: Assembly, provider: Provider, clock: FakeClock, cursor: str
) -> None:
    clock.advance(seconds=assembly.settings.cursor_timeout + 1)

    answer = provider.ask("GET", f"{LIST}&cursor={cursor}")

    assert_scim_error(answer, 400, "expiredCursor")
    assert "cursorTimeout" in answer.text


def test_a_cursor_and_an_index_contradict_each_other(provider: Provider, cursor: str) -> None:
    for both in (f"{LIST}&cursor={cursor}&startIndex=1", f"{LIST}&cursor&STARTINDEX=0"):
        assert_scim_error(provider.ask("GET", both), 400, "invalidValue")
    body = {"cursor": "", "startIndex": 1}
    assert_scim_error(provider.ask("POST", "/.search", body), 400, "invalidValue")


@pytest.mark.parametrize("value", [1, True, [], ["x"], {}])
def test_a_cursor_is_a_string(provider: Provider, value: object) -> None:
    for body in ({"cursor": value}, {"cursor": "", "startIndex": value}):
        answer = provider.ask("POST", "/Users/.search", body)

        assert_scim_error(answer, 400, "invalidValue")


def test_a_cursor_is_worth_nothing_in_another_tenant(
    assembly: Assembly, provider: Provider, cursor: str
) -> None:
    tenant = assembly.tenants.create("other", CLI)
    app = assembly.client_apps.create(NewApp(tenant.id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    other = Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)
    for number in range(5):
        other.ask("POST", "/Users", {"userName": f"user {number}"})

    stranger = other.ask("GET", f"{LIST}&cursor={cursor}")

    assert_scim_error(stranger, 400, "invalidCursor")
    assert 200 == provider.ask("GET", f"{LIST}&cursor={cursor}").status_code


def test_a_cursor_of_one_server_leads_on_at_another(
    tmp_path: Path, database_where: str | Path, clock: FakeClock
) -> None:
    """They share the database and the key file, and nothing else."""
    url = database_where if isinstance(database_where, str) else ""
    settings = Settings(instance=tmp_path, database_url=url, rate_limit=0)
    first, second = assemble(settings, clock), assemble(settings, clock)
    app = first.client_apps.create(NewApp(first.tenants.default().id, "Okta"), CLI)
    first.client_apps.enable_scim(app.id, CLI)
    token = first.tokens.issue(app.id, CLI).text
    here, there = (Provider(create_app(each).test_client(), token) for each in (first, second))
    for number in range(3):
        here.ask("POST", "/Users", {"userName": f"user {number}"})

    page = json_of(here, f"{LIST}&cursor")
    rest = json_of(there, f"{LIST}&cursor={page['nextCursor']}")
    back = json_of(here, f"{LIST}&cursor={rest['previousCursor']}")

    first.close()
    second.close()
    assert ["user 2"] == names_of(rest)
    assert names_of(page) == names_of(back)


def test_the_service_provider_announces_both_ways_to_page(
    assembly: Assembly, provider: Provider
) -> None:
    settings = assembly.settings

    config = json_of(provider, "/ServiceProviderConfig")

    assert {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": settings.max_page,
        "maxPageSize": settings.max_page,
        "cursorTimeout": settings.cursor_timeout,
    } == config["pagination"]


def test_the_announced_timeout_is_the_one_that_is_set(tmp_path: Path, clock: FakeClock) -> None:
    assembly = assemble(Settings(instance=tmp_path, cursor_timeout=60, max_page=2), clock)
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    provider = Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)
    for number in range(3):
        provider.ask("POST", "/Users", {"userName": f"user {number}"})

    announced = json_of(provider, "/ServiceProviderConfig")["pagination"]
    page = json_of(provider, "/Users?cursor")
    clock.advance(seconds=61)
    expired = provider.ask("GET", f"/Users?cursor={page['nextCursor']}")

    assembly.close()
    assert (60, 2) == (announced["cursorTimeout"], announced["defaultPageSize"])
    assert 2 == page["itemsPerPage"]
    assert_scim_error(expired, 400, "expiredCursor")
