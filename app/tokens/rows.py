"""The row of a token: every statement that reads or changes it."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from app.choice_columns import COLUMNS, choices_of
from app.tokens.token import IDLE_LIFETIME, RENEWAL_INTERVAL, Token, Use
from app.watch import activity
from scim.choices import Choices
from scim.instant import to_text
from scim.storage import Row, Session, Words

LONGEST_AGENT = 200


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
    renewed = session.run(
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
    if renewed:
        activity.note(session, token.jti, now)


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
