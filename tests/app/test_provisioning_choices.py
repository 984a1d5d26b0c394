"""SCIM over HTTP, as an app's settings have it; a change holds from the next request on."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app import Assembly, create_app
from app.audit import CLI
from app.client_apps import ClientApp
from scim.choices import read_options


class Provider:
    """An identity provider that sends the token of one app, whose settings change."""

    def __init__(self, assembly: Assembly, app: ClientApp) -> None:
        self._assembly = assembly
        self._app = app
        self._client = create_app(assembly).test_client()
        self._token = assembly.tokens.issue(app.id, CLI).text

    def set(self, **settings: str) -> None:
        """Change settings of the app."""
        texts = {key.replace("_", "-"): value for key, value in settings.items()}
        self._assembly.app_settings.set(self._app.id, read_options(texts), CLI)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Authorization"] = f"Bearer {self._token}"
        return self._client.open(f"/scim/v2{path}", method=method, json=body, headers=named)

    def new(self, endpoint: str, **body: Any) -> str:
        """Make a resource and return its path."""
        made = self.ask("POST", f"/{endpoint}", body)
        assert made.status_code == 201, made.text
        return f"/{endpoint}/{made.get_json(force=True)['id']}"


@pytest.fixture
def provider(assembly: Assembly, client_app: ClientApp) -> Provider:
    return Provider(assembly, client_app)


def titled(title: str) -> dict[str, Any]:
    return {"Operations": [{"op": "replace", "path": "title", "value": title}]}


def test_a_patch_answers_200_with_the_resource_by_default(provider: Provider) -> None:
    path = provider.new("Users", userName="ada")

    answer = provider.ask("PATCH", path, titled("Countess"))

    assert (200, "Countess") == (answer.status_code, answer.get_json(force=True)["title"])


def test_a_patch_answers_204_without_a_body_where_the_app_chose_so(provider: Provider) -> None:
    path = provider.new("Users", userName="ada")
    provider.set(patch="204")

    answer = provider.ask("PATCH", path, titled("Countess"))
    same = provider.ask("PATCH", path, titled("Countess"))
    found = provider.ask("GET", path)

    for each in (answer, same):
        assert (204, b"") == (each.status_code, each.data)
        assert "Content-Type" not in each.headers
        assert each.headers["ETag"] == found.headers["ETag"] == 'W/"2"'
        assert each.headers["Location"] == found.headers["Location"]
    assert "Countess" == found.get_json(force=True)["title"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("attributes=title", {"schemas", "id", "title"}),
        ("ATTRIBUTES=title", {"schemas", "id", "title"}),
        ("excludedAttributes=groups,meta,userName", {"schemas", "id", "title"}),
    ],
)
def test_who_names_attributes_is_shown_them(
    provider: Provider, query: str, shown: set[str]
) -> None:
    """RFC 7644 §3.5.2: the server must answer 200 then."""
    path = provider.new("Users", userName="ada")
    provider.set(patch="204")

    answer = provider.ask("PATCH", f"{path}?{query}", titled("Countess"))

    assert 200 == answer.status_code
    assert shown == set(answer.get_json(force=True))


def test_a_group_is_patched_without_a_body_too(provider: Provider) -> None:
    user = provider.new("Users", userName="ada").rpartition("/")[2]
    path = provider.new("Groups", displayName="crew")
    provider.set(patch="204")
    join = {"Operations": [{"op": "add", "path": "members", "value": [{"value": user}]}]}

    answer = provider.ask("PATCH", path, join)

    assert (204, 'W/"2"') == (answer.status_code, answer.headers["ETag"])
    assert user == provider.ask("GET", path).get_json(force=True)["members"][0]["value"]


def test_an_error_has_its_body_whatever_was_chosen(provider: Provider) -> None:
    path = provider.new("Users", userName="ada")
    provider.set(patch="204")

    missing = provider.ask("PATCH", "/Users/nobody", titled("x"))
    stale = provider.ask("PATCH", path, titled("x"), If_Match='W/"9"')
    broken = provider.ask("PATCH", path, {"Operations": [{"op": "move"}]})

    for status, answer in ((404, missing), (412, stale), (400, broken)):
        assert status == answer.status_code
        assert str(status) == answer.get_json(force=True)["status"]


def test_post_and_put_answer_with_the_resource_whatever_was_chosen(provider: Provider) -> None:
    provider.set(patch="204")
    path = provider.new("Users", userName="ada")

    answer = provider.ask("PUT", path, {"userName": "ada", "title": "Countess"})

    assert (200, "Countess") == (answer.status_code, answer.get_json(force=True)["title"])


def test_a_deleted_user_is_suspended_where_the_app_chose_so(
    assembly: Assembly, provider: Provider
) -> None:
    path = provider.new("Users", userName="ada")
    provider.set(delete="suspend")

    answers = [provider.ask("DELETE", path) for _ in range(2)]
    user = provider.ask("GET", path).get_json(force=True)
    taken = provider.ask("POST", "/Users", {"userName": "ADA"})
    provider.set(delete="remove")
    removed = provider.ask("DELETE", path)

    assert [(204, b"")] * 2 == [(each.status_code, each.data) for each in answers]
    assert (False, 'W/"2"') == (user["active"], user["meta"]["version"])
    assert (409, "uniqueness") == (taken.status_code, taken.get_json(force=True)["scimType"])
    assert (204, 404) == (removed.status_code, provider.ask("GET", path).status_code)
    with assembly.database.read() as session:
        lines = session.all("SELECT action FROM audit WHERE object_type = 'User' ORDER BY seq")
    assert ["user.create", "user.suspend", "user.delete"] == [line["action"] for line in lines]


def test_a_suspension_of_another_version_is_refused(provider: Provider) -> None:
    path = provider.new("Users", userName="ada")
    provider.set(delete="suspend")

    answer = provider.ask("DELETE", path, If_Match='W/"2"')

    assert 412 == answer.status_code
    assert "active" not in provider.ask("GET", path).get_json(force=True)


def test_group_names_are_unique_until_the_app_shares_them(provider: Provider) -> None:
    provider.new("Groups", displayName="Berlin")

    refused = provider.ask("POST", "/Groups", {"displayName": "berlin"})
    provider.set(group_names="shared")
    provider.new("Groups", displayName="berlin")
    provider.set(group_names="unique")
    again = provider.ask("POST", "/Groups", {"displayName": "berlin"})

    for answer in (refused, again):
        assert (409, "uniqueness") == (answer.status_code, answer.get_json(force=True)["scimType"])


def test_a_profile_holds_from_the_next_request_on(provider: Provider) -> None:
    odd = {"userName": "ada", "unknown": 1}
    provider.set(profile="strict")
    refused = provider.ask("POST", "/Users", odd)
    provider.set(profile="tolerant")
    taken = provider.ask("POST", "/Users", odd)

    assert (400, 201) == (refused.status_code, taken.status_code)


def test_a_bulk_request_follows_the_settings_too(provider: Provider) -> None:
    user = provider.new("Users", userName="ada")
    provider.new("Groups", displayName="Berlin")
    same_name = {"method": "POST", "path": "/Groups", "data": {"displayName": "berlin"}}
    operations = [
        {"method": "DELETE", "path": user},
        {"method": "DELETE", "path": user},
        *({**same_name, "bulkId": number} for number in "12"),
    ]
    provider.set(delete="suspend", group_names="shared")

    answer = provider.ask("POST", "/Bulk", {"Operations": operations})

    outcomes = answer.get_json(force=True)["Operations"]
    assert ["204", "204", "201", "201"] == [each["status"] for each in outcomes]
    assert provider.ask("GET", user).get_json(force=True)["active"] is False


@pytest.mark.parametrize(("names", "announced"), [("unique", "server"), ("shared", "none")])
def test_the_schema_of_groups_says_whether_they_share_names(
    provider: Provider, names: str, announced: str
) -> None:
    """Nothing is announced that does not hold for the app that asks."""
    provider.set(group_names=names)

    schema = provider.ask("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group").get_json(
        force=True
    )
    listed = provider.ask("GET", "/Schemas").get_json(force=True)["Resources"]

    uniqueness = {each["name"]: each["uniqueness"] for each in schema["attributes"]}
    assert announced == uniqueness["displayName"]
    assert schema in listed
