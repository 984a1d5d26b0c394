"""What common operations of a PATCH come to, judged by scim2-models."""

from typing import Any

import pytest
from hypothesis import given, settings
from scim2_models import SCIMException

from scim import Limits
from scim.changes import membership
from scim.changes.edits import read_edits
from scim.changes.reading import Modification, read_creation, read_patch
from scim.changes.validation import Uncertain
from scim.document import freeze, thaw
from scim.provider import GROUP, USER, Kind
from scim.storage.resources import Record
from scim.tolerance import PROFILES, Reader, carry_out
from tests.added_schemas import BADGE, BADGED_USER, DEVICE
from tests.scim.bodies import bodies
from tests.scim.patches import SCHEMA, patches
from tests.scim.test_validation import (
    SETTINGS,
    each_kind,
    each_profile,
    each_share_of_faults,
    outcome,
    record_of,
)

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.sized
@each_kind
@each_profile
@each_share_of_faults
def test_a_patch_leaves_what_scim2_models_makes_of_it(
    kind: Kind, profile: str, faults: int
) -> None:
    """Or it is left to scim2-models; never is anything carried out that it refuses."""

    @settings(SETTINGS)
    @given(bodies(kind, 0), patches(kind, faults))
    def check(stored: dict[str, Any], sent: dict[str, Any]) -> None:
        reader = Reader(PROFILES[profile])
        try:
            record = record_of(kind, read_creation(kind, stored, reader).content.doc)
            change = read_patch(kind, sent, reader, Limits())
        except SCIMException:
            return
        try:
            edited = outcome(lambda: edits_of(change, kind, record))
        except Uncertain:
            return

        assert outcome(lambda: judged(change, kind, record, reader)) == edited

    check()


def edits_of(change: Modification, kind: Kind, record: Record) -> object:
    """Return the content and the changes of rows that a PATCH comes to."""
    if change.edits is None:
        raise Uncertain
    content = change.edits.of(kind, record)
    return content or frozen(kind, record), change.edits.rows


def judged(change: Modification, kind: Kind, record: Record, reader: Reader) -> object:
    """Return the same of a PATCH that scim2-models carries out."""
    patch = change.message()
    if not kind.has_members:
        resource = thaw(kind, record)
        carry_out(reader, patch, resource)
        return freeze(kind, resource), ()
    plan = membership.plan(patch, reader.profile.policy)
    group = thaw(kind, record)
    carry_out(reader, patch.model_copy(update={"operations": list(plan.rest)}), group)
    return freeze(kind, group), plan.steps


def frozen(kind: Kind, record: Record) -> object:
    """Return the content of a resource as it is stored."""
    return freeze(kind, thaw(kind, record))


def operation(path: str | None, value: Any, op: str = "replace") -> dict[str, Any]:
    return {"op": op, "value": value} | ({"path": path} if path else {})


COMMON: list[tuple[Kind, dict[str, Any]]] = [
    (USER, operation("active", value=False)),
    (USER, operation("active", "False", "Replace")),
    (USER, operation(None, {"active": False})),
    (USER, operation("name.givenName", "Ada")),
    (USER, operation("NAME.givenname", "Ada", "Add")),
    (USER, operation("name", {"givenName": "Ada"})),
    (USER, operation(f"{ENTERPRISE}:department", "Works")),
    (USER, operation(f"{ENTERPRISE}:manager", "26118915", "Add")),
    (USER, operation(None, {ENTERPRISE: {"manager": {"value": "1"}}, "title": "Countess"})),
    (USER, operation(None, {"name.familyName": "Lovelace", "userName": "ada"}, "Add")),
    (USER, operation('emails[type eq "work"].value', "ada@example.com")),
    (USER, operation("emails", [{"value": "a", "type": "work", "primary": True}])),
    (USER, {"op": "Remove", "path": f"{ENTERPRISE}:manager"}),
    (USER, {"op": "remove", "path": "title"}),
    (USER, operation("name.middleName", None)),
    (BADGED_USER, operation(f"{BADGE}:level", 7)),
    (DEVICE, operation("weight", 2)),
    (GROUP, operation("displayName", "crew")),
    (GROUP, operation(None, {"id": "1", "schemas": [], "displayName": "crew"}) | {"path": None}),
    (GROUP, operation("members", [{"value": "1", "display": "Ada"}], "add")),
    (GROUP, operation("members", [{"value": "1"}])),
    (GROUP, operation("members", [{"value": "1"}], "Remove")),
    (GROUP, {"op": "remove", "path": 'members[value eq "1"]'}),
    (GROUP, {"op": "remove", "path": "members"}),
]


