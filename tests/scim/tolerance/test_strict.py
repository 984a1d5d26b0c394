"""What a strict app is answered for each quirk, and that a tolerant one is forgiven and noted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scim2_models import SCIMException

from scim import open_database
from scim.preconditions import Preconditions
from scim.provider import GROUP, USER, Kind
from scim.rendering import View
from scim.tolerance import QUIRKS
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    Caller,
    caller_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)
from tests.scim.tolerance.readings import CORE, ENTERPRISE, OLD_ENTERPRISE, PATCH


@dataclass(frozen=True, slots=True)
class Scene:
    """A directory with a user in a group, and one app of each profile."""

    callers: dict[str, Caller]
    user: str
    group: str

    def answer(self, profile: str, act: "Act") -> str:
        """Return ``done``, or the status and ``scimType`` that an act is refused with."""
        try:
            act(self.callers[profile], self)
        except SCIMException as error:
            return f"{error.status} {error.scim_type}"
        return "done"


Act = Callable[[Caller, Scene], object]


@pytest.fixture
def scene(tmp_path: Path, clock: FakeClock) -> Iterator[Scene]:
    database = open_database(tmp_path / "directory.db")
    directory = open_directory(database, clock)
    tenant_id = new_tenant(database)
    callers = {name: caller_of(directory, tenant_id, name) for name in ("strict", "tolerant")}
    email = {"type": "work", "value": "mira@acme.example"}
    mira = new_user(callers["strict"], "mira", emails=[email], nickName="Bab")["id"]
    yield Scene(callers, mira, new_group(callers["strict"], "Berlin", mira)["id"])
    database.close()


def create(**attributes: Any) -> Act:
    body = {"schemas": [CORE], "userName": "ada", **attributes}
    return lambda caller, _: caller.create(USER, body)


def patch(path: str, value: Any, op: str = "replace") -> Act:
    return operate({"op": op, "path": path, "value": value})


def operate(operation: dict[str, Any]) -> Act:
    return lambda caller, scene: caller.patch(USER, scene.user, operation)


def search(text: str) -> Act:
    return lambda caller, _: caller.search(USER, filter=text)


def send(body: dict[str, Any], kind: Kind = USER) -> Act:
    def act(caller: Caller, scene: Scene) -> None:
        id_ = scene.user if kind is USER else scene.group
        demands = Preconditions(None)
        caller.directory.patch(kind, id_, body, demands, caller.client, View(BASE_URL))

    return act


RENAME = {"op": "replace", "path": "title", "value": "T"}

ACTS: list[tuple[str, str, Act]] = [
    ("boolean-as-text", "invalidValue", create(active="True")),
    ("boolean-as-text", "invalidValue", create(roles=[{"value": "x", "primary": "True"}])),
    ("boolean-as-text", "invalidValue", patch("active", "False")),
    ("boolean-as-text", "invalidValue", patch("active", 0)),
    ("boolean-as-text", "invalidValue", operate({"op": "add", "value": {"active": "no"}})),
    ("empty-value", "invalidValue", create(active="")),
    ("empty-value", "invalidValue", patch(f"{ENTERPRISE}:manager", "")),
    ("empty-entries", "invalidValue", create(emails=[None])),
    ("list-for-a-single-value", "invalidValue", patch("active", [False])),
    ("object-for-a-simple-value", "invalidValue", patch("nickName", {"value": "Bab"}, "Add")),
    ("single-value-for-a-list", "invalidValue", create(emails={"value": "a"})),
    ("single-value-for-a-list", "invalidValue", patch("emails", "a")),
    ("list-as-json-text", "invalidValue", patch("roles", '[{"value": "a"}]')),
    ("text-for-an-entry", "invalidValue", create(emails=["a"])),
    ("text-for-an-entry", "invalidValue", patch("emails", ["a"], "Add")),
    ("text-for-a-reference", "invalidValue", patch(f"{ENTERPRISE}:manager", "m")),
    ("display-name-for-display", "invalidSyntax", create(roles=[{"displayName": "A"}])),
    ("unknown-attribute", "invalidSyntax", create(department="Ops")),
    ("unknown-attribute", "invalidValue", operate({"op": "add", "value": {"shoeSize": 44}})),
    ("missing-schemas", "invalidValue", create(schemas=[])),
    ("missing-schemas", "invalidValue", lambda caller, _: caller.create(USER, {"userName": "x"})),
    ("outdated-schema", "invalidSyntax", create(schemas=["urn:scim:schemas:core:1.0"])),
    ("foreign-schema", "invalidSyntax", create(schemas=[CORE, "http://acme.example/user"])),
    ("unlisted-extension", "invalidValue", create(**{ENTERPRISE: {"division": "D"}})),
    ("outdated-extension", "invalidSyntax", create(**{OLD_ENTERPRISE: {"division": "D"}})),
    (
        "outdated-extension",
        "invalidValue",
        operate({"op": "add", "value": {OLD_ENTERPRISE: {"division": "D"}}}),
    ),
    ("attributes-under-their-schema", "invalidSyntax", create(**{CORE: {"nickName": "Bab"}})),
    (
        "attributes-under-their-schema",
        "invalidSyntax",
        operate({"op": "add", "value": {CORE: {"nickName": "Bab"}}}),
    ),
    ("foreign-member-of-an-operation", "invalidSyntax", operate(RENAME | {"name": "x"})),
    (
        "keys-that-are-paths",
        "invalidValue",
        operate({"op": "add", "value": {"name.givenName": "M"}}),
    ),
    (
        "keys-that-are-paths",
        "invalidValue",
        operate({"op": "add", "value": {f"{ENTERPRISE}:division": "D"}}),
    ),
    ("read-only-attribute", "mutability", operate({"op": "replace", "value": {"id": "5"}})),
    ("unknown-target", "invalidPath", patch("shoeSize", 44)),
    (
        "values-named-in-a-removal",
        "invalidValue",
        send(
            {
                "schemas": [PATCH],
                "Operations": [{"op": "Remove", "path": "members", "value": [{"value": "u"}]}],
            },
            GROUP,
        ),
    ),
    ("stale-value-in-a-removal", "invalidValue", patch("nickName", "Bab", "Remove")),
    ("nothing-to-add", "invalidValue", patch("nickName", None, "add")),
    ("nothing-for-a-selection", "noTarget", patch('emails[type eq "home"].value', None)),
    ("element-from-a-filter", "noTarget", patch('emails[type eq "home"].value', "a", "Add")),
    ("element-from-a-filter", "noTarget", patch('phoneNumbers[type eq "work"].value', "1")),
    ("extension-attribute-without-urn", "invalidPath", patch("manager", {"value": "m"})),
    ("extension-attribute-without-urn", "invalidFilter", search('department eq "Ops"')),
    ("dot-after-a-urn", "invalidPath", patch(f"{ENTERPRISE}.division", "D")),
    ("dot-after-a-urn", "invalidFilter", search(f'{ENTERPRISE}.division eq "D"')),
    ("outdated-urn", "invalidPath", patch(f"{OLD_ENTERPRISE}:division", "D")),
    ("outdated-urn", "invalidFilter", search(f'{OLD_ENTERPRISE}:division eq "D"')),
    ("boolean-compared-with-text", "invalidFilter", search('active eq "True"')),
    ("boolean-compared-with-text", "invalidFilter", search('roles[primary eq "True"]')),
    ("boolean-compared-with-text", "invalidFilter", patch('roles[primary eq "True"].value', "x")),
    ("bare-value", "invalidFilter", search("externalId eq jyoung")),
    ("bare-value", "invalidPath", patch("emails[type eq work].value", "x")),
    ("number-for-text", "invalidFilter", search("externalId eq 701984")),
    (
        "sub-attribute-after-brackets",
        "invalidFilter",
        search('emails[type eq "work"].value eq "x"'),
    ),
    ("singular-attribute", "invalidFilter", search('email co "x"')),
    ("message-without-schemas", "invalidValue", send({"Operations": [RENAME]})),
    ("foreign-message-schema", "invalidSyntax", send({"schemas": [CORE], "Operations": [RENAME]})),
    (
        "foreign-member-of-the-message",
        "invalidSyntax",
        send({"schemas": [PATCH], "id": "5", "Operations": [RENAME]}),
    ),
    ("reference-to-nobody", "done", patch(f"{ENTERPRISE}:manager", {"value": ""})),
    ("reference-compared-with-text", "done", search(f'{ENTERPRISE}:manager eq "m"')),
]

OF_ADDED_SCHEMAS = {"number-as-text"}
"""Users and groups have no numbers; ``test_added_values.py`` sends them."""

OF_THE_WEB = {
    "parameter-in-another-case",
    "selection-in-attributes",
    "endpoint-in-another-case",
    "search-without-schemas",
}
"""These stand in a URL, or in the body of a search; ``test_noticed.py`` sends them."""


@pytest.mark.parametrize(("quirk", "scim_type", "act"), ACTS)
def test_a_strict_app_is_refused(scene: Scene, quirk: str, scim_type: str, act: Act) -> None:
    refused = scim_type if scim_type == "done" else f"400 {scim_type}"

    assert refused == scene.answer("strict", act)
    assert scim_type == "done" or scim_type in QUIRKS[quirk].strict
    assert {} == scene.callers["strict"].client.quirks.noticed


@pytest.mark.parametrize(("quirk", "scim_type", "act"), ACTS)
def test_a_tolerant_app_is_forgiven(scene: Scene, quirk: str, scim_type: str, act: Act) -> None:
    del scim_type

    assert "done" == scene.answer("tolerant", act)
    assert quirk in scene.callers["tolerant"].client.quirks.noticed


def test_every_quirk_is_sent_by_both() -> None:
    assert set(QUIRKS) == {quirk for quirk, _, _ in ACTS} | OF_ADDED_SCHEMAS | OF_THE_WEB
