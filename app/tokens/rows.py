"""The row of a token: every statement that reads or changes it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from operator import itemgetter
from typing import Any

from app.choice_columns import COLUMNS, choices_of
from app.tokens.scopes import permission_of
from app.tokens.token import IDLE_LIFETIME, RENEWAL_INTERVAL, Token, Use
from scim.choices import Choices, TokenStyle
from scim.instant import to_text
from scim.permission import Permission
from scim.storage import Row, Session, Words
from scim.storage.expression import places

LONGEST_AGENT = 200

_SHORT = str(TokenStyle.SHORT_LIVED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A token, and what its app lets it do, at the moment its row was read."""

    token: Token
    sha256: str
    permission: Permission | None
    """What its scopes permit, or None where they are not about SCIM."""

    scim_enabled: bool
    choices: Choices

    lives_until: datetime
    """When it ends if nothing changes; long ago where it has been ended."""

    is_due_from: datetime
    """When its next use is to be written down."""


_NAMES = tuple(column.name for column in fields(Token))
_COLUMNS = itemgetter(*_NAMES)
_OF_TOKEN = (*_NAMES, "token_sha256")
_INSERT = f"INSERT INTO token ({', '.join(_OF_TOKEN)}) VALUES ({', '.join('?' for _ in _OF_TOKEN)})"  # noqa: S608 - names of columns
_OF_APP = ("scim_enabled", *COLUMNS.values())
_SELECTED = [*(f"token.{name}" for name in _OF_TOKEN), *(f"client_app.{name}" for name in _OF_APP)]
# Of the columns that can hold a '|', all but those of the last use and of the revocation are as
# they were issued; what counts stands before and behind those: rows that differ in it differ here.
_AS_TEXT = "concat(" + ", '|', ".join(_SELECTED) + ")"
_FOUND = (
    " FROM token"
    " JOIN client_app ON client_app.id = token.app_id AND client_app.tenant_id = token.tenant_id"
    " WHERE token.jti = ?"
)
_LOOK = f"SELECT {_AS_TEXT}{_FOUND}"
_FIND = f"SELECT {_AS_TEXT}, {', '.join(_SELECTED)}{_FOUND}"

_REMEMBERED = 1024
"""Rows that are remembered: far more than one instance has apps."""


def token_of(row: Row) -> Token:
    """Return the token a row of the table ``token`` is about."""
    return Token(*_COLUMNS(row))


def find_standing(session: Session, jti: str) -> Standing | None:
    """Return what the row of a token says, and that of its app, or None where there is none.

    A row is read for every request, as one text, which takes half as long as its values one by
    one; what it says is worked out once, until it says something else.
    """
    found = session.tuples(_LOOK, (jti,))
    return (_known.get(found[0][0]) or _read(session, jti)) if found else None


_known: dict[str, Standing] = {}


def _read(session: Session, jti: str) -> Standing | None:
    found = session.tuples(_FIND, (jti,))
    if not found:
        return None
    text, *values = found[0]
    if len(_known) >= _REMEMBERED:
        _known.clear()
    # under the text that was read with it: it may have changed since it was looked at
    _known[text] = standing = _standing(values)
    return standing


def _standing(values: Sequence[Any]) -> Standing:
    row = dict(zip((*_OF_TOKEN, *_OF_APP), values, strict=True))
    token = token_of(row)
    return Standing(
        token,
        row["token_sha256"],
        permission_of(token.scope),
        bool(row["scim_enabled"]),
        choices_of(row),
        token.lives_until,
        token.is_due_from,
    )


def insert(session: Session, token: Token, sha256: str) -> None:
    """Store a fresh token by its fingerprint."""
    session.run(_INSERT, (*astuple(token), sha256))


def tokens_of(session: Session, app_id: str) -> list[Token]:
    """Return every token an app ever had, newest first."""
    rows = session.all("SELECT * FROM token WHERE app_id = ? ORDER BY seq DESC", (app_id,))
    return [token_of(row) for row in rows]


def alive_of(session: Session, app_ids: Sequence[str], now: str) -> list[Token]:
    """Return the live tokens of some apps but those that are lent for a test, newest first."""
    rows = session.all(
        f"SELECT * FROM token WHERE app_id IN ({places(app_ids)}) AND status = 'active'"  # noqa: S608 - question marks
        " AND issued_via <> 'test'"
        " AND idle_expires_at > ? AND absolute_expires_at > ? AND (ends_at IS NULL OR ends_at > ?)"
        " ORDER BY seq DESC",
        (*app_ids, now, now, now),
    )
    return [token_of(row) for row in rows]


def tokens_signed_with(session: Session, words: Words, kid: str) -> list[Token]:
    """Return the tokens of a signing key that nobody ended, locked until the transaction ends."""
    rows = session.all(
        "SELECT * FROM token WHERE kid = ? AND status = 'active' ORDER BY seq DESC"  # noqa: S608 - a fixed word
        + words.lock_row,
        (kid,),
    )
    return [token_of(row) for row in rows]


