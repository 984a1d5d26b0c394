"""Writing the audit log: who did what to which object, and when.

A line is written in the transaction of the change it tells of, so neither exists without the other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from scim.storage import Session


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an admin, a service account, the operator at the command line, or the program."""

    name: str
    """``admin:<id>``, ``service-account:<id>``, ``app:<id>`` at the OAuth endpoints, ``cli``,
    ``leak-report`` or ``system``.
    """

    address: str | None = None
    """The network address the request came from, if it came over the network."""

    request_id: str | None = None
    """The id that the answer to the request carries, if there is one."""


CLI = Actor("cli")

SYSTEM = Actor("system")
"""The program itself, where something was due."""


@dataclass(frozen=True, slots=True)
class Event:
    """What was done to one object."""

    action: str
    """Object and verb, such as ``token.issue`` or ``user.create``."""

    object_type: str
    object_id: str
    tenant_id: str | None = None
    """The tenant the object belongs to, or None for what belongs to the whole instance."""

    app_id: str | None = None
    """The app that did it, where neither the object nor the detail ``app`` is one."""


def record(
    session: Session,
    actor: Actor,
    event: Event,
    now: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add a line to the audit log.

    :param now: the moment, as stored
    :param detail: what else to keep as JSON; never a secret, never a person's data
    """
    kept = detail or {}
    session.run(
        "INSERT INTO audit (at, tenant_id, app_id, actor, address, request_id, action, object_type,"
        " object_id, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            now,
            event.tenant_id,
            event.app_id or _app_of(event, kept),
            actor.name,
            actor.address,
            actor.request_id,
            event.action,
            event.object_type,
            event.object_id,
            json.dumps(kept),
        ),
    )


def _app_of(event: Event, detail: Mapping[str, object]) -> object:
    """Return the id of the app that a line is about, or None where it is about none."""
    return event.object_id if event.object_type == "app" else detail.get("app")
