"""How apps are doing, as the console shows it: states, figures, problems, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask import url_for

from app.app_state import AppState, Signs, Thresholds, next_end_of, state_of
from app.client_apps import ClientApp
from app.console.parts import ConsoleParts
from app.log.activity import Activity, Cause
from app.moments import counted, distance
from app.settings import Settings
from app.tokens import Token
from app.tokens.token import RENEWAL_INTERVAL
from app.watch.messages import headline
from app.watch.notices import Kind, Warned
from scim.browsing import Size
from scim.instant import from_text

_ACTIONS = {
    AppState.FAILING: ("See what failed", "console.log"),
    AppState.EXPIRING: ("Rotate its token", "console.rotation"),
    AppState.QUIET: ("See its last requests", "console.log"),
    AppState.NO_TOKEN: ("Issue a token", "console.app"),
    AppState.SCIM_OFF: ("Turn SCIM on", "console.app"),
    AppState.WAITING: ("Connect the provider", "console.app"),
    AppState.HEALTHY: ("See its requests", "console.log"),
}
"""What to do next in each state, and where."""


@dataclass(frozen=True, slots=True)
class Action:
    """The one thing to do next about an app."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What somebody should know about an app, in a few words, and where there is more."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppHealth:
    """How one app is doing."""

    app: ClientApp
    state: AppState
    activity: Activity
    last_at: str | None
    """When the last request came, as far as anybody knows."""

    size: Size
    """How much the directory it provisions holds."""

    days_left: int | None
    """Days that its token lives on as things are, where it has one that lasts."""

    problems: tuple[Problem, ...]

    action: Action


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to know of one app before anything is made of it."""

    app: ClientApp
    activity: Activity
    alive: Sequence[Token]
    has_credential: bool
    warnings: Sequence[Warned]
    next_end: tuple[Kind, str] | None

    @property
    def last_at(self) -> str | None:
        """The log forgets, or is off; tokens remember their last use to the hour."""
        known = [self.activity.last_at, *(token.last_used_at for token in self.alive)]
        return max((moment for moment in known if moment), default=None)


def health_of(parts: ConsoleParts, apps: Sequence[ClientApp]) -> list[AppHealth]:
    """Return how apps are doing, in the order given, in as many queries for all as for one.

    Only of those that are failing is asked why, one by one.

    :raises Unavailable: the database or the log cannot be read just now
    """
    ids = [app.id for app in apps]
    activity, alive = parts.log.activity.of_each(ids), parts.tokens.alive(ids)
    holders = parts.client_secrets.holders() | parts.client_keys.holders()
    warnings = parts.watch.of_apps()
    sizes = parts.browser.sizes(sorted({app.tenant_id for app in apps}))
    found = []
    for app in apps:
        tokens = alive.get(app.id, [])
        known = _Known(
            app,
            activity[app.id],
            tokens,
            bool(tokens) or app.id in holders,
            warnings.get(app.id, ()),
            next_end_of(tokens),
        )
        found.append(_health(parts, known, sizes[app.tenant_id]))
    return found


def thresholds_of(settings: Settings) -> Thresholds:
    """Return where states begin, as an operator set it."""
    return Thresholds(
        settings.failing_percent,
        settings.failing_requests,
        timedelta(hours=settings.quiet_hours),
        timedelta(days=settings.expiring_days),
    )


def _health(parts: ConsoleParts, known: _Known, size: Size) -> AppHealth:
    now, thresholds = parts.clock(), thresholds_of(parts.settings)
    requests, failed = known.activity.lately_requests, known.activity.lately_failed
    signs = Signs(
        scim_enabled=known.app.scim_enabled,
        has_credential=known.has_credential,
        requests=requests,
        failed=failed,
        last_at=known.last_at,
        next_end=known.next_end,
    )
    state = state_of(signs, thresholds, now)
    causes = []
    if thresholds.are_failing(requests, failed):
        causes = parts.log.activity.causes(known.app.id)
    return AppHealth(
        app=known.app,
        state=state,
        activity=known.activity,
        last_at=known.last_at,
        size=size,
        days_left=_days_left(known, now),
        problems=_problems(known, state, causes, now),
        action=_action(known, state, causes),
    )


def _days_left(known: _Known, now: datetime) -> int | None:
    if known.next_end is None:
        return None
    kind, end = known.next_end
    spare = RENEWAL_INTERVAL if kind is Kind.IDLE_END else timedelta()  # which nobody was promised
    return max(0, ceil((from_text(end) - spare - now) / timedelta(days=1)))


def _problems(
    known: _Known, state: AppState, causes: Sequence[Cause], now: datetime
) -> tuple[Problem, ...]:
    found = []
    if causes:
        activity = known.activity
        text = (
            f"{activity.lately_failed:,} of {activity.lately_requests:,} last requests failed:"
            f" {_name_of(causes[0])}"
        )
        found.append(Problem(text, _failures_url(known, causes)))
    is_told = any(warned.kind is Kind.SILENT for warned in known.warnings)
    if state is AppState.QUIET and known.last_at and not is_told:
        text = f"the last request came {distance(known.last_at, now)}"
        found.append(Problem(text, url_for("console.log", app_id=known.app.id)))
    token = url_for("console.app", app_id=known.app.id, _anchor="token")
    return (
        *found,
        *(Problem(f"its token {headline(warned, now)}", token) for warned in known.warnings),
    )


def _failures_url(known: _Known, causes: Sequence[Cause]) -> str:
    return url_for("console.log", app_id=known.app.id, result=causes[0].outcome, since="15m")


def _name_of(cause: Cause) -> str:
    if cause.status < 400:  # noqa: PLR2004 - as of RFC 9110 §15, though operations in it failed
        return f"operations of {counted(cause.requests, 'Bulk request')}"
    return f"{cause.status} {cause.scim_type or str(cause.outcome).lower()}"


def _action(known: _Known, state: AppState, causes: Sequence[Cause]) -> Action:
    label, endpoint = _ACTIONS[state]
    if state is AppState.EXPIRING and known.next_end and known.next_end[0] is Kind.IDLE_END:
        label, endpoint = _ACTIONS[AppState.WAITING]  # only its use moves that end away
    if causes and state is AppState.FAILING:
        return Action(label, _failures_url(known, causes))
    return Action(label, url_for(endpoint, app_id=known.app.id))