def renew(session: Session, words: Words, token: Token, use: Use, now: datetime) -> bool:
    """Write a use down, move the token's end away from it, and return whether that was done.

    Nothing changes where the token was revoked, has expired or was renewed meanwhile, or where
    somebody else holds the row: then it is being renewed or revoked just now.
    """
    moment = to_text(now)
    idle_end = to_text(now + IDLE_LIFETIME + RENEWAL_INTERVAL)
    renewed = session.run(
        "UPDATE token SET first_used_at = COALESCE(first_used_at, ?), last_used_at = ?,"  # noqa: S608 - a fixed word
        " last_used_ip = ?, last_used_agent = ?, renew_count = renew_count + 1, idle_expires_at = ?"
        " WHERE jti = (SELECT jti FROM token WHERE jti = ?" + words.skip_locked + ")"
        " AND status = 'active' AND idle_expires_at > ? AND (ends_at IS NULL OR ends_at > ?)"
        " AND (last_used_at IS NULL OR last_used_at <= ?)",
        (
            moment,
            moment,
            use.address,
            _printable(use.agent),
            min(idle_end, token.absolute_expires_at),
            token.jti,
            moment,
            moment,
            to_text(now - RENEWAL_INTERVAL),
        ),
    )
    return renewed == 1


def revoke(session: Session, token: Token, actor: str, reason: str, now: str) -> bool:
    """End a token that is active, for good; return whether it was."""
    ended = session.run(
        "UPDATE token SET status = 'revoked', revoked_at = ?, revoked_by = ?, revoke_reason = ?"
        " WHERE jti = ? AND status = 'active'",
        (now, actor, reason, token.jti),
    )
    return ended == 1


def lasting_of(session: Session, app_id: str, now: str) -> list[Token]:
    """Return the live tokens of an app that last, newest first: two while a rotation runs."""
    return [token for token in alive_of(session, [app_id], now) if token.is_lasting]


def is_lent(session: Session, app_id: str, now: str) -> bool:
    """Return whether a live token of an app is lent for a test."""
    sql = (
        "SELECT 1 FROM token WHERE app_id = ? AND issued_via = 'test' AND status = 'active'"
        " AND absolute_expires_at > ? LIMIT 1"
    )
    return session.one(sql, (app_id, now)) is not None


def remove_lent(session: Session, app_id: str) -> None:
    """Delete the tokens of an app that were lent for tests which never came to their end."""
    session.run("DELETE FROM token WHERE app_id = ? AND issued_via = 'test'", (app_id,))


def remove(session: Session, jti: str) -> None:
    """Delete a token, which nobody is to be told of any more."""
    session.run("DELETE FROM token WHERE jti = ?", (jti,))


def set_end(session: Session, jti: str, ends_at: str) -> None:
    """Give a token that is about to have a successor an end."""
    session.run("UPDATE token SET ends_at = ? WHERE jti = ?", (ends_at, jti))


def end_sooner(session: Session, jti: str, ends_at: str) -> bool:
    """Let a token that has a successor end at a moment; return whether it was to end later."""
    changed = session.run(
        "UPDATE token SET ends_at = ? WHERE jti = ? AND status = 'active' AND ends_at > ?",
        (ends_at, jti, ends_at),
    )
    return changed == 1


def prune_short_lived(session: Session, app_id: str, now: str, kept: int) -> list[str]:
    """Delete the short-lived tokens of an app that have ended, and all but so many of the rest.

    :returns: the ids of those that were alive
    """
    rows = session.all(
        "DELETE FROM token WHERE app_id = ? AND style = ? AND (absolute_expires_at <= ? OR seq <="
        " (SELECT seq FROM token WHERE app_id = ? AND style = ? AND absolute_expires_at > ?"
        " ORDER BY seq DESC LIMIT 1 OFFSET ?)) RETURNING jti, status, absolute_expires_at",
        (app_id, _SHORT, now, app_id, _SHORT, now, kept),
    )
    return [
        row["jti"] for row in rows if row["status"] == "active" and row["absolute_expires_at"] > now
    ]


def lift_end(session: Session, successor: Token, now: str) -> None:
    """Let a token live on whose successor was taken back before anybody used it."""
    session.run(
        "UPDATE token SET ends_at = NULL WHERE jti = ? AND status = 'active' AND ends_at > ?"
        " AND (SELECT first_used_at FROM token WHERE jti = ?) IS NULL",
        (successor.successor_of, now, successor.jti),
    )


def _printable(agent: str | None) -> str | None:
    if agent is None:
        return None
    return "".join(character for character in agent if character.isprintable())[:LONGEST_AGENT]
