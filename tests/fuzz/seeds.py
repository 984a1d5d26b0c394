"""What a fuzzer starts from: requests that are right, so that a small change is nearly right."""

import json

from tests.fuzz.values import spelling
from tests.fuzz.words import shortened

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_FILTERS = (
    'userName eq "ada"',
    'emails[type eq "work" and value co "@example.com"]',
    'title pr and not (userType ne "Employee") or active eq true',
    'meta.lastModified ge "2026-11-24T12:00:00Z"',
    f'{_ENTERPRISE}:manager.value eq "1"',
    f'schemas eq "{_USER}" and id sw "a"',
    'addresses[type eq "work"].locality eq "London"',
    "externalId eq 42",
    'name.familyName gt "\\u00e9\\ud83d\\ude00"',
    'x509Certificates.value eq "AAAA"',
)
_NAMES = (
    "userName",
    "name.familyName,emails.value",
    f"{_ENTERPRISE}:manager.displayName",
    f"{_USER}:title",
    'emails[type eq "work"],members.$ref,meta',
    "groups, id ,schemas",
)
_PATHS = (
    "displayName",
    "name.givenName",
    'emails[type eq "work"].value',
    "emails",
    f"{_ENTERPRISE}:manager",
    f"{_ENTERPRISE}:employeeNumber",
    'members[value eq "2819c223-7f76-453a-919d-413861904646"]',
    'members[type eq "User" or not (display pr)]',
    'addresses[type eq "work"]',
    "x509Certificates",
)
_OPERATIONS: tuple[list[dict[str, object]], ...] = (
    [{"op": "add", "path": "emails", "value": [{"value": "x@example.com", "type": "other"}]}],
    [{"op": "Replace", "value": {"active": "False", "name.givenName": "x", "id": "1"}}],
    [{"op": "remove", "path": 'emails[type eq "work"]'}, {"op": "remove", "path": "title"}],
    [{"op": "add", "path": "members", "value": [{"value": "1", "type": "User"}]}],
    [{"op": "remove", "path": "members", "value": [{"value": "1"}]}],
    [{"op": "replace", "value": {"displayName": "x", "members": []}}],
    [{"op": "add", "path": f"{_ENTERPRISE}:manager", "value": "1"}],
    [{"op": "replace", "path": 'addresses[type eq "work"].locality', "value": None}],
)
_RESOURCES = (
    {
        "schemas": [_USER, _ENTERPRISE],
        "userName": "x",
        "active": "True",
        "emails": [{"value": "x@example.com", "primary": True}],
        "roles": [{"value": "x"}],
        _ENTERPRISE: {"manager": {"value": "1", "displayName": "x"}},
    },
    {"schemas": [_USER], "userName": "x", "x509Certificates": [{"value": "AAAA"}], "locale": "de"},
    {"schemas": [_GROUP], "displayName": "x", "members": [{"value": "1", "$ref": "../Users/1"}]},
)
_SEARCHES = (
    {"filter": _FILTERS[0], "sortBy": "userName", "sortOrder": "descending", "count": 1},
    {"startIndex": 2, "count": 0, "attributes": ["emails.value"]},
    {"excludedAttributes": "members,groups", "filter": "displayName pr"},
)

_BULKS: tuple[list[dict[str, object]], ...] = (
    [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": _RESOURCES[1]},
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": "b",
            "data": {"schemas": [_GROUP], "displayName": "x", "members": [{"value": "bulkId:a"}]},
        },
    ],
    [
        {"method": "PATCH", "path": "/Groups/bulkId:a", "data": {"schemas": [_PATCH]}},
        {"method": "DELETE", "path": "/Users/1", "version": 'W/"1"'},
        {"method": "PUT", "path": "/Users/bulkId:a", "data": _RESOURCES[1]},
    ],
)

SEEDS: dict[str, list[bytes]] = {
    "filter": [shortened(each) for each in _FILTERS],
    "names": [shortened(each) for each in _NAMES],
    "path": [shortened(each) for each in _PATHS],
    "cursor": [b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
    "body": [json.dumps({"a": [1, -2.5e3, True, None, "\u00e9"], "b": {}}).encode()],
    "patch": [spelling({"schemas": [_PATCH], "Operations": each}) for each in _OPERATIONS],
    "resource": [spelling(each) for each in _RESOURCES],
    "bulk": [spelling({"schemas": [_BULK], "Operations": each}) for each in _BULKS],
    "search": [spelling({"schemas": [_SEARCH], **each}) for each in _SEARCHES],
}
"""The corpus of each target."""
