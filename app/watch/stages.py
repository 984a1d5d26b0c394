"""Which warnings a token deserves at a moment: rules without a database or a clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.tokens.token import Expiry, State, Token
from app.watch.notices import Kind, Warned
from scim.instant import from_text

END_STAGES = (30, 14, 7, 1)
"""Days before an idle or absolute end at which to warn."""

ROTATION_STAGES = (3, 1)
"""Days before a rotated token ends at which to warn; a rotation takes a week unless told else."""

UNUSED_AFTER = timedelta(days=7)
"""How long a fresh token may wait for its first use."""

BUSY_DAYS = 5
"""On how many days of its last two weeks of use a token was used to be called busy."""

SILENT_AFTER = timedelta(days=3)
"""How long a busy token may be silent: longer than a weekend."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A token and what else its warnings depend on."""

    token: Token
    app_name: str
    scim_enabled: bool
    busy_days: int
    """On how many of the two weeks up to its last use it was used."""

    successor_used: bool
    """Whether a token that replaces it has been used, and was not revoked since."""


def warnings_of(watched: Watched, now: datetime) -> tuple[Warned, ...]:
    """Return the warnings a token deserves at a moment; none once it has ended.

    Of several stages that were missed only the last is left: it tells all that the others did.
    """
    if watched.token.state(now) is not State.ACTIVE or watched.successor_used:
        return ()
    found = (_ending(watched.token, now), *_standing_idle(watched, now))
    return tuple(warned for warned in found if warned is not None)


def end_of(token: Token) -> tuple[Kind, str]:
    """Return when a token ends as things are, and what ends it."""
    if token.ends_at and token.ends_at < token.expires_at:
        return Kind.ROTATION_END, token.ends_at
    if token.expiry is Expiry.IDLE:
        return Kind.IDLE_END, token.expires_at
    return Kind.ABSOLUTE_END, token.expires_at


def is_lasting(token: Token) -> bool:
    """Whether a token was issued to last; one for a day or less is fetched anew by its client."""
    return from_text(token.absolute_expires_at) - from_text(token.created_at) > timedelta(days=1)


def still_holds(warned: Warned, token: Token) -> bool:
    """Whether what a warning says of a token is still so, and worth sending.

    The end it warns of may have come: then it says so.
    """
    if token.status != State.ACTIVE:
        return False
    match warned.kind:
        case Kind.NEVER_USED:
            return token.first_used_at is None
        case Kind.SILENT:
            return token.last_used_at == warned.about
        case Kind.NEW_NETWORK:
            return True
        case _:
            return end_of(token) == (warned.kind, warned.about)


def _ending(token: Token, now: datetime) -> Warned | None:
    kind, end = end_of(token)
    stages = ROTATION_STAGES if kind is Kind.ROTATION_END else END_STAGES
    left = from_text(end) - now
    life = from_text(end) - from_text(token.created_at)
    reached = [
        stage
        for stage in stages
        # nobody has to be told what was so when the token was issued
        if left <= timedelta(days=stage) < life
    ]
    return Warned(token.jti, kind, end, min(reached)) if reached else None


def _standing_idle(watched: Watched, now: datetime) -> Iterator[Warned]:
    token = watched.token
    if not watched.scim_enabled:
        return  # its requests are refused: somebody wants it silent
    if token.last_used_at is None:
        if from_text(token.created_at) + UNUSED_AFTER <= now:
            yield Warned(token.jti, Kind.NEVER_USED, token.created_at)
    elif watched.busy_days >= BUSY_DAYS and from_text(token.last_used_at) + SILENT_AFTER < now:
        yield Warned(token.jti, Kind.SILENT, token.last_used_at)
