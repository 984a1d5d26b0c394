"""Revoking: how tokens are ended for good, by whoever may end them."""

from collections.abc import Iterable
from datetime import datetime

from app.audit import Actor, Event, record
from app.tokens import rows
from app.tokens.token import State, Token
from scim.instant import to_text
from scim.storage import Session


def revoke_each(
    session: Session, tokens: Iterable[Token], actor: Actor, reason: str, now: datetime
) -> int:
    """End those of some tokens that nothing has ended, and return how many that were.

    A rotation whose successor ends unused is taken back: the old token lives on.
    """
    moment = to_text(now)
    ended = 0
    for token in tokens:
        # others may have been faster since it was read
        is_active = token.status == State.ACTIVE
        if not (is_active and rows.revoke(session, token, actor.name, reason, moment)):
            continue
        ended += 1
        if token.successor_of is not None:
            rows.lift_end(session, token, moment)
        event = Event("token.revoke", "token", token.jti, token.tenant_id)
        record(session, actor, event, moment, {"app": token.app_id, "reason": reason})
    return ended
