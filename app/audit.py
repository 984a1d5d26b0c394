"""The audit log: who did what to which object, and when.

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
    session.run(
        "INSERT INTO audit (at, tenant_id, actor, address, action, object_type, object_id, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            now,
            event.tenant_id,
            actor.name,
            actor.address,
            event.action,
            event.object_type,
            event.object_id,
            json.dumps(detail or {}),
        ),
    )
