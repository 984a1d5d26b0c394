"""Hypothesis describes groups, whose members are users, groups and nobody."""

from typing import Any

from hypothesis import strategies as st

from tests.differential.users import some_group, some_resource, some_user, texts

CORE = "urn:ietf:params:scim:schemas:core:2.0:Group"

NAMES = ("crew", "Crew", "staff", "É", *(f"team {number}" for number in range(10)))

names = st.sampled_from(NAMES)
member = st.fixed_dictionaries({"value": some_resource}, optional={"display": texts})
members = st.lists(member, max_size=3)

WRONG: dict[str, st.SearchStrategy[Any]] = {
    "members": st.one_of(
        some_user,
        st.sampled_from((None, [None], [{}], [{"display": "nobody"}], [{"value": 1}], {})),
        st.lists(st.fixed_dictionaries({"value": some_user, "type": st.just("User")}), max_size=2),
        st.lists(st.fixed_dictionaries({"value": some_group, "nope": texts}), max_size=1),
    ),
    "displayName": st.sampled_from((None, "", 7)),
    "schemas": st.sampled_from(([], None, ["urn:nope"])),
    "nope": texts,
    "id": st.just("mine"),
}
"""What a client may get wrong."""


@st.composite
def right_groups(draw: st.DrawFn, entries: st.SearchStrategy[Any] = members) -> dict[str, Any]:
    """Return bodies that describe a group rightly."""
    body: dict[str, Any] = {"schemas": [CORE], "displayName": draw(names)}
    if draw(st.booleans()):
        body["members"] = draw(entries)
    if not draw(st.integers(0, 3)):
        body["externalId"] = draw(texts)
    return body


@st.composite
def groups(draw: st.DrawFn) -> dict[str, Any]:
    """Return the body of a request that makes or replaces a group; one in six is wrong."""
    body = draw(right_groups())
    if not draw(st.integers(0, 5)):
        wrong = draw(st.sampled_from(tuple(WRONG)))
        body[wrong] = draw(WRONG[wrong])
    return body
