"""What is kept of a token, and what its dates mean.

Each use moves the end of a token 90 days away, up to an absolute end it was signed with.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from scim.choices import TokenStyle
from scim.instant import from_text, to_text

IDLE_LIFETIME = timedelta(days=90)
"""How long a token lives after its last use: the validity period the product promises."""

RENEWAL_INTERVAL = timedelta(hours=1)
"""The least time between two renewals, so that reading a directory does not mean writing a row.

A renewal adds it to the idle lifetime: no use that was not written down shortens the promise.
"""

ABSOLUTE_LIFETIME = timedelta(days=3650)
"""How long a token lives however often it is used: the ``exp`` it is signed with (RFC 9068 §2.2).

RFC 9700 §2.2 wants an end, the product a token nobody has to replace: ten years.
"""

SHORT_LIFETIME = timedelta(hours=1)
"""How long a short-lived token lives, used or not: as is usual where clients fetch tokens anew."""

LENT_LIFETIME = timedelta(minutes=2)
"""How long a token lives at most that the server lends itself for a test."""

Via = Literal["console", "cli", "oauth", "test"]
"""What a token was issued through; ``test`` for one that is lent and leaves the server never."""


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class State(StrEnum):
    """Whether a token is alive at a moment, and what ended it otherwise."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Expiry(StrEnum):
    """Which of its two ends a token meets first."""

    IDLE = "idle"
    ABSOLUTE = "absolute"


class Use(NamedTuple):
    """Who used a token, as far as the network tells."""

    address: str | None = None
    agent: str | None = None
    """What the client calls itself in ``User-Agent``."""

    request_id: str | None = None
    """The id that the answer carries."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token: everything but the token."""

    jti: str
    tenant_id: str
    app_id: str
    service_account_id: str
    kid: str
    hint: str
    """The last four characters of the token, to tell it from others."""

    label: str
    scope: str
    status: str
    created_at: str
    created_by: str
    issued_via: Via
    idle_expires_at: str
    """When the token ends if it is not used."""

    absolute_expires_at: str
    """When the token ends however it is used."""

    first_used_at: str | None = None
    last_used_at: str | None = None
    last_used_ip: str | None = None
    last_used_agent: str | None = None
    renew_count: int = 0
    revoked_at: str | None = None
    revoked_by: str | None = None
    revoke_reason: str | None = None
    ip_allow: str | None = None
    """The networks it may be used from, as :mod:`app.tokens.networks` keeps them; empty for all."""

    successor_of: str | None = None
    """The token it takes the place of."""

    ends_at: str | None = None
    """When a token that has a successor ends, at the latest."""

    style: TokenStyle = TokenStyle.LONG_LIVED

    @property
    def is_lasting(self) -> bool:
        """Whether use renews the token, and it counts where an app has one at a time."""
        return self.style == TokenStyle.LONG_LIVED

    @property
    def expires_at(self) -> str:
        """When the token expires if it is not used."""
        return min(self.idle_expires_at, self.absolute_expires_at)

    @property
    def expiry(self) -> Expiry:
        """Which end comes first."""
        is_idle = self.idle_expires_at < self.absolute_expires_at
        return Expiry.IDLE if is_idle else Expiry.ABSOLUTE

    def state(self, now: datetime) -> State:
        """Return whether the token is alive at a moment, or else what ended it."""
        moment = to_text(now)
        if self.status == State.REVOKED:
            return State.REVOKED
        if self.status == State.SUPERSEDED or (self.ends_at and self.ends_at <= moment):
            return State.SUPERSEDED
        return State.EXPIRED if self.expires_at <= moment else State.ACTIVE

    @property
    def lives_until(self) -> datetime:
        """When the token ends if nothing changes; long ago where it has been ended."""
        if self.status != State.ACTIVE:
            return _LONG_AGO
        return from_text(min(self.expires_at, self.ends_at or self.expires_at))

    @property
    def is_due_from(self) -> datetime:
        """When the next use is to be written down."""
        if not self.is_lasting:
            return from_text(self.absolute_expires_at)  # nothing moves that
        last = self.last_used_at
        return from_text(last) + RENEWAL_INTERVAL if last else _LONG_AGO
