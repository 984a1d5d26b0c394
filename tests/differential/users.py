"""Hypothesis describes users; the pools are small, so that values meet again."""

from base64 import b64encode
from typing import Any

from hypothesis import strategies as st

from tests.differential.labels import label

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

NAMES = (
    "ada", "Ada", "bob", "Straße", "STRASSE", "eve@example.com", *(f"user {n}" for n in range(15)),
)  # fmt: skip
TEXTS = ("a", "A", "Ab", "50% off_", "É", "É", "true", "10", "9", " ")
TYPES = ("work", "home", "other", "Work")

names = st.sampled_from(NAMES)
texts = st.sampled_from(TEXTS)
booleans = st.sampled_from((True, False))
some_user = st.integers(0, 9).map(lambda number: label("User", number))
some_group = st.integers(0, 9).map(lambda number: label("Group", number))
some_resource = st.one_of(some_user, some_user, some_group)

person_name = st.fixed_dictionaries(
    {}, optional={"givenName": texts, "familyName": texts, "formatted": texts}
)


def _value(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"value": values},
        optional={"type": st.sampled_from(TYPES), "primary": booleans, "display": texts},
    )


email = _value(texts)
role = _value(texts)
certificate = _value(st.sampled_from((b"one", b"two")).map(lambda each: b64encode(each).decode()))
address = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={"locality": texts, "postalCode": texts, "primary": booleans},
)
manager = st.fixed_dictionaries(
    {"value": some_user},
    optional={"$ref": st.sampled_from(("Users/7", "https://idp.example/scim/v2/Users/7"))},
)
enterprise = st.fixed_dictionaries(
    {}, optional={"employeeNumber": texts, "department": texts, "manager": manager}
)

ATTRIBUTES: dict[str, st.SearchStrategy[Any]] = {
    "displayName": texts,
    "externalId": texts,
    "nickName": texts,
    "title": texts,
    "active": booleans,
    "name": person_name,
    "emails": st.lists(email, max_size=3),
    "phoneNumbers": st.lists(email, min_size=1, max_size=2),
    "addresses": st.lists(address, min_size=1, max_size=2),
    "roles": st.lists(role, min_size=1, max_size=2),
    "x509Certificates": st.lists(certificate, min_size=1, max_size=2),
    "password": texts,
    ENTERPRISE: enterprise,
}
"""What a user may have beside a name."""

WRONG: dict[str, st.SearchStrategy[Any]] = {
    "id": st.just("mine"),
    "meta": st.just({"resourceType": "User", "version": 'W/"9"'}),
    "groups": st.lists(st.fixed_dictionaries({"value": some_group}), max_size=1),
    "active": st.sampled_from(("True", 1, None, "")),
    "emails": st.sampled_from(({"value": "a"}, ["a"], [{"primary": True}] * 2, None, [None])),
    "name": st.sampled_from(("Ada", ["Ada"], None, {}, {"nope": 1})),
    "title": st.sampled_from((7, True, None, "", ["a"], {"a": 1})),
    "nope": texts,
    "x509Certificates": st.just([{"value": "*"}]),
    ENTERPRISE: st.sampled_from(
        (None, {}, {"nope": 1}, {"manager": "m"}, {"manager": {"value": 1}})
    ),
    "schemas": st.sampled_from(([], None, [CORE, "urn:nope"], [ENTERPRISE], CORE, [CORE, CORE])),
    "userName": st.sampled_from((None, "", 1, "x" * 513)),
}
"""What a client may get wrong."""


@st.composite
def right_users(draw: st.DrawFn) -> dict[str, Any]:
    """Return bodies that describe a user rightly."""
    body: dict[str, Any] = {"userName": draw(names)}
    chosen = draw(st.lists(st.sampled_from(tuple(ATTRIBUTES)), max_size=4, unique=True))
    body |= {name: draw(ATTRIBUTES[name]) for name in chosen}
    body["schemas"] = [CORE, ENTERPRISE] if ENTERPRISE in body else [CORE]
    return body


@st.composite
def users(draw: st.DrawFn) -> dict[str, Any]:
    """Return the body of a request that makes or replaces a user; one in five is wrong."""
    body = draw(right_users())
    if not draw(st.integers(0, 4)):
        wrong = draw(st.sampled_from(tuple(WRONG)))
        body[wrong] = draw(WRONG[wrong])
    if not draw(st.integers(0, 9)):
        body = {name.swapcase(): value for name, value in body.items()}
    return body
