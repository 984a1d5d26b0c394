"""What a PATCH makes of the members of a group, judged by scim2-models on the whole group.

Most such operations are changes of rows and never load the group; nobody may notice.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scim2_models import (
    Group,
    GroupMember,
    InvalidValueException,
    PayloadTooLargeException,
    SCIMException,
)

from scim import PROVIDER, Database
from scim.changes.reading import read_patch
from scim.provider import GROUP
from scim.tolerance import PROFILES, Reader, carry_out
from tests.conftest import FakeClock
from tests.contract.directories import (
    Caller,
    body_of,
    caller_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)
from tests.sizes import size

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Shown = list[tuple[str, str, str | None]]
"""Who is in a group: the id, the type and the display of each member."""

Operations = list[dict[str, Any]]

_DISPLAYS = st.sampled_from(("a", "A", "b"))


def members_of(ids: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return entries of members, some of them twice."""
    entry = st.fixed_dictionaries({"value": st.sampled_from(ids)}, optional={"display": _DISPLAYS})
    return st.lists(entry, max_size=4)


def paths_to_members(ids: list[str]) -> st.SearchStrategy[str]:
    """Return paths to all members, and to some."""
    one = st.sampled_from(ids)
    return st.one_of(
        st.sampled_from(("members", "MEMBERS", f"{GROUP.model.__schema__}:members")),
        st.builds('members[value eq "{}"]'.format, one),
        st.builds('members[value eq "{}" or value eq "{}"]'.format, one, one),
        st.builds('members[value eq "{}" and display eq "a"]'.format, one),
        st.builds('members[not (value eq "{}")]'.format, one),
        st.sampled_from(("members[display pr]", "members[value pr]", 'members[type eq "User"]')),
    )


@st.composite
def operations(draw: st.DrawFn, ids: list[str]) -> dict[str, Any]:
    """Return operations on the members of a group, and on other parts of it."""
    op = draw(st.sampled_from(("add", "replace", "remove", "remove")))
    form = draw(st.sampled_from(("path", "path", "path", "display", "root", "inside", "other")))
    if form == "other":
        return (
            {"op": op, "path": "externalId", "value": "x"}
            if op != "remove"
            else {
                "op": op,
                "path": "externalId",
            }
        )
    if form == "root" and op != "remove":
        name = draw(st.sampled_from(("members", "Members", f"{GROUP.model.__schema__}:members")))
        return {"op": op, "value": {name: draw(members_of(ids)), "externalId": "y"}}
    if form == "inside" and op != "remove":
        return {"op": op, "value": {"members.display": draw(_DISPLAYS)}}
    path = draw(paths_to_members(ids))
    if form == "display":
        path = f"{path}.display"
    if op == "remove":
        given_too = form == "path" and not draw(st.integers(0, 3))
        return {"op": op, "path": path} | ({"value": draw(members_of(ids))} if given_too else {})
    value = _DISPLAYS if form == "display" else members_of(ids)
    if "[" in path and form == "path":
        value = st.fixed_dictionaries({"display": _DISPLAYS})
    return {"op": op, "path": path, "value": draw(value)}


def judged(before: list[dict[str, Any]], body: dict[str, Any], profile: str, types: Any) -> Any:
    """Return the members that scim2-models leaves, or the type of its error."""
    group = Group(display_name="crew", members=None)
    try:
        group.members = settled([GroupMember.model_validate(each) for each in before], types)
        reader = Reader(PROFILES[profile])
        patch = read_patch(GROUP, body, reader, PROVIDER.limits).message()
        for operation in patch.operations or ():
            alone = patch.model_copy(update={"operations": [operation]})
            carry_out(reader, alone, group)
            group.members = settled(group.members or [], types)
    except SCIMException as error:
        return error.scim_type
    return [(str(each.value), str(each.type), each.display) for each in group.members or ()]


def settled(members: list[GroupMember], types: dict[str, str]) -> list[GroupMember] | None:
    """Return members as a directory has them: each once, and as what it is."""
    once: dict[str, GroupMember] = {}
    for each in members:
        if each.value is None:  # which the path members[display eq "a"] makes of nothing
            raise InvalidValueException
        value = str(each.value)
        first = once.setdefault(value, GroupMember(value=value, type=types[value]))
        first.display = first.display if each.display is None else each.display
    return list(once.values()) or None


def patched(caller: Caller, group: str, before: list[dict[str, Any]], body: dict[str, Any]) -> Any:
    """Return the members that our directory leaves, or the type of its error."""
    caller.replace(GROUP, group, body_of(GROUP, displayName="crew"))
    caller.replace(GROUP, group, body_of(GROUP, displayName="crew", members=before))
    try:
        left = caller.patch(GROUP, group, *body["Operations"])
    except SCIMException as error:
        return error.scim_type
    assert left == caller.get(GROUP, group)
    return [(each["value"], each["type"], each.get("display")) for each in left["members"]]


def in_any_order(outcome: Shown | str) -> object:
    """Return members without their order, which has no meaning."""
    return outcome if isinstance(outcome, str) else sorted(outcome, key=str)


@pytest.mark.sized
@pytest.mark.parametrize("profile", PROFILES)
def test_rows_become_what_the_whole_group_would(
    database: Database, clock: FakeClock, profile: str
) -> None:
    """RFC 7644 §3.5.2."""
    caller = caller_of(open_directory(database, clock), new_tenant(database), profile)
    types = {new_user(caller, name)["id"]: "User" for name in ("ada", "bob", "cyd")}
    types[new_group(caller, "sub")["id"]] = "Group"
    group, ids = new_group(caller)["id"], list(types)

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=size(150, 1500),
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(members_of(ids), st.lists(operations(ids), min_size=1, max_size=4))
    def check(before: list[dict[str, Any]], changes: Operations) -> None:
        body = {"schemas": [SCHEMA], "Operations": changes}
        expected = judged(before, body, profile, types)
        assert in_any_order(expected) == in_any_order(patched(caller, group, before, body))

    check()


def test_operations_that_name_members_never_go_through_the_group(
    database: Database, clock: FakeClock
) -> None:
    caller = caller_of(open_directory(database, clock), new_tenant(database))
    ids = [new_user(caller, f"u{number}")["id"] for number in range(21)]
    group = new_group(caller, "crew", *ids)
    limit = PROVIDER.limits.patch_operations
    path = f'members[value eq "{ids[0]}"].display'
    by_name = [{"op": "replace", "path": path, "value": str(each)} for each in range(limit)]
    by_type = [{**each, "path": 'members[type eq "User"].display'} for each in by_name]

    with pytest.raises(PayloadTooLargeException, match="all 21 members of the group"):
        caller.patch(GROUP, group["id"], *by_type)
    renamed = caller.patch(GROUP, group["id"], *by_name)

    shown = [each.get("display") for each in renamed["members"]]
    assert [str(limit - 1), *[None] * 20] == shown
