"""Where a client can put an odd string, JSON value or body."""

import json
from collections.abc import Callable
from urllib.parse import quote

from tests.conformance.bad_input.site import BULK, GROUP, PATCH, SEARCH, USER, Case

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _search(**parameters: object) -> Case:
    asked = {"schemas": [SEARCH], "count": 3, "attributes": ["userName"], **parameters}
    return Case("POST", "/Users/.search", asked)


def _bulk(**operation: object) -> Case:
    return Case("POST", "/Bulk", {"schemas": [BULK], "Operations": [operation]})


def _sortable(text: str) -> str:
    """Return a sort key; ids are random, so no two servers sort by them alike."""
    return "userName" if text.strip() == "id" else text


def _patch(*operations: object) -> Case:
    return Case("PATCH", "/Users/@user", {"schemas": [PATCH], "Operations": operations})


def _url(path: str, text: str, method: str = "GET") -> Case:
    return Case(method, path + quote(text.encode("utf-8", "surrogatepass"), safe=""))


def _headers(method: str, *names: str) -> Callable[[str], Case]:
    """Return a case that sends a text as headers, in UTF-8 and on one line."""

    def place(text: str) -> Case:
        line = text.replace("\r", "").replace("\n", "").encode("utf-8", "surrogatepass")
        headers = {name: line[:4000].decode("latin-1") for name in names}
        body = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "title", "value": "x"}]}
        return Case(method, "/Users/@user", body if method == "PATCH" else None, headers=headers)

    return place


TEXT: dict[str, Callable[[str], Case]] = {
    "userName": lambda text: Case("POST", "/Users", {"schemas": [USER], "userName": text}),
    "displayName of a group": lambda text: Case(
        "POST", "/Groups", {"schemas": [GROUP], "displayName": text}
    ),
    "attributes of a user": lambda text: Case(
        "PUT",
        "/Users/@user",
        {
            "schemas": [USER, ENTERPRISE],
            "userName": "Ada",
            "displayName": text,
            "externalId": text,
            "name": {"givenName": text},
            "emails": [{"value": text, "type": text, "display": text}],
            ENTERPRISE: {"employeeNumber": text},
        },
    ),
    "name of an attribute": lambda text: Case(
        "POST", "/Users", {"schemas": [USER], "userName": "named", text: text}
    ),
    "schemas": lambda text: Case("POST", "/Users", {"schemas": [text], "userName": "of a schema"}),
    "filter that equals": lambda text: _search(filter=f"userName eq {json.dumps(text)}"),
    "filter that contains": lambda text: _search(
        filter=f"displayName co {json.dumps(text)} or externalId sw {json.dumps(text)}"
    ),
    "filter that orders": lambda text: _search(
        filter=f"userName gt {json.dumps(text)} and not (emails[value ew {json.dumps(text)}])"
    ),
    "filter in a URL": lambda text: _url("/Users?count=3&attributes=userName&filter=", text),
    "filter in brackets": lambda text: _search(filter=f"emails[{text}]"),
    "attribute of a filter": lambda text: _search(filter=f'{text} eq "x"'),
    "date of a filter": lambda text: _search(filter=f"meta.created gt {json.dumps(text)}"),
    "operand of a filter": lambda text: _search(filter=f"active eq {text}"),
    "sortBy": lambda text: _search(sortBy=_sortable(text)),
    "sortBy in a URL": lambda text: _url("/Users?count=3&sortBy=", _sortable(text)),
    "attributes": lambda text: _search(attributes=[text]),
    "excludedAttributes in a URL": lambda text: _url("/Users/@user?excludedAttributes=", text),
    "count": lambda text: _url("/Users?attributes=userName&count=", text),
    "startIndex": lambda text: _url("/Users?count=1&startIndex=", text),
    "cursor": lambda text: _url("/Users?count=1&cursor=", text),
    "bulkId": lambda text: _bulk(
        method="POST", path="/Users", bulkId=text, data={"schemas": [USER], "userName": ""}
    ),
    "reference of a Bulk operation": lambda text: _bulk(
        method="PATCH",
        path=f"/Users/bulkId:{text}",
        data={"schemas": [PATCH], "Operations": [{"op": "remove", "path": f"bulkId:{text}"}]},
    ),
    "path of a Bulk operation": lambda text: _bulk(method="DELETE", path=text),
    "version of a Bulk operation": lambda text: _bulk(
        method="DELETE", path="/Users/x", version=text
    ),
    "name of a parameter": lambda text: _url("/Users?count=1&", text),
    "id": lambda text: _url("/Users/", text),
    "id of a deletion": lambda text: _url("/Users/", text, "DELETE"),
    "endpoint": lambda text: _url("/", text),
    "name of a schema": lambda text: _url("/Schemas/", text),
    "path": lambda text: _patch({"op": "add", "path": text, "value": "x"}),
    "path of a removal": lambda text: _patch({"op": "remove", "path": f"emails[{text}]"}),
    "selection": lambda text: _patch(
        {"op": "replace", "path": f"emails[value eq {json.dumps(text)}].display", "value": "x"}
    ),
    "value of an operation": lambda text: _patch(
        {"op": "replace", "path": "displayName", "value": text}
    ),
    "name in a value": lambda text: _patch({"op": "add", "value": {text: "x"}}),
    "op": lambda text: _patch({"op": text, "path": "title", "value": "x"}),
    "member": lambda text: Case(
        "PATCH",
        "/Groups/@group",
        {
            "schemas": [PATCH],
            "Operations": [{"op": "add", "path": "members", "value": [{"value": text}]}],
        },
    ),
    "If-Match": _headers("PATCH", "If-Match"),
    "If-None-Match": _headers("GET", "If-None-Match"),
    "other headers": _headers(
        "GET",
        "User-Agent",
        "X-Request-Id",
        "X-Forwarded-For",
        "Accept",
        "Accept-Language",
        "Cookie",
    ),
    "Content-Type": _headers("PATCH", "Content-Type"),
}
"""Places for a string."""


