"""The row of a signing key: every statement that reads or changes it.

Who changes rows holds :data:`LOCK` until the transaction ends; who signs shares it, so that the key
it signs with stays what it was until the token's row is committed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.keys.encryption import Sealed
from scim.storage import Row, Session

LOCK = "signing_key"

_IS_LIVE = (
    "token.kid = signing_key.kid AND token.status = 'active' AND token.absolute_expires_at > ?"
    " AND token.idle_expires_at > ? AND (token.ends_at IS NULL OR token.ends_at > ?)"
)
"""Whether a token is alive at a moment, given three times, and names the key."""


class KeyState(StrEnum):
    """What a signing key does; each of them verifies the tokens it signed."""

    NEXT = "next"
    """It is published and signs from a moment on."""

    ACTIVE = "active"
    """It signs; there is one."""

    RETIRED = "retired"
    """It signs no more, and is published while a live token names it."""

    REVOKED = "revoked"
    """Somebody else may have it: it signs no more and is not published."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A signing key as it is stored."""

    kid: str
    algorithm: str
    state: KeyState
    created_at: str
    signs_from: str
    """When it began to sign, or is to begin."""

    sealed: Sealed
    retired_at: str | None = None
    """When it stopped to sign, which also destroyed its private part."""


@dataclass(frozen=True, slots=True)
class Current:
    """The keys that have a private part."""

    active: StoredKey | None
    next: StoredKey | None


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A signing key, and how many live tokens name it."""

    key: StoredKey
    live_tokens: int


def current(session: Session) -> Current:
    """Return the keys that sign or are to sign."""
    rows = session.all("SELECT * FROM signing_key WHERE state IN ('active', 'next')")
    by_state = {row["state"]: _stored(row) for row in rows}
    return Current(by_state.get(KeyState.ACTIVE), by_state.get(KeyState.NEXT))


def has_any(session: Session) -> bool:
    """Whether there is a signing key of any state."""
    return session.one("SELECT 1 FROM signing_key") is not None


def public_keys(session: Session) -> Sequence[Row]:
    """Return ``kid``, ``alg`` and ``public_jwk`` of every key."""
    return session.all("SELECT kid, alg, public_jwk FROM signing_key")


def find_public_key(session: Session, kid: str) -> Row | None:
    """Return ``kid``, ``alg`` and ``public_jwk`` of a key, or None."""
    return session.one("SELECT kid, alg, public_jwk FROM signing_key WHERE kid = ?", (kid,))


def published(session: Session, now: str) -> list[dict[str, Any]]:
    """Return the public parts that verifiers need at a moment, oldest first."""
    rows = session.all(
        "SELECT public_jwk FROM signing_key WHERE state IN ('active', 'next') OR state = 'retired'"  # noqa: S608 - a fixed condition
        f" AND EXISTS (SELECT 1 FROM token WHERE {_IS_LIVE}) ORDER BY created_at, kid",
        (now, now, now),
    )
    return [json.loads(row["public_jwk"]) for row in rows]


def listed(session: Session, now: str) -> list[ListedKey]:
    """Return every key, oldest first, with the number of tokens alive at a moment."""
    rows = session.all(
        f"SELECT signing_key.*, (SELECT COUNT(*) FROM token WHERE {_IS_LIVE}) AS live_tokens"  # noqa: S608 - a fixed condition
        " FROM signing_key ORDER BY created_at, kid",
        (now, now, now),
    )
    return [ListedKey(_stored(row), row["live_tokens"]) for row in rows]


def insert(session: Session, key: StoredKey, jwk: dict[str, Any]) -> None:
    """Store a fresh key, with its public part."""
    session.run(
        "INSERT INTO signing_key (kid, alg, public_jwk, private_key, nonce, kek_id, state,"
        " created_at, signs_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key.kid,
            key.algorithm,
            json.dumps(jwk | {"kid": key.kid, "alg": key.algorithm, "use": "sig"}),
            key.sealed.ciphertext,
            key.sealed.nonce,
            key.sealed.kek_id,
            key.state,
            key.created_at,
            key.signs_from,
        ),
    )


def reseal(session: Session, kid: str, sealed: Sealed) -> None:
    """Store the private part of a key as it is encrypted now."""
    session.run(
        "UPDATE signing_key SET private_key = ?, nonce = ?, kek_id = ? WHERE kid = ?",
        (sealed.ciphertext, sealed.nonce, sealed.kek_id, kid),
    )


def activate(session: Session, kid: str, now: str) -> None:
    """Let a key sign; no other one may."""
    session.run("UPDATE signing_key SET state = 'active', signs_from = ? WHERE kid = ?", (now, kid))


def end(session: Session, kid: str, state: KeyState, now: str) -> None:
    """Let a key sign no more, for good: its private part is destroyed."""
    session.run(
        "UPDATE signing_key SET state = ?, retired_at = ?, private_key = '', nonce = '',"
        " kek_id = '' WHERE kid = ?",
        (state, now, kid),
    )


def forget_unnamed(session: Session) -> list[str]:
    """Delete the keys that are over and that no token names, dead or alive; return their ids."""
    unnamed = (
        "state IN ('retired', 'revoked')"
        " AND NOT EXISTS (SELECT 1 FROM token WHERE token.kid = signing_key.kid)"
    )
    rows = session.all(f"SELECT kid FROM signing_key WHERE {unnamed} ORDER BY kid")  # noqa: S608 - a fixed condition
    session.run(f"DELETE FROM signing_key WHERE {unnamed}")  # noqa: S608 - likewise
    return [row["kid"] for row in rows]


def _stored(row: Row) -> StoredKey:
    return StoredKey(
        row["kid"],
        row["alg"],
        KeyState(row["state"]),
        row["created_at"],
        row["signs_from"],
        Sealed(row["private_key"], row["nonce"], row["kek_id"]),
        row["retired_at"],
    )
