"""Notices: warnings that were given, each once, whoever notices it first.

The database makes a warning one: a notice has a unique key of the token, what kind of warning it
is, what it is about, and its stage. What it is about moves when the token is used, an end for
example, and then the stages begin anew.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scim.instant import to_text
from scim.storage import Row, Session

_ID_BYTES = 12


class Kind(StrEnum):
    """What a warning warns of."""

    IDLE_END = "idle-end"
    """The token ends soon because it is not used."""

    ABSOLUTE_END = "absolute-end"
    """The token reaches its greatest age soon."""

    ROTATION_END = "rotation-end"
    """The token ends soon because it was rotated, and no successor has taken over."""

    NEVER_USED = "never-used"
    """The token was issued a while ago and never used."""

    SILENT = "silent"
    """The token was used on most days and is not any more."""

    NEW_NETWORK = "new-network"
    """The token was used from a network that its app had never used before."""


@dataclass(frozen=True, slots=True)
class Warned:
    """What identifies a warning: there is one notice of it at most."""

    jti: str
    kind: Kind
    about: str
    """The end it warns of, the day the token was issued or last used, or the network."""

    stage: int = 0
    """How many days before an end it is due; 0 where there are no stages."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning that was given."""

    id: str
    warned: Warned
    made_at: str


def new_network(jti: str, network: str) -> Warned:
    """Return the warning of a first use from a network, such as ``192.0.2.0/24``."""
    return Warned(jti, Kind.NEW_NETWORK, network)


def add(session: Session, warned: Warned, now: datetime) -> bool:
    """Give a warning within the caller's transaction, and return whether it is the first time.

    The caller writes the audit line of what it noticed; sending is a matter for later.
    """
    return (
        session.run(
            "INSERT INTO notice (id, jti, kind, about, stage, made_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (
                f"notice_{secrets.token_hex(_ID_BYTES)}",
                warned.jti,
                warned.kind,
                warned.about,
                warned.stage,
                to_text(now),
            ),
        )
        == 1
    )


def notice_of(row: Row) -> Notice:
    """Return the notice a row of the table ``notice`` holds."""
    return Notice(
        row["id"],
        Warned(row["jti"], Kind(row["kind"]), row["about"], int(row["stage"])),
        row["made_at"],
    )
