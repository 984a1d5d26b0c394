"""What a fuzzer starts from: requests that are right, so that a small change is nearly right."""

import json

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

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

SEEDS: dict[str, list[bytes]] = {
    "filter": [each.encode() for each in _FILTERS],
    "names": [each.encode() for each in _NAMES],
    "path": [each.encode() for each in _PATHS],
    "patch": [
        json.dumps({"schemas": [_PATCH], "Operations": each}).encode() for each in _OPERATIONS
    ],
    "resource": [json.dumps(each).encode() for each in _RESOURCES],
    "search": [json.dumps(each).encode() for each in _SEARCHES],
}
"""The corpus of each target."""

_WORDS = (
    *("and", "or", "not", "pr", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"),
    *("true", "false", "null", "(", ")", "[", "]", "].", '"', ".", ":", ",", "{", "}", "[]", "{}"),
    *("userName", "emails", "emails.value", "name", "active", "members", "groups", "meta", "id"),
    *("schemas", "type", "value", "display", "primary", "$ref", "manager", "password", "addresses"),
    *("externalId", "x509Certificates", "meta.created", "Operations", "op", "path", "add"),
    *("remove", "replace", "urn:", _USER, _GROUP, _ENTERPRISE, "2026-11-24T12:00:00Z"),
    *("1e999", "-1", "99999999999999999999", "\\u0000", "\\ud800", "e\u0301", "\u0130", "\ufeff"),
)


def dictionary() -> str:
    """Return the words of the protocol, as libFuzzer reads them."""
    escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in _WORDS)
    return "".join(f'"{word}"\n' for word in escaped)
