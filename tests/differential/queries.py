"""Hypothesis describes projections, filters, orders and pages."""

from typing import Any

from hypothesis import strategies as st

from scim.provider import GROUP, USER, Kind
from tests.contract.filter_texts import attributes_of, filters
from tests.differential import groups, users
from tests.differential.users import CORE, ENTERPRISE

_NAMES_OF_USER = (
    "userName", "USERNAME", "id", "schemas", "meta", "meta.version", "name", "name.givenName",
    "emails", "emails.value", "emails.type", "active", "password", "groups", "displayName",
    f"{CORE}:title", f"{CORE}:name.familyName", ENTERPRISE, ENTERPRISE.upper(),
    f"{ENTERPRISE}:department", f"{ENTERPRISE}:manager.value", f"{ENTERPRISE}:manager", "nope",
    "name.nope", "addresses.locality", "x509Certificates", "externalId", CORE,
    "urn:nope:1.0:Nope:a",
)  # fmt: skip
_NAMES_OF_GROUP = (
    "displayName", "members", "members.value", "members.display", "id", "meta.created",
    "externalId", "nope", "schemas", f"{groups.CORE}:displayName", "MEMBERS.VALUE",
)  # fmt: skip

_FILTERS_OF_USER = (
    'userName eq "ADA"', 'userName sw "a"', "userName pr", 'emails.value co "a"', "not (title pr)",
    'emails[type eq "work" and value ew "b"]', 'emails eq "a"', "active eq true", "active ne false",
    'externalId eq "a" or nickName gt "9"', f'{ENTERPRISE}:employeeNumber le "a"',
    f'{ENTERPRISE}:manager.value eq "⟦User 0⟧"', 'id eq "⟦User 1⟧"', 'id ne "⟦User 0⟧"',
    'meta.lastModified ge "2026-11-24T12:00:07Z"', 'meta.resourceType eq "User"',
    "not (emails[primary eq true]) and (name.givenName pr or name.familyName pr)",
    'addresses[locality eq "A" or postalCode eq "9"]', "title eq null", "emails ne null",
    f'schemas eq "{ENTERPRISE}"', "name pr", f"{ENTERPRISE}:manager pr",
)  # fmt: skip
_FILTERS_OF_GROUP = (
    'displayName eq "CREW"', 'members.value eq "⟦User 0⟧"', 'members[value eq "⟦User 1⟧"]',
    'members eq "⟦User 2⟧"', "members pr", "not (members pr)", 'members[display co "a"]',
    'displayName sw "c" and externalId pr', 'members ne "⟦Group 0⟧"',
    'id eq "⟦Group 0⟧"', 'meta.created lt "2026-11-24T12:00:09Z"',
)  # fmt: skip
_NO_FILTERS = (
    "nope pr", "userName eq", "id eq 7", 'meta.created eq "x"', "(", 'members[nope eq "a"]',
    'emails[nope eq "a"]', 'password eq "a"', "id qq 1", 'displayName[a eq "b"]', "active gt true",
    "not (nope pr)", 'urn:nope:2.0:User:title eq "a"', "emails[]", "id pr and", "meta.nope pr",
)  # fmt: skip

_SORTS_OF_USER = (
    "userName", "emails", "emails.type", "emails.value", "name.familyName", "active", "title",
    f"{ENTERPRISE}:employeeNumber", f"{ENTERPRISE}:manager.$ref", "meta.created",
    "meta.lastModified", "externalId", "addresses.locality", "DISPLAYNAME", f"{CORE}:nickName",
)  # fmt: skip
_SORTS_OF_GROUP = ("displayName", "externalId", "members.display", "meta.created", "DISPLAYNAME")
_NO_SORTS = (
    "nope", "name", 'emails[type eq "work"].value', "x509Certificates", "password", "meta",
    ENTERPRISE, "addresses", "emails.nope", "(",
)  # fmt: skip

_INDEXES = (1, 1, 2, 3, 5, 0, -1, 500, 10**20)
_COUNTS = (1, 2, 3, 10, 0, -1, 499, 500, 501, 10**20)
_NO_NUMBERS = ("", "x", "1.5", " 1", "1e1", "+1")

_NOT_JUDGED = (
    "id", "meta.location", "meta.version", "groups", "members", "members.value", "members.type",
    "members.$ref", f"{ENTERPRISE}:manager.value",
)  # fmt: skip
"""What the two servers say differently, so that an order or a comparison would differ too."""


