"""The row of a token: whether it is alive, and every statement that reads or changes it.

Each use moves the end of a token 90 days away, up to an absolute end it was signed with.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from app.choice_columns import COLUMNS, choices_of
from scim.choices import Choices
from scim.instant import from_text, to_text
from scim.storage import Row, Session, Words

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

LONGEST_AGENT = 200

Via = Literal["console", "cli", "oauth"]
"""What a token was issued through."""


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


@dataclass(frozen=True, slots=True)
class Use:
    """Who used a token, as far as the network tells."""

    address: str | None = None
    agent: str | None = None
    """What the client calls itself in ``User-Agent``."""


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
    ends_at: str | None = None
    """When a token that has a successor ends, at the latest."""

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

    def is_renewal_due(self, now: datetime) -> bool:
        """Whether a use at a moment is to be written down."""
        last = self.last_used_at
        return last is None or from_text(last) <= now - RENEWAL_INTERVAL


@dataclass(frozen=True, slots=True)
class Standing:
    """A token, and what its app lets it do, at the moment its row was read."""

    token: Token
    scopes: frozenset[str]
    scim_enabled: bool
    choices: Choices


_NAMES = tuple(column.name for column in fields(Token))
_COLUMNS = itemgetter(*_NAMES)
_OF_TOKEN = (*_NAMES, "token_sha256")
_OF_APP = ("scim_enabled", *COLUMNS.values())
_SELECTED = ", ".join(
    [*(f"token.{name}" for name in _OF_TOKEN), *(f"client_app.{name}" for name in _OF_APP)]
)


def token_of(row: Row) -> Token:
    """Return the token a row of the table ``token`` is about."""
    return Token(*_COLUMNS(row))


def standing_of(row: Row) -> Standing:
    """Return the standing that a row of :func:`find_with_app` is about.

    A row is read for every request; what it says is worked out once, until it says something else.
    """
    return _standing(tuple(row))


@lru_cache(maxsize=1024)  # rows in use at a time, far more than one instance has apps
def _standing(values: tuple[Any, ...]) -> Standing:
    row = dict(zip((*_OF_TOKEN, *_OF_APP), values, strict=True))
    token = token_of(row)
    return Standing(
        token, frozenset(token.scope.split()), bool(row["scim_enabled"]), choices_of(row)
    )


def insert(session: Session, token: Token, sha256: str) -> None:
    """Store a fresh token by its fingerprint."""
    session.run(
        "INSERT INTO token (jti, tenant_id, app_id, service_account_id, kid, token_sha256, hint,"
        " label, scope, status, created_at, created_by, issued_via, renew_count, idle_expires_at,"
        " absolute_expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
        (
            token.jti,
            token.tenant_id,
            token.app_id,
            token.service_account_id,
            token.kid,
            sha256,
            token.hint,
            token.label,
            token.scope,
            token.status,
            token.created_at,
            token.created_by,
            token.issued_via,
            token.idle_expires_at,
            token.absolute_expires_at,
        ),
    )


def tokens_of(session: Session, app_id: str) -> list[Token]:
    """Return every token an app ever had, newest first."""
    rows = session.all("SELECT * FROM token WHERE app_id = ? ORDER BY seq DESC", (app_id,))
    return [token_of(row) for row in rows]


def find_with_app(session: Session, jti: str) -> Row | None:
    """Return the row of a token with what its app chose and its ``scim_enabled``, or None."""
    return session.one(
        f"SELECT {_SELECTED} FROM token"  # noqa: S608 - names of columns
        " JOIN client_app ON client_app.id = token.app_id"
        " AND client_app.tenant_id = token.tenant_id"
        " WHERE token.jti = ?",
        (jti,),
    )


def renew(session: Session, words: Words, token: Token, use: Use, now: datetime) -> None:
    """Write a use down and move the token's end away from it.

    Nothing changes where the token was revoked, has expired or was renewed meanwhile, or where
    somebody else holds the row: then it is being renewed or revoked just now.
    """
    moment = to_text(now)
    idle_end = to_text(now + IDLE_LIFETIME + RENEWAL_INTERVAL)
    session.run(
        "UPDATE token SET first_used_at = COALESCE(first_used_at, ?), last_used_at = ?,"  # noqa: S608 - a fixed word
        " last_used_ip = ?, last_used_agent = ?, renew_count = renew_count + 1, idle_expires_at = ?"
        " WHERE jti = (SELECT jti FROM token WHERE jti = ?" + words.skip_locked + ")"
        " AND status = 'active' AND idle_expires_at > ?"
        " AND (last_used_at IS NULL OR last_used_at <= ?)",
        (
            moment,
            moment,
            use.address,
            _printable(use.agent),
            min(idle_end, token.absolute_expires_at),
            token.jti,
            moment,
            to_text(now - RENEWAL_INTERVAL),
        ),
    )


def revoke(session: Session, token: Token, actor: str, reason: str, now: str) -> None:
    """End a token that is active, for good."""
    session.run(
        "UPDATE token SET status = 'revoked', revoked_at = ?, revoked_by = ?, revoke_reason = ?"
        " WHERE jti = ? AND status = 'active'",
        (now, actor, reason, token.jti),
    )


def _printable(agent: str | None) -> str | None:
    if agent is None:
        return None
    return "".join(character for character in agent if character.isprintable())[:LONGEST_AGENT]
