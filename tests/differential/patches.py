"""Hypothesis describes PATCH operations of every form, and of some that are none."""

from typing import Any

from hypothesis import strategies as st

from tests.differential import groups, users
from tests.differential.users import (
    ENTERPRISE,
    address,
    booleans,
    certificate,
    email,
    manager,
    some_resource,
    some_user,
    texts,
)

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Paths = dict[str, st.SearchStrategy[Any]]
"""What an operation may be about, and the values that fit there."""

_USER: Paths = {
    **users.ATTRIBUTES,
    "userName": users.names,
    "name.givenName": texts,
    "NAME.familyname": texts,
    f"{users.CORE}:nickName": texts,
    "emails": st.lists(email, min_size=1, max_size=2),
    'emails[type eq "work"]': email,
    'emails[type eq "work"].value': texts,
    'emails[type eq "work"].primary': booleans,
    "emails[primary eq true].display": texts,
    'emails[value co "a" and not (type eq "home")].type': st.sampled_from(users.TYPES),
    "emails.display": texts,
    'addresses[type eq "home"].locality': texts,
    'addresses[type eq "home" or postalCode pr]': address,
    'roles[value eq "A"]': email,
    "x509Certificates[display pr].value": certificate.map(lambda each: each["value"]),
    f"{ENTERPRISE}:employeeNumber": texts,
    f"{ENTERPRISE}:manager": manager,
    f"{ENTERPRISE}:manager.value": some_user,
}

_GROUP: Paths = {
    "displayName": groups.names,
    "externalId": texts,
    "members": groups.members,
}

_WRONG_OF_USER: Paths = {
    "emails": email,
    "name.givenName": texts,
    f"{ENTERPRISE}:department": texts,
    "id": texts,
    "meta.created": texts,
    "groups": groups.members,
    "schemas": st.just([users.CORE]),
    "nope": texts,
    "name.nope": texts,
    "emails.nope": texts,
    "emails[nope eq 1].value": texts,
    'emails[type eq "work"': email,
    'emails[type eq "fax"].value': texts,
    'title[value eq "a"]': texts,
    "urn:nope:2.0:User:nope": texts,
    f"{ENTERPRISE}:nope": texts,
    f"{ENTERPRISE}:manager.displayName": texts,
    "": texts,
    " ": texts,
    "emails[]": email,
    "emails.value.value": texts,
}

_WRONG_OF_GROUP: Paths = {
    "members": groups.member,
    "members.value": some_user,
    "members.display": texts,
    'members[display eq "a"]': groups.member,
    "members[nope pr]": groups.member,
    "members[value eq 1]": groups.member,
    "members[": groups.member,
    "id": texts,
    "nope": texts,
    "userName": texts,
}

_PATHS = {"User": _USER, "Group": _GROUP}
_WRONG = {"User": _WRONG_OF_USER, "Group": _WRONG_OF_GROUP}

_OPERATIONS = ("add", "replace", "remove", "Add", "Replace", "REMOVE", "add", "replace")


def right_patches(type_: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies of PATCH whose operations can be read."""
    operations = st.lists(_operations(type_), min_size=1, max_size=2)
    return operations.map(lambda each: {"schemas": [_SCHEMA], "Operations": each})


@st.composite
def patches(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    """Return the body of a request that patches a resource of a type; one in four is wrong."""
    wrong = not draw(st.integers(0, 3))
    operations = draw(st.lists(_operations(type_), min_size=1, max_size=3))
    body: dict[str, Any] = {"schemas": [_SCHEMA], "Operations": operations}
    if wrong:
        operations.insert(draw(st.integers(0, 3)), draw(_wrong_operations(type_)))
    if wrong and not draw(st.integers(0, 5)):
        body |= draw(st.sampled_from(_NO_PATCHES))
    return body


_NO_PATCHES: tuple[dict[str, Any], ...] = (
    {"schemas": []},
    {"schemas": ["urn:x"]},
    {"Operations": []},
    {"Operations": None},
    {"Operations": [None]},
    {"nope": 1},
)


@st.composite
def _operations(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    op = draw(st.sampled_from(_OPERATIONS))
    form = draw(st.integers(0, 5))
    if form == 0 and op.lower() != "remove":
        names = [path for path in _PATHS[type_] if path == ENTERPRISE or path.isalnum()]
        paths = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
        return {"op": op, "value": {path: draw(_PATHS[type_][path]) for path in paths}}
    if form in {1, 2} and type_ == "Group":
        path, values = draw(_members_by_filter()), groups.member
    else:
        path = draw(st.sampled_from(tuple(_PATHS[type_])))
        values = _PATHS[type_][path]
    if op.lower() == "remove":
        return {"op": op, "path": path}
    return {"op": op, "path": path, "value": draw(values)}


@st.composite
def _wrong_operations(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    """Return operations with a path, a value or an op that is wrong, or at least odd."""
    operation = draw(_operations(type_))
    what = draw(st.sampled_from(("path", "path", "value", "value", "op", "root")))
    if what == "path":
        path = draw(st.sampled_from(tuple(_WRONG[type_])))
        return operation | {"path": path, "value": draw(_WRONG[type_][path])}
    if what == "root":
        path = draw(st.sampled_from(tuple(_WRONG[type_])))
        return {"op": "add", "value": {path: draw(_WRONG[type_][path])}}
    odd = _ODD if what == "value" else st.sampled_from(("", "move", None, 1))
    return operation | {what: draw(odd)}


_ODD = st.sampled_from((None, "", [], {}, 7, True, "true", [{}], {"value": "a"}, {"nope": 1}))


@st.composite
def _members_by_filter(draw: st.DrawFn) -> str:
    forms = ('value eq "{}"', 'value eq "{}" or value eq "{}"', 'not (value eq "{}")', "value pr")
    form = draw(st.sampled_from(forms))
    return f"members[{form.format(*(draw(some_resource) for _ in range(2)))}]"
