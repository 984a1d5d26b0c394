"""Each failure is explained in a sentence, and so is what to do about it."""

import pytest

from app.log.curl import curl_of
from app.log.entries import Entry
from app.log.remedies import REMEDIES, remedy_of, sentence_of

_URL = "https://scim.example.com/scim/v2"
_ENDPOINTS = {"User": "Users", "Group": "Groups"}


def entry(**said: object) -> Entry:
    usual = Entry(
        "2026-11-24T12:00:00.000000Z", "t", "a", "k", "r", "PATCH", "patch", "User", "42", "",
        "Updated", 200, "", "", 1, "", "", "", "192.0.2.1", "Okta",
    )  # fmt: skip
    return usual._replace(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 500, 501, 503]
)
def test_every_failure_has_a_remedy(status: int) -> None:
    remedy = remedy_of(entry(status=status, outcome="Failed", scim_type="invalidVers"))

    assert remedy is not None
    assert remedy.happened == sentence_of(entry(status=status, outcome="Failed"))


def test_the_scim_type_tells_remedies_apart() -> None:
    assert len(REMEDIES) == len({(each.status, each.scim_type) for each in REMEDIES})
    assert remedy_of(entry(status=409, scim_type="uniqueness")) != remedy_of(entry(status=409))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "The user was changed."),
        ({"outcome": "No change"}, "The user was as asked for already: nothing changed."),
        ({"outcome": "Deactivated"}, "The user was deactivated."),
        ({"operation": "search", "outcome": "Found"}, "A search was answered."),
        ({"operation": "create", "resource_type": ""}, "The resource was created."),
    ],
)
def test_a_success_is_told_plainly(said: dict[str, object], sentence: str) -> None:
    assert sentence == sentence_of(entry(**said))
    assert remedy_of(entry(**said)) is None


_HEAD = '-H "Authorization: Bearer $TOKEN"'
_JSON = '-H "Content-Type: application/scim+json"'


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ({"method": "GET", "operation": "get"}, f"curl {_HEAD} {_URL}/Users/42"),
        ({"method": "DELETE", "operation": "delete"}, f"curl -X DELETE {_HEAD} {_URL}/Users/42"),
        (
            {"method": "GET", "operation": "search", "filter": "userName eq ?", "resource_id": ""},
            f"curl -G --data-urlencode 'filter=userName eq ?' {_HEAD} {_URL}/Users",
        ),
        (
            {"method": "POST", "operation": "create", "changed": "name.givenName userName"},
            f"""curl -X POST {_JSON} -d '{{"name": "…", "userName": "…"}}' {_HEAD} {_URL}/Users""",
        ),
        (
            {"method": "GET", "operation": "get", "resource_id": ""},
            f"curl {_HEAD} '{_URL}/Users/…'",
        ),
        (
            {"method": "GET", "operation": "discovery", "resource_type": ""},
            f"curl {_HEAD} {_URL}/ServiceProviderConfig",
        ),
    ],
)
def test_a_request_can_be_tried_again(said: dict[str, object], command: str) -> None:
    assert command == curl_of(entry(**said), _URL, _ENDPOINTS)
