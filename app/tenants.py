"""Tenants: the directories of users and groups this instance keeps (RFC 7644 §6).

Errors::

    TenantError
    ├── InvalidTenant  a name cannot be accepted; the sentence says why
    ├── NameTaken      a tenant of this name exists
    └── UnknownTenant  there is no tenant with this id
"""

import uuid
from dataclasses import dataclass

from app.audit import CLI, Actor, Event, record
from app.wording import find_fault
from scim.instant import Clock, to_text
from scim.storage import Conflict, Database, Row, Session

DEFAULT = "default"
"""The name of the tenant that is used where none is named."""

LONGEST_NAME = 100


class TenantError(Exception):
    """What is wrong with a tenant; raised as one of its subclasses."""


class InvalidTenant(TenantError):  # noqa: N818 - the field says invalid, not invalid error
    """A name cannot be accepted; the message is a sentence."""


class NameTaken(TenantError):  # noqa: N818 - likewise
    """A tenant of this name exists."""


class UnknownTenant(TenantError):  # noqa: N818 - likewise
    """There is no tenant with this id."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One directory of users and groups."""

    id: str
    name: str
    created_at: str


class Tenants:
    """The tenants of this instance."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(self, name: str, actor: Actor) -> Tenant:
        """Make a tenant.

        :raises InvalidTenant: the name cannot be accepted
        :raises NameTaken: a tenant of this name exists
        """
        checked = _checked(name)
        with self._database.write() as session:
            return add_tenant(session, checked, actor, to_text(self._clock()))

    def all(self) -> list[Tenant]:
        """Return every tenant, oldest first."""
        with self._database.read() as session:
            rows = session.all("SELECT * FROM tenant ORDER BY created_at, name")
        return [_tenant_of(row) for row in rows]

    def get(self, tenant_id: str) -> Tenant:
        """Return the tenant with this id.

        :raises UnknownTenant: there is none
        """
        with self._database.read() as session:
            row = session.one("SELECT * FROM tenant WHERE id = ?", (tenant_id,))
        if row is None:
            raise UnknownTenant(f"There is no tenant {tenant_id}.")
        return _tenant_of(row)

    def default(self) -> Tenant:
        """Return the tenant named ``default``, which is made where it is missing."""
        found = self._find_by_name(DEFAULT)
        if found:
            return found
        try:
            return self.create(DEFAULT, CLI)
        except NameTaken:  # by another process, since we looked
            return self.default()

    def _find_by_name(self, name: str) -> Tenant | None:
        with self._database.read() as session:
            row = session.one("SELECT * FROM tenant WHERE name = ?", (name,))
        return _tenant_of(row) if row else None


def add_tenant(session: Session, name: str, actor: Actor, now: str) -> Tenant:
    """Add a tenant whose name was checked.

    :raises NameTaken: a tenant of this name exists
    """
    tenant = Tenant(str(uuid.uuid4()), name, now)
    try:
        session.run(
            "INSERT INTO tenant (id, name, created_at) VALUES (?, ?, ?)",
            (tenant.id, tenant.name, tenant.created_at),
        )
    except Conflict as error:
        raise NameTaken(f"A tenant named {name} exists.") from error
    event = Event("tenant.create", "tenant", tenant.id, tenant.id)
    record(session, actor, event, now, {"name": name})
    return tenant


def add_own_tenant(session: Session, name: str, mark: str, actor: Actor, now: str) -> Tenant:
    """Add a tenant of a name that was checked, or of one with a mark where another has the name.

    :param mark: a short text that no other tenant is marked with
    """
    marked = f"{name[: LONGEST_NAME - len(mark) - 1]} {mark}"
    if name == DEFAULT:  # it would be taken for the one that is used where none is named
        return add_tenant(session, marked, actor, now)
    try:
        with session.savepoint():
            return add_tenant(session, name, actor, now)
    except NameTaken:
        return add_tenant(session, marked, actor, now)


def _tenant_of(row: Row) -> Tenant:
    return Tenant(row["id"], row["name"], row["created_at"])


def _checked(name: str) -> str:
    name = name.strip()
    if not name:
        raise InvalidTenant("A tenant needs a name.")
    fault = find_fault("The name", name, LONGEST_NAME)
    if fault:
        raise InvalidTenant(fault)
    return name
