"""Users and groups that queries tend to get wrong, made once for a test to search in."""

import unicodedata
from base64 import b64encode
from typing import Any

from scim2_server.testing import SEARCH_USERS

from scim.provider import GROUP, USER
from tests.conftest import FakeClock
from tests.contract.directories import Caller, body_of

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

TEXTS = (
    "",
    " ",
    "a",
    "A",
    "50% off_",
    "%",
    "_",
    "?",
    "%s",
    "{}",
    "$ref",
    'say "hi"',
    "O'Brien'; DROP TABLE resource; --",
    "back\\slash\\",
    "tab\tand\nline",
    "true",
    "null",
    "10",
    "9",
    "Crème Brûlée",
    unicodedata.normalize("NFD", "Crème Brûlée"),
    "İstanbul",
    "i̇stanbul",
    "Straße",
    "STRASSE",
    "ΟΔΥΣΣΕΥΣ",
    "οδυσσευς",
    "οδυσσευσ",
    "ﬁle",
    "Å",
    "Å",
    "Ǆ",
    "가",
    unicodedata.normalize("NFD", "가"),
    "\ue000",
    "\uffff",
    "😀 grin",
    "\N{MATHEMATICAL FRAKTUR CAPITAL U}nicode",
)
"""Texts whose comparison form, length or order engines differ in."""

_USERS: tuple[dict[str, Any], ...] = (
    {
        "userName": "everything",
        "externalId": "Ext-1",
        "displayName": "Crème Brûlée",
        "nickName": "O'Brien",
        "profileUrl": "https://example.com/Profile?id=1#a",
        "title": "Straße",
        "userType": "Employee",
        "preferredLanguage": "de-CH",
        "locale": "de_CH",
        "timezone": "Europe/Zurich",
        "active": True,
        "password": "never to be seen",
        "name": {
            "formatted": "Dr. İpek 😀",
            "familyName": "😀",
            "givenName": "İpek",
            "middleName": "_",
            "honorificPrefix": "Dr.",
            "honorificSuffix": "%",
        },
        "emails": [
            {"value": "first@example.com", "type": "other", "display": "First"},
            {"value": "SECOND@example.com", "type": "work", "primary": True},
            {"value": "third@example.com", "primary": False},
        ],
        "phoneNumbers": [{"value": "+41 44 123", "type": "mobile"}, {"type": "fax"}],
        "ims": [{"value": "a", "type": "xmpp"}, {"value": "b", "type": "Mastodon"}],
        "photos": [{"value": "https://example.com/A.png", "type": "photo"}],
        "addresses": [
            {"streetAddress": "1 Main\nStreet", "locality": "Zürich", "country": "CH"},
            {"postalCode": "8000", "region": "ZH", "type": "work", "primary": True},
            {"formatted": "somewhere"},
        ],
        "entitlements": [{"value": "reader", "display": "Reader", "type": "x"}],
        "roles": [{"value": "Admin", "primary": False}, {"value": "root", "primary": True}],
        "x509Certificates": [
            {"value": b64encode(bytes(range(90))).decode(), "display": "laptop"},
            {"value": b64encode(b"two").decode(), "primary": True},
        ],
        ENTERPRISE: {
            "employeeNumber": "0010",
            "costCenter": "4130",
            "organization": "Universal Studios",
            "division": "Theme Park",
            "department": "Tour Operations",
            "manager": {"value": "26118915", "$ref": "../Users/26118915"},
        },
    },
    {"userName": "nothing"},
    {"userName": "hollow", "name": {}, "emails": [], ENTERPRISE: {}, "title": None},
    {"userName": "blank", "name": {"givenName": ""}, "emails": [{"value": ""}], "nickName": ""},
    {"userName": "no-value", "emails": [{"type": "work"}, {"primary": True}], "active": False},
    {"userName": "CASE", "externalId": "ext-1", "title": "STRASSE", "active": True},
    {
        "userName": "two-of-a-kind",
        "emails": [
            {"value": "same@example.com", "type": "work"},
            {"value": "same@example.com", "type": "home"},
        ],
        "roles": [{"value": "Admin"}],
        ENTERPRISE: {"manager": {"value": "7", "$ref": "https://idp.example/scim/v2/Users/7"}},
    },
)


def populate(caller: Caller, clock: FakeClock) -> None:
    """Make all of them, a moment apart, and change some of them later."""
    users = [*SEARCH_USERS, *_USERS]
    for number, text in enumerate(TEXTS):
        fields: dict[str, Any] = {"title": text, "nickName": TEXTS[-number]}
        if number % 2:
            fields |= {"displayName": text, "emails": [{"value": text, "type": text or "work"}]}
        if number % 3 == 0:
            fields |= {"name": {"familyName": text}, ENTERPRISE: {"costCenter": text}}
        users.append({"userName": f"{number:02} {text}", "externalId": text, **fields})
    ids = []
    for user in users:
        ids.append(caller.create(USER, body_of(USER, **user))["id"])
        clock.advance(microseconds=1, seconds=len(ids) % 2)
    _make_groups(caller, clock, ids)
    for number, id_ in enumerate(ids[::5]):
        change = {"op": "replace", "path": "locale", "value": f"x{number % 3}"}
        caller.patch(USER, id_, change)
        clock.advance(hours=1)


def _make_groups(caller: Caller, clock: FakeClock, ids: list[str]) -> None:
    """Groups of users, of groups, and of nobody."""
    made: list[str] = []
    for number, text in enumerate(text for text in TEXTS if text):
        members: list[dict[str, Any]] = [
            {"value": ids[number], "display": text},
            {"value": ids[2 * number % len(ids)], "display": ""},
            {"value": ids[-1]},
            *({"value": each} for each in made[-1:]),
        ]
        fields: dict[str, Any] = {} if number % 4 == 0 else {"members": members[number % 3 :]}
        if number % 2:
            fields["externalId"] = text
        group = body_of(GROUP, displayName=f"{number} {text}", **fields)
        made.append(caller.create(GROUP, group)["id"])
        clock.advance(seconds=1)
