"""Hypothesis describes Bulk requests (RFC 7644 §3.7), whose operations refer to each other."""

from typing import Any

from hypothesis import strategies as st

from tests.differential.exchanges import Request
from tests.differential.groups import right_groups
from tests.differential.labels import UNKNOWN_VERSION, label
from tests.differential.patches import right_patches
from tests.differential.users import right_users, texts

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

_NUMBERS = st.sampled_from((0, 1, 2, 3, 4, 5, 9))

_WRONG: tuple[dict[str, Any], ...] = (
    {"method": "GET"},
    {"path": "/Nope"},
    {"path": "/Me"},
    {"path": "Users/1/2"},
    {"bulkId": None},
    {"bulkId": "b0"},
    {"data": None},
    {"data": []},
    {"data": {}},
    {"version": UNKNOWN_VERSION},
    {"nope": 1},
)
"""What an operation may have wrong."""

_WRONG_REQUESTS: tuple[dict[str, Any], ...] = (
    {"Operations": []},
    {"Operations": None},
    {"schemas": ["urn:nope"]},
    {"nope": 1},
    {"failOnErrors": "1"},
)


@st.composite
def bulks(draw: st.DrawFn) -> Request:
    """Return Bulk requests, some of whose operations fail."""
    count = draw(st.integers(1, 5))
    made = draw(st.lists(st.sampled_from(("User", "User", "Group")), max_size=count))
    operations = [draw(_creations(number, type_, made)) for number, type_ in enumerate(made)]
    operations += [draw(_changes(made)) for _ in range(count - len(made))]
    if draw(st.booleans()):
        operations = draw(st.permutations(operations))
    if any(each["method"] == "DELETE" for each in operations):
        # who leaves a group by being deleted, leaves it later at the judge's
        operations = [each for each in operations if not _writes_a_group(each)]
    if operations and not draw(st.integers(0, 3)):
        number = draw(st.integers(0, len(operations) - 1))
        if "bulkId:" not in str(operations[number]):
            operations[number] = operations[number] | draw(st.sampled_from(_WRONG))
    body: dict[str, Any] = {"schemas": [_SCHEMA], "Operations": operations}
    if not draw(st.integers(0, 3)):
        body["failOnErrors"] = draw(st.integers(1, 3))
    if not draw(st.integers(0, 19)):
        body |= draw(st.sampled_from(_WRONG_REQUESTS))
    return Request("POST", "/Bulk", body=body)


@st.composite
def _creations(draw: st.DrawFn, number: int, type_: str, made: list[str]) -> dict[str, Any]:
    # groups name users, and groups that are made before: only we resolve circles, and scim2-server
    # gives up with 409, as RFC 7644 §3.7.1 allows
    known = [f"bulkId:b{each}" for each, kind in enumerate(made) if kind == "User" or each < number]
    data = right_users() if type_ == "User" else right_groups(_members(known))
    return {"method": "POST", "path": f"/{type_}s", "bulkId": f"b{number}", "data": draw(data)}


@st.composite
def _changes(draw: st.DrawFn, made: list[str]) -> dict[str, Any]:
    type_ = draw(st.sampled_from(("User", "User", "Group")))
    known = [f"bulkId:b{number}" for number, kind in enumerate(made) if kind == type_]
    places = [label(type_, draw(_NUMBERS)), *known[:1]]
    operation: dict[str, Any] = {"path": f"/{type_}s/{draw(st.sampled_from(places))}"}
    users = [f"bulkId:b{number}" for number, kind in enumerate(made) if kind == "User"]
    form = draw(st.sampled_from(("PUT", "PATCH", "PATCH", "DELETE")))
    if form == "PUT":
        data = right_users() if type_ == "User" else right_groups(_members(users))
        operation["data"] = draw(data)
    elif form == "PATCH":
        operation["data"] = draw(right_patches(type_).filter(_says_its_versions))
    if not draw(st.integers(0, 5)):
        operation["version"] = label(type_, 0, "current")
    return {"method": form, **operation}


def _writes_a_group(operation: dict[str, Any]) -> bool:
    return operation["method"] != "DELETE" and operation["path"].startswith("/Groups")


def _says_its_versions(patch: dict[str, Any]) -> bool:
    """Whether both servers make the same versions of it, by itself and among others."""
    odd = "password" in str(patch) or "'value': []" in str(patch)
    return not odd and len(patch["Operations"]) == 1


def _members(references: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    known = [label("User", number) for number in range(3)]
    entry = st.fixed_dictionaries(
        {"value": st.sampled_from((*references, *references, *known))}, optional={"display": texts}
    )
    return st.lists(entry, max_size=3, unique_by=lambda each: str(each["value"]))
