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
    active = [token for token in tokens if token.status == State.ACTIVE]
    for token in active:
        rows.revoke(session, token, actor.name, reason, moment)
        if token.successor_of is not None:
            rows.lift_end(session, token, moment)
        event = Event("token.revoke", "token", token.jti, token.tenant_id)
        record(session, actor, event, moment, {"app": token.app_id, "reason": reason})
    return len(active)
