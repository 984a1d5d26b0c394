"""What stands in a URL."""

from typing import Any

import pytest
from scim2_models import InvalidValueException

from scim.tolerance import (
    PROFILES,
    Reader,
    endpoint_in_another_case,
    read_parameters,
    read_search_body,
)
from tests.scim.tolerance.readings import tolerant

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

ENDPOINTS = {"Users": 1, "Groups": 2}


@pytest.mark.parametrize(
    ("quirk", "given", "meant"),
    [
        ("parameter-in-another-case", {"startindex": "0"}, {"startIndex": "0"}),
        ("parameter-in-another-case", {"FILTER": "title pr"}, {"filter": "title pr"}),
        (
            "selection-in-attributes",
            {"attributes": 'id,emails[type eq "a,b"],title'},
            {"attributes": "id,emails,title"},
        ),
        (
            "selection-in-attributes",
            {"excludedAttributes": "emails[primary eq true]"},
            {"excludedAttributes": "emails"},
        ),
    ],
)
def test_a_parameter_is_read_as_it_is_meant(
    quirk: str, given: dict[str, str], meant: dict[str, str]
) -> None:
    reader = tolerant()

    read = read_parameters(reader, given.items())

    assert (meant, {quirk: 1}) == (read, reader.quirks.noticed)


def test_a_search_in_a_body_is_read_likewise() -> None:
    """There names come in any case by RFC 7643 §2.1, and attributes are a list."""
    reader = tolerant()

    given = {"Schemas": [SEARCH], "ATTRIBUTES": ['emails[type eq "work"]', 5], "Count": 1}
    read = read_search_body(reader, given)

    assert given | {"ATTRIBUTES": ["emails", 5]} == read
    assert {"selection-in-attributes": 1} == reader.quirks.noticed


@pytest.mark.parametrize("schemas", [{}, {"schemas": []}, {"schemas": "x"}, {"schemas": ["urn:x"]}])
def test_a_search_without_its_schema_is_one(schemas: dict[str, Any]) -> None:
    reader = tolerant()

    read = read_search_body(reader, schemas | {"count": 1})

    assert {"schemas": [SEARCH], "count": 1} == read
    assert {"search-without-schemas": 1} == reader.quirks.noticed
    with pytest.raises(InvalidValueException):
        read_search_body(Reader(PROFILES["strict"]), schemas | {"count": 1})


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "given", [{"aadOptscim062020": ""}, {"": ""}, {"filter[]": "x"}, {"start_index": "1"}]
)
def test_an_unknown_parameter_is_ignored(profile: str, given: dict[str, str]) -> None:
    reader = Reader(PROFILES[profile])

    read = read_parameters(reader, [("count", "1"), *given.items()])

    assert ({"count": "1"}, {}) == (read, reader.quirks.noticed)


def test_a_strict_app_has_no_parameter_in_another_case() -> None:
    given = {"startindex": "2", "count": "1"}

    assert {"count": "1"} == read_parameters(Reader(PROFILES["strict"]), given.items())


@pytest.mark.parametrize(
    ("given", "meant", "noticed"),
    [
        ("Users", "Users", {}),
        ("users", "Users", {"endpoint-in-another-case": 1}),
        ("GROUPS", "Groups", {"endpoint-in-another-case": 1}),
        ("Me", "Me", {}),
    ],
)
def test_an_endpoint_is_named_in_any_case(given: str, meant: str, noticed: Any) -> None:
    reader = tolerant()

    read = endpoint_in_another_case(reader, given, ENDPOINTS)

    assert (meant, noticed) == (read, reader.quirks.noticed)
