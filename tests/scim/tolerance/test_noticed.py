"""A request's quirks are counted, and stay on its client for the log."""

from tests.scim.tolerance.provider import Provider
from tests.scim.tolerance.readings import CORE, PATCH


def test_the_quirks_of_a_request_stay_on_its_client(tolerant: Provider) -> None:
    body = {"userName": "mira", "active": "True", "roles": [{"value": "x", "primary": "True"}]}

    created = tolerant.ask("POST", "/Users", body)

    assert 201 == created.status_code
    assert {"boolean-as-text": 2, "missing-schemas": 1} == tolerant.noticed


def test_each_request_is_counted_for_itself(tolerant: Provider) -> None:
    tolerant.ask("GET", "/Users?filter=userName eq mira")
    first = tolerant.noticed

    tolerant.ask("GET", '/Users?filter=userName eq "mira"')

    assert ({"bare-value": 1}, {}) == (first, tolerant.noticed)


def test_a_refused_request_keeps_what_was_noticed_before(tolerant: Provider) -> None:
    refused = tolerant.ask("POST", "/Users", {"active": "True"})

    assert 400 == refused.status_code
    assert {"boolean-as-text": 1, "missing-schemas": 1} == tolerant.noticed


def test_an_element_is_counted_where_it_had_to_be_made(tolerant: Provider) -> None:
    mira = tolerant.ask("POST", "/Users", {"schemas": [CORE], "userName": "mira"}).get_json()
    path = 'emails[type eq "work"].value'
    body = {
        "schemas": [PATCH],
        "Operations": [{"op": "replace", "path": path, "value": "mira@acme.example"}],
    }

    answer = tolerant.ask("PATCH", f"/Users/{mira['id']}", body)
    first = tolerant.noticed
    tolerant.ask("PATCH", f"/Users/{mira['id']}", body)

    assert [{"type": "work", "value": "mira@acme.example"}] == answer.get_json()["emails"]
    assert ({"element-from-a-filter": 1}, {}) == (first, tolerant.noticed)


def test_the_endpoint_of_a_url_may_be_in_another_case(tolerant: Provider, strict: Provider) -> None:
    assert 200 == tolerant.ask("GET", "/users").status_code
    assert {"endpoint-in-another-case": 1} == tolerant.noticed
    assert 404 == strict.ask("GET", "/users").status_code
    assert 201 == tolerant.ask("POST", "/users/", {"userName": "mira"}).status_code
    assert 404 == strict.ask("POST", "/users/", {"userName": "ada"}).status_code


def test_a_parameter_of_a_url_may_be_in_another_case(tolerant: Provider, strict: Provider) -> None:
    for name in ("ada", "bob"):
        tolerant.ask("POST", "/Users", {"userName": name})

    found = tolerant.ask("GET", "/Users?startindex=2&Count=1").get_json()

    assert (2, 1) == (found["startIndex"], found["itemsPerPage"])
    assert {"parameter-in-another-case": 2} == tolerant.noticed
    assert 1 == strict.ask("GET", "/Users?startindex=2").get_json()["startIndex"]


def test_attributes_may_select(tolerant: Provider, strict: Provider) -> None:
    emails = [{"value": "mira@acme.example", "type": "work"}]
    tolerant.ask("POST", "/Users", {"userName": "mira", "emails": emails})
    path = '/Users?attributes=emails[type eq "work"]'

    [found] = tolerant.ask("GET", path).get_json()["Resources"]

    assert emails == found["emails"]
    assert "userName" not in found
    assert {"selection-in-attributes": 1} == tolerant.noticed
    refused = strict.ask("GET", path)
    assert (400, "invalidPath") == (refused.status_code, refused.get_json()["scimType"])
    body = {"attributes": ['emails[type eq "work"]']}
    assert 200 == tolerant.ask("POST", "/Users/.search", body).status_code
    assert 400 == strict.ask("POST", "/Users/.search", body).status_code


def test_a_search_may_lack_its_schema(tolerant: Provider, strict: Provider) -> None:
    assert 200 == tolerant.ask("POST", "/.search", {"count": 1}).status_code
    assert {"search-without-schemas": 1} == tolerant.noticed
    refused = strict.ask("POST", "/.search", {"count": 1})
    assert (400, "invalidValue") == (refused.status_code, refused.get_json()["scimType"])


def test_a_removal_takes_whom_it_names_and_never_all(tolerant: Provider) -> None:
    """Whatever a provider writes for the one who leaves, the others stay."""
    ada, bob = (
        tolerant.ask("POST", "/Users", {"userName": name}).get_json()["id"] for name in ("a", "b")
    )
    everybody = [{"value": ada}, {"value": bob}]
    group = tolerant.ask("POST", "/Groups", {"displayName": "crew"}).get_json()["id"]
    forms = (
        *(([{"$ref": None, "value": ada}], 1), ({"value": ada}, 1), ([ada], 1), (ada, 1)),
        *(([], 2), ("", 2), ([{}], 2), ([None], 2), ([{"value": ""}], 2), ([{"value": "x"}], 2)),
    )
    for value, left in forms:
        operations = [
            {"op": "replace", "path": "members", "value": everybody},
            {"op": "Remove", "path": "members", "value": value},
        ]

        answer = tolerant.ask("PATCH", f"/Groups/{group}", {"Operations": operations})

        assert left == len(answer.get_json()["members"]), value
        assert 1 == tolerant.noticed["values-named-in-a-removal"]


def test_a_removal_of_a_selection_never_empties_a_group(tolerant: Provider) -> None:
    ada, bob = (
        tolerant.ask("POST", "/Users", {"userName": name}).get_json()["id"] for name in ("a", "b")
    )
    everybody = [{"value": ada}, {"value": bob}]
    group = tolerant.ask("POST", "/Groups", {"displayName": "crew"}).get_json()["id"]
    both, other = 'members[type eq "User"]', f'members[value eq "{bob}"]'
    forms = (
        *((both, [{"value": ada}], [bob]), (both, ada, [bob]), (both, [], [ada, bob])),
        *((both, [{"value": "x"}], [ada, bob]), (other, [{"value": ada}], [ada, bob])),
        *((other, [{"value": bob}], [ada]), (both, [{"value": 5}], [ada, bob])),
        (f"{both}.value", [{"value": ada}], [ada, bob]),
        ("members.value", [{"value": ada}], [ada, bob]),
    )
    for path, value, left in forms:
        tolerant.ask("PUT", f"/Groups/{group}", {"displayName": "crew", "members": everybody})
        removal = {"op": "remove", "path": path, "value": value}

        answer = tolerant.ask("PATCH", f"/Groups/{group}", {"Operations": [removal]})

        assert answer.status_code in {200, 400}, (path, value)
        after = tolerant.ask("GET", f"/Groups/{group}").get_json()["members"]
        assert set(left) == {each["value"] for each in after}, (path, value)
