"""What providers send that is legal: both profiles answer it, and nothing is noticed."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.scim.tolerance.provider import Provider
from tests.scim.tolerance.readings import CORE, ENTERPRISE, PATCH

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
MIRA = {"schemas": [CORE], "userName": "mira"}


def create(provider: Provider, body: dict[str, Any] | None = None, path: str = "/Users") -> Any:
    answer = provider.ask("POST", path, body or MIRA)
    assert 201 == answer.status_code, answer.text
    return answer.get_json()


def crew(provider: Provider, *ids: str) -> Any:
    members = [{"value": each} for each in ids]
    return create(
        provider, {"schemas": [GROUP], "displayName": "crew", "members": members}, "/Groups"
    )


def patch(provider: Provider, path: str, *operations: dict[str, Any]) -> Any:
    answer = provider.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})
    assert 200 == answer.status_code, answer.text
    return answer.get_json()


def found(provider: Provider, query: str) -> Any:
    answer = provider.ask("GET", f"/Users?{query}")
    assert (200, {}) == (answer.status_code, provider.noticed), answer.text
    return answer.get_json()


@pytest.mark.parametrize(
    "media_type",
    [
        "application/scim+json",
        "application/json",
        "application/json;charset=UTF-8",
        "application/scim+json; charset=utf-8",
        None,
    ],
)
def test_a_body_is_json_whatever_it_is_called(provider: Provider, media_type: str | None) -> None:
    answer = provider.ask("POST", "/Users", data=json.dumps(MIRA).encode(), content_type=media_type)

    assert (201, "application/scim+json") == (answer.status_code, answer.content_type)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0.9, */*;q=0.1"])
def test_any_answer_is_accepted(provider: Provider, accept: str) -> None:
    headers = {"Accept": accept, "Accept-Charset": "utf-8", "Content-Type": "application/json"}

    answer = provider.ask("GET", "/Users", headers=headers)

    assert (200, "application/scim+json") == (answer.status_code, answer.content_type)


@pytest.mark.parametrize(
    "path",
    [
        '/Users/?filter=userName eq "mira"',
        "/Users?filter=userName+eq+%22mira%22&",
        "/Users?aadOptscim062020&filter=userName%20eq%20%22mira%22",
    ],
)
def test_a_url_may_have_ends_without_meaning(provider: Provider, path: str) -> None:
    create(provider)

    answer = provider.ask("GET", path)

    assert (1, {}) == (answer.get_json()["totalResults"], provider.noticed)


def test_names_and_operators_have_any_case(provider: Provider) -> None:
    create(provider)

    assert 1 == found(provider, 'filter=username Eq "MIRA"')["totalResults"]


def test_a_moment_has_any_fraction(provider: Provider) -> None:
    create(provider)

    since = found(provider, 'filter=meta.lastmodified ge "0001-01-03T00:00:00.0000000Z"')

    assert 1 == since["totalResults"]


@pytest.mark.parametrize(
    ("query", "start", "items"),
    [
        ("count=0", 1, 0),
        ("count=-5", 1, 0),
        ("startIndex=0", 1, 1),
        ("startIndex=-5", 1, 1),
        ("startIndex=9", 9, 0),
        ("count=100000", 1, 1),
    ],
)
def test_a_page_is_clamped(provider: Provider, query: str, start: int, items: int) -> None:
    create(provider)

    page = found(provider, query)

    assert (1, start, items) == (page["totalResults"], page["startIndex"], page["itemsPerPage"])
    assert items == len(page["Resources"])


def test_no_match_is_an_empty_list(provider: Provider) -> None:
    page = found(provider, 'filter=userName eq "nobody"')

    assert (0, []) == (page["totalResults"], page["Resources"])


def test_null_is_no_value(provider: Provider) -> None:
    made = create(
        provider,
        MIRA | {"title": None, "emails": None, "active": None, "name": None, ENTERPRISE: None},
    )

    assert {"schemas", "id", "userName", "groups", "meta"} == set(made)
    assert {} == provider.noticed


def test_what_is_read_only_is_ignored(provider: Provider) -> None:
    sent = {"id": "5", "meta": {"resourceType": "User"}, "groups": []}

    made = create(provider, MIRA | sent)

    assert "5" != made["id"]
    assert {} == provider.noticed


@pytest.mark.parametrize("op", ["Add", "REPLACE"])
def test_an_operator_has_any_case(provider: Provider, op: str) -> None:
    path = f"/Users/{create(provider)['id']}"

    assert "T" == patch(provider, path, {"op": op, "path": "title", "value": "T"})["title"]
    assert {} == provider.noticed


def test_an_operation_without_a_path_is_merged(provider: Provider) -> None:
    path = f"/Users/{create(provider, MIRA | {'title': 'T'})['id']}"

    patched = patch(provider, path, {"op": "add", "value": {"active": False}})

    assert (False, "T", {}) == (patched["active"], patched["title"], provider.noticed)


def test_a_change_may_be_repeated(provider: Provider) -> None:
    mira = create(provider)["id"]
    path = f"/Groups/{crew(provider, mira)['id']}"
    join = {"op": "add", "path": "members", "value": [{"value": mira}]}
    leave = {"op": "remove", "path": f'members[value eq "{mira}"]'}

    assert [mira] == [each["value"] for each in patch(provider, path, join, join)["members"]]
    assert [] == patch(provider, path, leave, leave)["members"]
    patch(provider, f"/Users/{mira}", {"op": "remove", "path": "title"})
    assert {} == provider.noticed


def test_a_value_is_kept_verbatim(provider: Provider) -> None:
    sent = {
        "profileUrl": "no URI",
        "timezone": "(UTC+1) Berlin",
        "phoneNumbers": [{"value": "+31 6 000"}],
        "roles": [{"value": '{"id": "06b0", "value": "Admin"}'}],
    }

    made = create(provider, MIRA | sent)

    assert sent == {name: made[name] for name in sent}
    assert {} == provider.noticed


def test_a_patch_answers_with_the_resource(provider: Provider) -> None:
    mira = create(provider)

    patched = patch(provider, f"/Users/{mira['id']}", {"op": "add", "path": "title", "value": "T"})

    assert (mira["id"], "mira", "T") == (patched["id"], patched["userName"], patched["title"])


def test_a_name_is_taken_once(provider: Provider) -> None:
    create(provider)
    crew(provider)

    again = provider.ask("POST", "/Users", MIRA | {"userName": "MIRA"})
    group = provider.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": "Crew"})

    assert_refused(again, 409, "uniqueness")
    assert_refused(group, 409, "uniqueness")


def test_an_empty_group_has_members(provider: Provider) -> None:
    group = crew(provider)

    shown = provider.ask("GET", f"/Groups/{group['id']}").get_json()
    without = provider.ask("GET", f"/Groups/{group['id']}?excludedAttributes=members").get_json()

    assert ([], []) == (group["members"], shown["members"])
    assert "members" not in without


def test_a_password_is_taken_and_never_shown(provider: Provider) -> None:
    mira = create(provider, MIRA | {"password": "Xy12placeholder"})

    shown = provider.ask("GET", f"/Users/{mira['id']}").text

    assert "password" not in mira
    assert "password" not in shown


def test_an_error_is_scim(provider: Provider) -> None:
    for method, path, status in (
        ("GET", "/Users/none", 404),
        ("GET", "/Nowhere", 404),
        ("PATCH", "/Users", 405),
        ("GET", "/Users?filter=x", 400),
    ):
        assert_refused(
            provider.ask(method, path), status, "invalidFilter" if status == 400 else None
        )


def test_what_is_deleted_is_gone(provider: Provider) -> None:
    mira = create(provider)["id"]
    group = crew(provider, mira)["id"]

    assert 204 == provider.ask("DELETE", f"/Users/{mira}").status_code
    assert 404 == provider.ask("DELETE", f"/Users/{mira}").status_code
    assert 404 == provider.ask("GET", f"/Users/{mira}").status_code
    assert [] == provider.ask("GET", f"/Groups/{group}").get_json()["members"]


def assert_refused(answer: TestResponse, status: int, scim_type: str | None) -> None:
    error = answer.get_json()
    assert ("application/scim+json", status) == (answer.content_type, answer.status_code)
    assert (str(status), scim_type) == (error["status"], error.get("scimType"))
