"""On which days a token was used: enough to tell a busy token that has gone silent."""

from datetime import datetime, timedelta

from scim.instant import to_text
from scim.storage import Session

BUSY_WINDOW = 14
"""How many days up to a token's last use are kept; what came before tells nothing."""


def note(session: Session, jti: str, now: datetime) -> None:
    """Remember that a token was used today (UTC), and forget the days before the window.

    It is called where a renewal is written: once an hour and token at most.
    """
    made = session.run(
        "INSERT INTO token_activity (jti, day) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (jti, _day(now)),
    )
    if made:
        session.run(
            "DELETE FROM token_activity WHERE jti = ? AND day <= ?",
            (jti, _day(now - timedelta(days=BUSY_WINDOW))),
        )


def _day(moment: datetime) -> str:
    return to_text(moment)[: len("2026-11-24")]
