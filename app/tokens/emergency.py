"""An emergency: somebody else may have the key that signs tokens."""

from dataclasses import dataclass
from datetime import datetime

from app.audit import Actor
from app.keys import Replacement, Rotation
from app.tokens import rows
from app.tokens.revoking import revoke_each
from app.tokens.token import State
from scim.storage import Database

_REASON = "its signing key was revoked"


class AlreadyReplaced(Exception):  # noqa: N818 - what became of the key
    """Another key signs than the one that is to be replaced."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """What an emergency came to."""

    replacement: Replacement
    revoked: int
    """How many live tokens it ended."""

    alive: int
    """How many live tokens of the revoked key it left."""


def replace_key(
    database: Database,
    rotation: Rotation,
    actor: Actor,
    now: datetime,
    *,
    revoke_tokens: bool,
    only: str | None = None,
) -> Emergency:
    """Let a new key sign at once and revoke the one that signed until now.

    Its tokens stay: each is proved by the SHA-256 in its row too, so whoever has the key makes
    none that works.

    :param revoke_tokens: whether its live tokens are to end as well
    :param only: the key that signs until now, where whoever asks means that one and no other
    :raises AlreadyReplaced: another one signs; nothing is changed
    :raises KeyringError: the key-encryption keys cannot be read; nothing is changed
    """
    with database.write() as session:
        if only is not None and rotation.lock_active(session) != only:
            raise AlreadyReplaced(f"The key {only} signs no more.")
        replacement = rotation.replace_at_once(session, actor, now)
        kid = replacement.revoked_kid
        signed = rows.tokens_signed_with(session, database.words, kid) if kid else []
        live = [token for token in signed if token.state(now) is State.ACTIVE]
        if not revoke_tokens:
            return Emergency(replacement, 0, len(live))
        revoke_each(session, live, actor, _REASON, now)
        return Emergency(replacement, len(live), 0)