def _body(method: str, path: str, form: str) -> Callable[[str], Case]:
    """Return a case whose body has a JSON value in a place marked ``@``."""

    def place(value: str) -> Case:
        return Case(method, path, form.replace("@", value).encode("utf-8"))

    return place


def _created(name: str) -> Callable[[str], Case]:
    return _body("POST", "/Users", f'{{"userName": "valued", "{name}": @}}')


def _asked(form: str) -> Callable[[str], Case]:
    return _body("POST", "/.search", f'{{"schemas": ["{SEARCH}"], {form}}}')


def _in_bulk(form: str) -> Callable[[str], Case]:
    return _body("POST", "/Bulk", f'{{"schemas": ["{BULK}"], {form}}}')


def _bulk_operation(form: str) -> Callable[[str], Case]:
    return _in_bulk(f'"Operations": [{{{form}}}]')


def _operation(form: str) -> Callable[[str], Case]:
    return _body("PATCH", "/Users/@user", f'{{"schemas": ["{PATCH}"], "Operations": [{form}]}}')


VALUES: dict[str, Callable[[str], Case]] = {
    "userName": _body("POST", "/Users", '{"userName": @}'),
    "active": _created("active"),
    "title": _created("title"),
    "name": _created("name"),
    "emails": _created("emails"),
    "schemas": _created("schemas"),
    "id": _created("id"),
    "meta": _created("meta"),
    "groups": _created("groups"),
    "unheardOf": _created("unheardOf"),
    "password": _created("password"),
    "x509Certificates": _body("POST", "/Users", '{"userName": "valued", "x509Certificates": [@]}'),
    "extension": _body("PUT", "/Users/@user", f'{{"userName": "Ada", "{ENTERPRISE}": @}}'),
    "manager": _body(
        "PUT", "/Users/@user", f'{{"userName": "Ada", "{ENTERPRISE}": {{"manager": @}}}}'
    ),
    "members": _body("POST", "/Groups", '{"displayName": "valued", "members": @}'),
    "body": _body("POST", "/Users", "@"),
    "body of a search": _body("POST", "/.search", "@"),
    "count": _asked('"startIndex": 2, "count": @'),
    "startIndex": _asked('"count": 1, "startIndex": @'),
    "cursor": _asked('"count": 1, "cursor": @'),
    "filter": _asked('"count": 1, "filter": @'),
    "sortBy": _asked('"count": 1, "sortBy": @'),
    "sortOrder": _asked('"count": 1, "sortBy": "userName", "sortOrder": @'),
    "attributes": _asked('"count": 1, "attributes": @'),
    "Operations": _body("PATCH", "/Users/@user", '{"Operations": @}'),
    "operation": _operation("@"),
    "op": _operation('{"op": @, "path": "title", "value": "x"}'),
    "path": _operation('{"op": "add", "path": @, "value": "x"}'),
    "value for active": _operation('{"op": "replace", "path": "active", "value": @}'),
    "value for a name": _operation('{"op": "replace", "path": "name.givenName", "value": @}'),
    "value for addresses": _operation('{"op": "add", "path": "emails", "value": @}'),
    "value to remove": _operation('{"op": "remove", "path": "emails", "value": @}'),
    "value without a path": _operation('{"op": "replace", "value": @}'),
    "value of a member": _body(
        "PATCH",
        "/Groups/@group",
        '{"Operations": [{"op": "add", "path": "members", "value": @}]}',
    ),
    "value of a member to remove": _body(
        "PATCH",
        "/Groups/@group",
        '{"Operations": [{"op": "remove", "path": "members", "value": @}]}',
    ),
    "Operations of a Bulk request": _in_bulk('"Operations": @'),
    "operation of a Bulk request": _in_bulk('"Operations": [@]'),
    "failOnErrors": _in_bulk('"failOnErrors": @, "Operations": [{"method": "GET"}]'),
    "method": _bulk_operation('"method": @, "path": "/Users/x"'),
    "bulkId": _bulk_operation('"method": "POST", "path": "/Users", "bulkId": @, "data": {}'),
    "path of a Bulk operation": _bulk_operation('"method": "DELETE", "path": @'),
    "version": _bulk_operation('"method": "DELETE", "path": "/Users/x", "version": @'),
    "data": _bulk_operation('"method": "PUT", "path": "/Users/x", "data": @'),
}
"""Places for a JSON value."""

BODIES: dict[str, Callable[[bytes], Case]] = {
    "POST": lambda body: Case("POST", "/Users", body),
    "PUT": lambda body: Case("PUT", "/Users/@user", body),
    "PATCH": lambda body: Case("PATCH", "/Users/@user", body),
    "search": lambda body: Case("POST", "/.search", body),
}
"""Places for a whole body."""