@pytest.mark.parametrize(("kind", "common"), COMMON, ids=lambda each: str(each)[:80])
def test_what_providers_send_comes_to_edits(kind: Kind, common: dict[str, Any]) -> None:
    schema = str(kind.model.__schema__)
    stored = {
        "schemas": [schema],
        str(kind.unique): "a",
        **(
            {"emails": [{"type": "work"}], "name": {"middleName": "K"}}
            if kind in (USER, BADGED_USER)
            else {}
        ),
    }
    reader = Reader(PROFILES["tolerant"])
    record = record_of(kind, read_creation(kind, stored, reader).content.doc)
    change = read_patch(kind, {"schemas": [SCHEMA], "Operations": [common]}, reader, Limits())

    assert edits_of(change, kind, record) == judged(change, kind, record, reader)


UNCERTAIN: list[object] = [
    {},
    {"schemas": [SCHEMA], "Operations": []},
    {"schemas": [SCHEMA], "Operations": {}},
    {"schemas": [], "Operations": [operation("active", value=True)]},
    {"schemas": [SCHEMA], "Operations": [operation("active", value=True)], "id": "1"},
    [None],
    [{"op": "replace", "path": "active", "value": True, "name": "x"}],
    [operation("active", value=True, op="move")],
    [operation(None, [])],
    [operation("active", [True])],
    [operation("active", value=True) | {"path": 1}],
    [{"op": "remove"}],
    [{"op": "remove", "path": "title", "value": "x"}],
    [{"op": "remove", "path": "userName"}],
    [operation("x" * 251, "x")],
    [operation("title[", "x")],
    [operation("id", "x")],
    [operation("nope", "x")],
    [operation('title[value eq "x"]', "x")],
    [operation('emails[nope eq "x"]', {})],
    [operation('emails[type co "x"]', {})],
    [operation('emails[type eq "x"].primary', value=True)],
    [operation("emails", [])],
    [operation("emails", [{}])],
    [operation("emails", [{"value": "x"}], "add")],
    [operation("schemas", [])],
]


@pytest.mark.parametrize("sent", UNCERTAIN, ids=lambda each: str(each)[-80:])
def test_what_is_not_common_is_left_to_scim2_models(sent: object) -> None:
    body = sent if isinstance(sent, dict) else {"schemas": [SCHEMA], "Operations": sent}

    with pytest.raises(Uncertain):
        read_edits(USER, body, by_value=True)


@pytest.mark.parametrize(
    ("value", "by_value"),
    [
        ([{"value": "1"}], False),
        ([], True),
        ("1", True),
        ([1], True),
        ([{"value": "1", "display": "x"}], True),
        ([{"value": ""}], True),
        ([{"value": 1}], True),
    ],
)
def test_members_are_removed_by_certain_values(value: object, *, by_value: bool) -> None:
    body = {"schemas": [SCHEMA], "Operations": [operation("members", value, "remove")]}

    with pytest.raises(Uncertain):
        read_edits(GROUP, body, by_value=by_value)


def test_a_selection_of_nothing_is_left_to_scim2_models() -> None:
    """Which makes the entry in a tolerant app's request (Q21), and refuses it in others."""
    record = record_of(
        USER, '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}'
    )
    sent = {"schemas": [SCHEMA], "Operations": [operation('emails[type eq "work"].value', "x")]}
    edits = read_edits(USER, sent, by_value=True)

    with pytest.raises(Uncertain):
        edits.of(USER, record)
