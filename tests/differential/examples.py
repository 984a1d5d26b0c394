"""The shortest sequence that shows each difference; none may stand in the list unseen."""

from tests.differential import groups, users
from tests.differential.exchanges import Request
from tests.differential.labels import cursor, label
from tests.differential.users import ENTERPRISE

_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

_A_USER = f"/Users/{label('User', 0)}"
_A_GROUP = f"/Groups/{label('Group', 0)}"


def _user(name: str = "ada", **attributes: object) -> Request:
    schemas = [users.CORE, *(urn for urn in attributes if urn.startswith("urn:"))]
    return Request("POST", "/Users", body={"schemas": schemas, "userName": name, **attributes})


def _group(name: str = "crew", *members: str, **attributes: object) -> Request:
    body = {"schemas": [groups.CORE], "displayName": name, **attributes}
    entries = [{"value": each} for each in members]
    return Request("POST", "/Groups", body=body | ({"members": entries} if members else {}))


def _patch(path: str, *operations: dict[str, object]) -> Request:
    return Request("PATCH", path, body={"schemas": [_PATCH], "Operations": list(operations)})


def _search(path: str, **asked: object) -> Request:
    return Request("POST", f"{path}/.search", body={"schemas": [_SEARCH], **asked})


def _bulk(*operations: dict[str, object]) -> Request:
    return Request("POST", "/Bulk", body={"schemas": [_BULK], "Operations": list(operations)})


_FIRST, _SECOND = label("User", 0), label("User", 1)

EXAMPLES: dict[str, tuple[Request, ...]] = {
    "A PATCH answers with the resource": (
        _user(),
        _patch(_A_USER, {"op": "add", "path": "title", "value": "a"}),
    ),
    "A body lists its schemas": (Request("POST", "/Users", body={"userName": "ada"}),),
    "A boolean is true or false": (_user(active="true"),),
    "Several values are an array": (
        _group(),
        _patch(_A_GROUP, {"op": "add", "value": {"members": {"value": _FIRST}}}),
    ),
    "A value is read before its target is looked for": (
        _group(),
        _patch(_A_GROUP, {"op": "add", "path": 'members[display eq "a"]', "value": "b"}),
    ),
    "Without a path, names are names": (
        _user(),
        _patch(_A_USER, {"op": "add", "value": {"name.givenName": "Ada"}}),
    ),
    "An empty parameter is none": (Request("GET", "/Users", {"sortBy": ""}),),
    "The order is read in any case": (_search("/Users", sortOrder="Descending"),),
    "No filter asks for a password": (Request("GET", "/Users", {"filter": 'password eq "a"'}),),
    "No type may have a filter's attribute": (_group(), _search("", filter="not (nope pr)")),
    "A schema without attributes is none": (
        _user(**{ENTERPRISE: {}}),
        Request("GET", "/Users", {"filter": f'schemas eq "{ENTERPRISE}"'}),
    ),
    "A filter finds nothing that is empty": (
        _user(emails=[]),
        Request("GET", "/Users", {"filter": "emails ne null"}),
    ),
    "An index past every list is cut": (_search("/Users", startIndex=2**31 + 1),),
    "Equals keep the order of creation": (
        _user(),
        _user("bob"),
        Request("GET", "/Users", {"sortBy": "title", "sortOrder": "descending"}),
    ),
    "An emptied page leads back": (
        _user(),
        _user("bob"),
        Request("GET", "/Users", {"cursor": "", "count": "1"}),
        Request("DELETE", f"/Users/{label('User', 1)}"),
        Request("GET", "/Users", {"cursor": cursor("next"), "count": "1"}),
    ),
    "An unknown endpoint is not found": (
        _bulk({"method": "PUT", "path": "/Nope", "data": {"schemas": [users.CORE]}}),
    ),
    "The data of a DELETE is not read": (
        _user(),
        _bulk({"method": "DELETE", "path": _A_USER, "data": {}}),
    ),
    "A PUT is read before its resource is looked for": (
        Request("PUT", _A_USER, body={"schemas": [users.CORE]}),
    ),
    "Names are not empty": (_group(""),),
    "Members exist": (_group("crew", label("User", 9)),),
    "A member is shown once": (_user(), _group("crew", _FIRST, _FIRST)),
    "A deleted resource is no member": (
        _user(),
        _group("crew", _FIRST),
        Request("DELETE", _A_USER),
    ),
    "Empty lists are shown": (_user(),),
    "A user shows its groups": (_user(), _group("crew", _FIRST), Request("GET", _A_USER)),
    "A member shows what it is and where": (_user(), _group("crew", _FIRST)),
    "Members are in the order in which they joined": (
        _user(),
        _user("bob"),
        _group("crew", _FIRST, _SECOND),
        Request(
            "PUT",
            _A_GROUP,
            body={
                "schemas": [groups.CORE],
                "displayName": "night shift",
                "members": [{"value": _SECOND}, {"value": _FIRST}],
            },
        ),
    ),
    "References are kept as sent": (
        _user(**{ENTERPRISE: {"manager": {"value": "7", "$ref": "Users/7"}}}),
    ),
    "A password is not kept": (
        _user(),
        _patch(_A_USER, {"op": "add", "path": "password", "value": "a"}),
    ),
    "An empty list for none changes nothing": (
        _group(),
        _patch(_A_GROUP, {"op": "replace", "path": "members", "value": []}),
    ),
}
"""The requests by the name of the difference."""
