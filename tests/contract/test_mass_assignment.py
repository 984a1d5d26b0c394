"""What a client may send and not set: what is read-only, what is no attribute, a password."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from scim2_models import Mutability, SCIMException

from scim import Database, Directory
from scim.provider import GROUP, USER, Kind
from scim.schema.attributes import binding_of, bindings_of, names_of
from tests.contract.bulk_operations import patch, post, put
from tests.contract.directories import (
    Caller,
    body_of,
    caller_of,
    new_group,
    new_tenant,
    new_user,
    version_of,
)
from tests.contract.people import ENTERPRISE

FORGED = "forged"

OF_EVERY_RESOURCE = (
    "id",
    "meta.resourceType",
    "meta.created",
    "meta.lastModified",
    "meta.location",
    "meta.version",
)

OF_NO_SCHEMA = ("tenant", "tenant_id", "tenantId", "role", "version", "seq", "unique_key", "folded")


@pytest.fixture(params=["strict", "tolerant"])
def caller(directory: Directory, database: Database, request: pytest.FixtureRequest) -> Caller:
    """A client of each profile in turn."""
    return caller_of(directory, new_tenant(database), request.param)


def read_only(kind: Kind) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the path of every read-only attribute of a kind, and the keys that lead to it."""
    for path in OF_EVERY_RESOURCE:
        yield path, tuple(path.split("."))
    for binding in bindings_of(kind.model):
        if binding.get_annotation(Mutability) is Mutability.read_only:
            urn = str(kind.model.__schema__)
            yield binding.urn.removeprefix(f"{urn}:"), names_of(binding, urn)


def forged(kind: Kind, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the part of a document in which an attribute has a value of the client's."""
    value: Any = FORGED
    for depth in range(len(names), 0, -1):
        name = names[depth - 1]
        value = {name: [value] if depth == 1 and is_list(kind, name) and len(names) > 1 else value}
    assert isinstance(value, dict)
    return value


def is_list(kind: Kind, name: str) -> bool:
    return (
        not name.startswith("urn:")
        and name != "meta"
        and binding_of(kind.model, name).is_multivalued
    )


def set_by_each_act(caller: Caller, kind: Kind, id_: str, path: str, part: dict[str, Any]) -> str:
    """Send a part of a document in every way there is, and return what was answered."""
    unique = str(kind.unique)
    extra = {name: value for name, value in part.items() if name.startswith("urn:")}
    body = body_of(kind, **extra) | part
    changes = (
        {"op": "add", "value": part},
        {"op": "replace", "value": part},
        {"op": "replace", "path": path, "value": FORGED},
        {"op": "add", "path": path, "value": FORGED},
        {"op": "replace", "value": {path: FORGED}},
    )
    acts = (
        lambda: caller.create(kind, body | {unique: f"made with {path}"}),
        lambda: caller.replace(kind, id_, body | {unique: "kept"}),
        *(lambda change=change: caller.patch(kind, id_, change) for change in changes),  # type: ignore[misc]
        lambda: caller.bulk(
            post(kind, "new", **part, **{unique: f"made in bulk with {path}"}),
            put(kind, id_, **part, **{unique: "kept"}),
            *(patch(kind, id_, change) for change in changes),
        ),
    )
    answers: list[object] = []
    for act in acts:
        with suppress(SCIMException):
            answers.append(act())
    return json.dumps([each for each in answers if "detail" not in json.dumps(each)])


def stored(database: Database) -> str:
    folded = database.words.json_text.format("folded")
    with database.read() as session:
        rows = session.tuples(f"SELECT doc, {folded} FROM resource")  # noqa: S608 - a word of the engine
        values = session.tuples("SELECT value FROM lookup")
        keys = session.tuples("SELECT id, type, version, created_at, unique_key FROM resource")
    return repr((rows, values, keys))


@pytest.mark.parametrize("kind", [USER, GROUP], ids=["User", "Group"])
def test_nothing_that_is_read_only_is_ever_set(
    caller: Caller, database: Database, kind: Kind
) -> None:
    user = new_user(caller, "kept", **{ENTERPRISE: {"manager": {"value": "1"}}})
    kept = user if kind is USER else new_group(caller, "kept", user["id"])
    paths = list(read_only(kind))
    assert len(paths) > len(OF_EVERY_RESOURCE) or kind is GROUP

    for path, names in paths:
        answered = set_by_each_act(caller, kind, kept["id"], path, forged(kind, names))
        assert FORGED not in answered, path
        assert FORGED not in stored(database), path

    assert caller.search(kind)["totalResults"] > len(paths)  # which were ignored, not all refused
    now = caller.get(kind, kept["id"])
    assert (kept["id"], kept["meta"]["created"]) == (now["id"], now["meta"]["created"])


@pytest.mark.parametrize("kind", [USER, GROUP], ids=["User", "Group"])
def test_what_the_server_keeps_beside_a_resource_is_no_attribute(
    caller: Caller, database: Database, kind: Kind
) -> None:
    """The tolerant profile passes it over, the strict one refuses it."""
    kept = new_user(caller, "kept") if kind is USER else new_group(caller, "kept")

    for name in OF_NO_SCHEMA:
        set_by_each_act(caller, kind, kept["id"], name, {name: FORGED})
        assert FORGED not in stored(database), name

    with database.read() as session:
        tenants = session.tuples("SELECT DISTINCT tenant_id FROM resource")
    assert [(caller.client.tenant_id,)] == [tuple(row) for row in tenants]


def test_a_password_is_taken_and_kept_nowhere(caller: Caller, database: Database) -> None:
    """Nobody signs in here with one: it is never stored, shown, sorted by or looked for."""
    user = new_user(caller, "kept")

    answered = set_by_each_act(caller, USER, user["id"], "password", {"password": FORGED})

    assert version_of(user) == version_of(caller.get(USER, user["id"]))
    assert caller.search(USER)["totalResults"] == 3
    assert FORGED not in answered + json.dumps(caller.search(USER)) + stored(database)
    with pytest.raises(SCIMException):
        caller.search(USER, sort_by="password")
