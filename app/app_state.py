"""Which state an app is in, in a word: rules without a database or a clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from app.settings import Settings
from app.tokens import Token
from app.watch.notices import Kind
from app.watch.stages import ROTATION_STAGES, end_of
from scim.instant import from_text


class AppState(StrEnum):
    """How an app is doing; what needs somebody soonest comes first."""

    FAILING = "Failing"
    EXPIRING = "Token expiring"
    QUIET = "Quiet"
    NO_TOKEN = "No token"  # noqa: S105 - a state
    SCIM_OFF = "SCIM off"
    WAITING = "Waiting"
    """All is ready, and no request has come so far."""

    HEALTHY = "Healthy"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one state ends and another begins."""

    failing_percent: int
    failing_requests: int
    quiet: timedelta
    expiring: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return them as an operator set them."""
        return cls(
            settings.failing_percent,
            settings.failing_requests,
            timedelta(hours=settings.quiet_hours),
            timedelta(days=settings.expiring_days),
        )

    def are_failing(self, requests: int, failed: int) -> bool:
        """Whether too many of some requests failed."""
        return requests >= self.failing_requests and failed * 100 > requests * self.failing_percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the state of an app is told from."""

    scim_enabled: bool
    has_credential: bool
    """Whether it has a token that is alive, or can fetch one."""

    requests: int
    """How many there were lately."""

    failed: int
    """How many of those failed."""

    last_at: str | None
    """When the last request came."""

    next_end: tuple[Kind, str] | None
    """When the token that it uses ends as things are, and what ends it."""


def state_of(signs: Signs, thresholds: Thresholds, now: datetime) -> AppState:
    """Return the state of an app at a moment."""
    if not signs.scim_enabled:
        return AppState.SCIM_OFF
    if not signs.has_credential:
        return AppState.NO_TOKEN
    if thresholds.are_failing(signs.requests, signs.failed):
        return AppState.FAILING
    if _ends_soon(signs.next_end, thresholds, now):
        return AppState.EXPIRING
    if signs.last_at is None:
        return AppState.WAITING
    is_quiet = from_text(signs.last_at) + thresholds.quiet <= now
    return AppState.QUIET if is_quiet else AppState.HEALTHY


def next_end_of(alive: Sequence[Token]) -> tuple[Kind, str] | None:
    """Return when the first of an app's live tokens ends that no used token has taken over from."""
    replaced = {token.successor_of for token in alive if token.first_used_at}
    ends = [end_of(token) for token in alive if token.is_lasting and token.jti not in replaced]
    return min(ends, key=lambda end: end[1], default=None)


def _ends_soon(next_end: tuple[Kind, str] | None, thresholds: Thresholds, now: datetime) -> bool:
    if next_end is None:
        return False
    kind, end = next_end
    # a rotation gives the old token a few days from its start, and that is no reason for worry
    rotation = min(timedelta(days=max(ROTATION_STAGES)), thresholds.expiring)
    ahead = rotation if kind is Kind.ROTATION_END else thresholds.expiring
    return from_text(end) - now <= ahead