def _generated(kind: Kind, resources: list[dict[str, Any]]) -> st.SearchStrategy[str]:
    """Return filters on every attribute of a kind, with operands that fit resources like these."""
    models = [kind.model.model_validate(each | {"meta": _META}) for each in resources]
    return filters(
        [
            each
            for each in attributes_of(kind, models)
            if each.path not in _NOT_JUDGED and not each.path.startswith("groups.")
        ]
    )


_META = {"created": "2026-11-24T12:00:05Z", "lastModified": "2026-11-24T12:00:09Z"}

_USERS = [
    {
        "userName": name, "displayName": text, "nickName": text, "title": text, "externalId": text,
        "name": {"givenName": text, "familyName": text},
        "emails": [{"value": text, "type": type_, "display": text}],
        "addresses": [{"locality": text, "postalCode": text, "type": type_}],
        ENTERPRISE: {"employeeNumber": text, "department": text},
    }
    for name, text, type_ in zip(users.NAMES, users.TEXTS, users.TYPES, strict=False)
]  # fmt: skip
_GROUPS = [
    {"displayName": name, "externalId": text, "members": [{"display": text}]}
    for name, text in zip(groups.NAMES, users.TEXTS, strict=False)
]

TYPICAL = {"User": st.sampled_from(_FILTERS_OF_USER), "Group": st.sampled_from(_FILTERS_OF_GROUP)}
"""Filters that clients send, by the type of what they look for."""

_FILTERS = {
    "User": TYPICAL["User"] | _generated(USER, _USERS),
    "Group": TYPICAL["Group"] | _generated(GROUP, _GROUPS),
}
_SORTS = {"User": _SORTS_OF_USER, "Group": _SORTS_OF_GROUP}
_NAMES = {"User": _NAMES_OF_USER, "Group": _NAMES_OF_GROUP}


_WRONG: dict[str, tuple[Any, ...]] = {
    "filter": _NO_FILTERS,
    "sortBy": _NO_SORTS,
    "sortOrder": ("up", "descending,ascending", " descending"),
    "startIndex": ("x", "1.5", " 1", "1e1", "+1"),
    "count": ("x", "1.5", "1 ", "0x1", "+1"),
    "attributes": ('emails[type eq "work"].value', "(", "userName eq"),
    "excludedAttributes": ("userName pr", "[]", "a b"),
}
"""What a client may get wrong."""

_ODD = {"filter": "", "sortBy": "", "sortOrder": "", "startIndex": "", "count": ""}
"""What a client may leave empty."""


@st.composite
def projections(draw: st.DrawFn, type_: str) -> dict[str, str]:
    """Return parameters that say which attributes an answer shows."""
    names = draw(st.lists(st.sampled_from(_NAMES[type_]), min_size=1, max_size=3))
    return {draw(st.sampled_from(("attributes", "excludedAttributes"))): ",".join(names)}


@st.composite
def wrong_projections(draw: st.DrawFn, type_: str) -> dict[str, str]:
    """Return such parameters, and often such as make no sense."""
    if draw(st.booleans()):
        return draw(projections(type_))
    if draw(st.booleans()):
        return {"attributes": "id", "excludedAttributes": draw(st.sampled_from(("", "meta", "id")))}
    name = draw(st.sampled_from(("attributes", "excludedAttributes")))
    return {name: draw(st.sampled_from(_WRONG[name]))}


@st.composite
def orders(draw: st.DrawFn, type_: str, filters_: st.SearchStrategy[str]) -> dict[str, Any]:
    """Return the parameters of a list that say what stands in it, and in which order."""
    query: dict[str, Any] = {}
    if draw(st.booleans()):
        query["filter"] = draw(filters_)
    if draw(st.booleans()):
        query["sortBy"] = draw(st.sampled_from(_SORTS[type_]))
    if draw(st.booleans()):
        ways = ("ascending", "descending", "descending", "Descending")
        query["sortOrder"] = draw(st.sampled_from(ways))
    return query


@st.composite
def queries(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    """Return the parameters of a list, with numbers as numbers; one of them may be wrong."""
    wrong = not draw(st.integers(0, 4))
    # one that is generated may be wrong by itself
    query = draw(orders(type_, (TYPICAL if wrong else _FILTERS)[type_]))
    if draw(st.booleans()):
        query["startIndex"] = draw(st.sampled_from(_INDEXES))
    if draw(st.booleans()):
        query["count"] = draw(st.sampled_from(_COUNTS))
    if not draw(st.integers(0, 2)):
        query |= draw(projections(type_))
    if wrong:
        name = draw(st.sampled_from(tuple(_WRONG)))
        query[name] = draw(st.sampled_from((*_WRONG[name], _ODD.get(name, ""))))
        query.pop({"attributes": "excludedAttributes"}.get(name, "attributes"), None)
    return query
