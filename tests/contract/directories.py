"""A directory on a database with its tables made, and callers who use it as a client would."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scim import PROVIDER, Client, Cursors, Database, Directory, Limits, Provider
from scim.choices import Choices, read_options
from scim.instant import Clock
from scim.migrations import MIGRATIONS
from scim.permission import EVERYTHING
from scim.preconditions import Preconditions
from scim.projection import read_projection
from scim.provider import GROUP, KINDS, USER, Kind
from scim.query.search import Query
from scim.rendering import View
from scim.storage import Session
from scim.storage.resources import Record
from scim.tolerance import PROFILES
from scim.unit import Recorder

BASE_URL = "https://idp.example/scim/v2"

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
"""The id of nothing."""


@dataclass(frozen=True, slots=True)
class Note:
    """One entry a directory recorded."""

    tenant_id: str
    action: str
    resource_id: str


@dataclass
class Journal:
    """A recorder that remembers what it was told."""

    notes: list[Note] = field(default_factory=list)

    def __call__(
        self, session: Session, client: Client, action: str, record: Record, now: str, /
    ) -> None:
        """Remember that a client did something to a resource."""
        del session, now
        self.notes.append(Note(client.tenant_id, action, record.id))


@dataclass(frozen=True, slots=True)
class Caller:
    """A client of one tenant; what it gets is JSON, parsed."""

    directory: Directory
    client: Client

    def create(self, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
        """Add a resource."""
        return _parsed(b"".join(self.directory.create(kind, body, self.client, _VIEW).parts))

    def get(self, kind: Kind, id_: str) -> dict[str, Any]:
        """Return a resource."""
        return _parsed(b"".join(self.directory.get(kind, id_, self.client, _VIEW).parts))

    def search(self, *kinds: Kind, **query: Any) -> dict[str, Any]:
        """Return the ListResponse that answers a query, given as fields of :class:`Query`."""
        return _parsed(self.directory.search(kinds, Query(**query), self.client, _VIEW))

    def ids(self, *kinds: Kind, **query: Any) -> list[str]:
        """Return the ids that a query finds, in order."""
        found = self.directory.search(kinds, Query(**query), self.client, _ONLY_IDS)
        return [each["id"] for each in _parsed(found)["Resources"]]

    def replace(
        self, kind: Kind, id_: str, body: dict[str, Any], if_match: str | None = None
    ) -> dict[str, Any]:
        """Replace a resource."""
        demands = Preconditions(if_match)
        return _parsed(
            b"".join(self.directory.replace(kind, id_, body, demands, self.client, _VIEW).parts)
        )

    def patch(
        self, kind: Kind, id_: str, *operations: dict[str, Any], if_match: str | None = None
    ) -> dict[str, Any]:
        """Carry out operations on a resource."""
        body = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": list(operations),
        }
        demands = Preconditions(if_match)
        return _parsed(
            b"".join(self.directory.patch(kind, id_, body, demands, self.client, _VIEW).parts)
        )

    def delete(self, kind: Kind, id_: str, if_match: str | None = None) -> None:
        """Remove a resource."""
        self.directory.delete(kind, id_, Preconditions(if_match), self.client)

    def bulk(self, *operations: Any, **fields: Any) -> list[dict[str, Any]]:
        """Return what became of the operations of a Bulk request."""
        body = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": list(operations),
        }
        response = _parsed(self.directory.bulk(body | fields, self.client, BASE_URL))
        assert ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"] == response["schemas"]
        outcomes: list[dict[str, Any]] = response["Operations"]
        return outcomes


def open_directory(
    database: Database,
    clock: Clock,
    recorder: Recorder | None = None,
    provider: Provider = PROVIDER,
) -> Directory:
    """Return a directory on an empty database, with its tables made."""
    database.migrate(MIGRATIONS)
    return Directory(database, clock, recorder or Journal(), provider, new_cursors(clock))


def new_cursors(clock: Clock) -> Cursors:
    """Return what seals and opens cursors, the same wherever it is made."""
    return Cursors(b"\x07" * 32, clock, Limits().cursor_timeout)


def new_tenant(database: Database, name: str = "default") -> str:
    """Add a tenant and return its id."""
    tenant_id = str(uuid.uuid4())
    with database.write() as session:
        session.run(
            "INSERT INTO tenant (id, name, created_at) VALUES (?, ?, ?)",
            (tenant_id, name, "2026-11-24T12:00:00.000000Z"),
        )
    return tenant_id


def caller_of(
    directory: Directory, tenant_id: str, profile: str = "strict", **settings: str
) -> Caller:
    """Return a client of a tenant, whose requests are read and answered as its settings say."""
    options: dict[str, Any] = read_options({"profile": profile, **_as_keys(settings)})
    client = Client(
        tenant_id=tenant_id,
        app_id="app",
        service_account_id="account",
        token_id="token",
        permission=EVERYTHING,
        choices=Choices(**options),
    )
    return Caller(directory, client)


def body_of(kind: Kind, **attributes: Any) -> dict[str, Any]:
    """Return a body that a strict client sends to make a resource; its URNs say the schemas."""
    extensions = [name for name in attributes if name.startswith("urn:")]
    return {"schemas": [str(kind.model.__schema__), *extensions], **attributes}


def new_user(caller: Caller, user_name: str = "ada", **attributes: Any) -> dict[str, Any]:
    """Make a user."""
    return caller.create(USER, body_of(USER, userName=user_name, **attributes))


def new_group(caller: Caller, name: str = "crew", *members: str) -> dict[str, Any]:
    """Make a group of members given by their ids."""
    entries = [{"value": each} for each in members]
    return caller.create(GROUP, body_of(GROUP, displayName=name, members=entries))


def new_resource(caller: Caller, kind: Kind, name: str = "ada") -> dict[str, Any]:
    """Make a resource with nothing but its unique name."""
    return caller.create(kind, body_of(kind, **{kind.unique: name}))


def members_of(group: dict[str, Any]) -> list[str]:
    """Return the ids of the members of a group."""
    return [each["value"] for each in group["members"]]


def add_members(*ids: str) -> dict[str, Any]:
    """Return the operation that adds members given by their ids."""
    return {"op": "add", "path": "members", "value": [{"value": each} for each in ids]}


def every_act(
    caller: Caller, kind: Kind, id_: str, body: dict[str, Any], change: dict[str, Any]
) -> list[Callable[[], object]]:
    """Return everything that can be done to one resource."""
    return [
        lambda: caller.get(kind, id_),
        lambda: caller.replace(kind, id_, body),
        lambda: caller.patch(kind, id_, change),
        lambda: caller.delete(kind, id_),
    ]


def version_of(resource: dict[str, Any]) -> int:
    """Return the number in the version of a resource."""
    return int(resource["meta"]["version"].removeprefix('W/"').removesuffix('"'))


def as_models(resources: list[dict[str, Any]]) -> list[Any]:
    """Return resources as scim2-models reads them; an empty list is none (RFC 7643 §2.5)."""
    return [
        KINDS[each["meta"]["resourceType"]].model.model_validate(
            {name: value for name, value in each.items() if value != []}
        )
        for each in resources
    ]


def _as_keys(settings: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in settings.items()}


_VIEW = View(BASE_URL)
_ONLY_IDS = View(BASE_URL, read_projection({"attributes": "id"}, PROFILES["strict"]))


def _parsed(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed
