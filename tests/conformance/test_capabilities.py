"""Each capability of the ServiceProviderConfig (RFC 7643 §5) holds as it is announced."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.environment import read_settings
from tests.app.test_provisioning import Provider
from tests.conftest import FakeClock

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BOUNDS = {
    "PROVISOR_MAX_PAGE": "3",
    "PROVISOR_MAX_BULK_OPERATIONS": "2",
    "PROVISOR_MAX_BODY": "2000",
    "PROVISOR_CURSOR_TIMEOUT": "60",
}


class Site:
    """A server with small bounds, its clock, and a client with four users."""

    def __init__(self, client: Provider, clock: FakeClock) -> None:
        self.client = client
        self.clock = clock
        self.config = self.ask("GET", "/ServiceProviderConfig")
        for name in ("ada", "Bob", "cy", "Dee"):
            self.ask("POST", "/Users", {"userName": name})

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return the JSON of an answer."""
        return self.client.ask(method, path, body, **headers).get_json(force=True)

    def names(self, query: str) -> list[str]:
        """Return the user names on a page."""
        return [each["userName"] for each in self.ask("GET", f"/Users?{query}")["Resources"]]


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock, database_where: str | Path) -> Iterator[Site]:
    settings = {"PROVISOR_INSTANCE": str(tmp_path), "PROVISOR_RATE_LIMIT": "0"} | BOUNDS
    if isinstance(database_where, str):
        settings["PROVISOR_DATABASE_URL"] = database_where
    assembly = assemble(read_settings(settings), clock)
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "HR"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    token = assembly.tokens.issue(app.id, CLI).text
    yield Site(Provider(create_app(assembly).test_client(), token), clock)
    assembly.close()


def bulk(*names: str, pad: str = "") -> dict[str, Any]:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name}}
        for name in names
    ]
    return {"schemas": [BULK], "Operations": operations} | ({"padding": pad} if pad else {})


def test_the_tests_here_cover_every_capability(site: Site) -> None:
    """Whoever announces another one finds this and proves it."""
    about = {"schemas", "meta", "id"}

    assert {
        "patch",
        "bulk",
        "filter",
        "changePassword",
        "sort",
        "etag",
        "pagination",
        "authenticationSchemes",
    } == set(site.config) - about


def test_patch_is_supported(site: Site) -> None:
    id_ = site.ask("GET", "/Users?count=1")["Resources"][0]["id"]
    operation = {"op": "add", "path": "title", "value": "Countess"}

    changed = site.ask("PATCH", f"/Users/{id_}", {"schemas": [PATCH], "Operations": [operation]})

    assert {"supported": True} == site.config["patch"]
    assert "Countess" == changed["title"]


def test_filters_are_supported_and_find_as_many_as_announced(site: Site) -> None:
    assert {"supported": True, "maxResults": 3} == site.config["filter"]
    assert ["Bob"] == site.names('filter=userName eq "bob"')
    assert 3 == len(site.names("filter=userName pr&count=1000"))


def test_sorting_is_supported(site: Site) -> None:
    assert {"supported": True} == site.config["sort"]
    assert ["ada", "Bob", "cy"] == site.names("sortBy=userName")
    assert ["Dee", "cy", "Bob"] == site.names("sortBy=userName&sortOrder=descending")


def test_etags_are_supported(site: Site) -> None:
    user = site.ask("GET", "/Users?count=1")["Resources"][0]
    version = user["meta"]["version"]
    path = f"/Users/{user['id']}"

    got = site.client.ask("GET", path)
    spared = site.client.ask("GET", path, If_None_Match=version)
    wrong = site.client.ask("DELETE", path, If_Match='W/"77"')
    right = site.client.ask("DELETE", path, If_Match=f'"x", {version}')

    assert {"supported": True} == site.config["etag"]
    assert version == got.headers["ETag"]
    assert [304, 412, 204] == [each.status_code for each in (spared, wrong, right)]


def test_passwords_are_not_changed(site: Site) -> None:
    """What is announced as off has no effect: not even a new version."""
    user = site.ask("GET", "/Users?count=1")["Resources"][0]
    operation = {"op": "replace", "path": "password", "value": "hush"}

    after = site.ask(
        "PATCH", f"/Users/{user['id']}", {"schemas": [PATCH], "Operations": [operation]}
    )

    assert {"supported": False} == site.config["changePassword"]
    assert user == after


def test_bulk_takes_as_many_operations_as_announced(site: Site) -> None:
    within = site.client.ask("POST", "/Bulk", bulk("eve", "flo"))
    beyond = site.client.ask("POST", "/Bulk", bulk("gil", "hal", "ida"))

    assert {"supported": True, "maxOperations": 2, "maxPayloadSize": 2000} == site.config["bulk"]
    assert ["201", "201"] == [each["status"] for each in within.get_json(force=True)["Operations"]]
    assert 413 == beyond.status_code
    assert [] == site.names('filter=userName eq "gil"')


def test_bulk_takes_as_many_bytes_as_announced(site: Site) -> None:
    size = site.config["bulk"]["maxPayloadSize"]
    bare = len(json.dumps(bulk("eve", pad="x"))) - 1

    within = site.client.ask("POST", "/Bulk", bulk("eve", pad="x" * (size - bare)))
    beyond = site.client.ask("POST", "/Bulk", bulk("flo", pad="x" * (size - bare + 1)))

    assert [200, 413] == [within.status_code, beyond.status_code]


def test_lists_are_paged_as_announced(site: Site) -> None:
    """RFC 9865 §4."""
    by_default = site.ask("GET", "/Users")
    by_index = site.ask("GET", "/Users?startIndex=4&count=50")
    by_cursor = site.ask("GET", "/Users?cursor&count=50")
    second = site.ask("GET", f"/Users?cursor={by_cursor['nextCursor']}&count=50")

    assert {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 3,
        "maxPageSize": 3,
        "cursorTimeout": 60,
    } == site.config["pagination"]
    assert (1, 3) == (by_default["startIndex"], by_default["itemsPerPage"])
    assert "nextCursor" not in by_default
    assert ["Dee"] == [each["userName"] for each in by_index["Resources"]]
    assert 3 == by_cursor["itemsPerPage"]
    assert ["Dee"] == [each["userName"] for each in second["Resources"]]


@pytest.mark.parametrize(("seconds", "scim_type"), [(60, None), (61, "expiredCursor")])
def test_a_cursor_is_good_as_long_as_announced(
    site: Site, seconds: int, scim_type: str | None
) -> None:
    cursor = site.ask("GET", "/Users?cursor&count=2")["nextCursor"]

    site.clock.advance(seconds=seconds)

    assert scim_type == site.ask("GET", f"/Users?cursor={cursor}&count=2").get("scimType")


def test_no_other_authentication_works_than_announced(site: Site) -> None:
    types = [each["type"] for each in site.config["authenticationSchemes"]]
    refused = [
        site.client.ask("GET", "/Users", Authorization=credentials).status_code
        for credentials in ("Basic YWRhOmFkYQ==", "Digest username=ada", "ada", "")
    ]

    assert ["oauthbearertoken"] == types
    assert [401, 401, 401, 401] == refused
