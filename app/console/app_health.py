"""How apps are doing, as the console shows it: states, figures, problems, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask import url_for

from app.app_state import AppState, Signs, Thresholds, next_end_of, state_of
from app.client_apps import ClientApp
from app.console.parts import ConsoleParts
from app.log.activity import Cause, Hour, Recent
from app.moments import counted, distance
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
    hours: tuple[Hour, ...]
    last_at: str | None
    """When the last request came, as far as anybody knows."""

    size: Size
    """How much the directory it provisions holds."""

    days_left: int | None
    """Days that its token lives on as things are, where it has one that lasts."""

    problems: tuple[Problem, ...]

    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of an app, and what else is cheap to know of many at a time."""

    app: ClientApp
    state: AppState
    recent: Recent
    is_failing: bool
    """Whether too much failed lately, whatever the state says first."""

    last_at: str | None
    warnings: Sequence[Warned]
    next_end: tuple[Kind, str] | None

    @property
    def is_silent(self) -> bool:
        """Whether requests stopped, and no warning about its token says so."""
        is_told = any(warned.kind is Kind.SILENT for warned in self.warnings)
        return self.state is AppState.QUIET and self.last_at is not None and not is_told

    @property
    def needs_somebody(self) -> bool:
        """Whether there is a problem."""
        return self.is_failing or self.is_silent or bool(self.warnings)


def standings_of(parts: ConsoleParts, apps: Sequence[ClientApp]) -> list[Standing]:
    """Return where apps stand, in the order given, in as many queries for all as for one.

    :raises Unavailable: the database or the log cannot be read just now
    """
    ids = [app.id for app in apps]
    recent, alive = parts.log.activity.recent(ids), parts.tokens.alive(ids)
    holders = parts.client_secrets.holders() | parts.client_keys.holders()
    warnings = parts.watch.of_apps()
    now, thresholds = parts.clock(), Thresholds.of(parts.settings)
    found = []
    for app in apps:
        tokens = alive.get(app.id, [])
        signs = Signs(
            scim_enabled=app.scim_enabled,
            has_credential=bool(tokens) or app.id in holders,
            requests=recent[app.id].requests,
            failed=recent[app.id].failed,
            last_at=_last_at(recent[app.id], tokens),
            next_end=next_end_of(tokens),
        )
        found.append(
            Standing(
                app=app,
                state=state_of(signs, thresholds, now),
                recent=recent[app.id],
                is_failing=thresholds.are_failing(signs.requests, signs.failed),
                last_at=signs.last_at,
                warnings=warnings.get(app.id, ()),
                next_end=signs.next_end,
            )
        )
    return found


def health_of(parts: ConsoleParts, standings: Sequence[Standing]) -> list[AppHealth]:
    """Return all there is to show of a few apps, in as many queries for all as for one.

    :raises Unavailable: the database or the log cannot be read just now
    """
    activity = parts.log.activity
    causes = activity.causes([known.app.id for known in standings if known.is_failing])
    hours = activity.hours([known.app.id for known in standings])
    sizes = parts.browser.sizes(sorted({known.app.tenant_id for known in standings}))
    now = parts.clock()
    found = []
    for known in standings:
        app, of_app = known.app, causes.get(known.app.id, [])
        found.append(
            AppHealth(
                app=app,
                state=known.state,
                hours=hours[app.id],
                last_at=known.last_at,
                size=sizes[app.tenant_id],
                days_left=_days_left(known, now),
                problems=_problems(known, of_app, now),
                action=_action(known, of_app),
            )
        )
    return found


def _last_at(recent: Recent, alive: Sequence[Token]) -> str | None:
    """Return when the last request came: the log forgets, tokens know it to the hour."""
    known = [recent.last_at, *(token.last_used_at for token in alive)]
    return max((moment for moment in known if moment), default=None)


def _days_left(known: Standing, now: datetime) -> int | None:
    if known.next_end is None:
        return None
    kind, end = known.next_end
    spare = RENEWAL_INTERVAL if kind is Kind.IDLE_END else timedelta()  # which nobody was promised
    return max(0, ceil((from_text(end) - spare - now) / timedelta(days=1)))


def _problems(known: Standing, causes: Sequence[Cause], now: datetime) -> tuple[Problem, ...]:
    found = []
    if known.is_failing:
        recent = known.recent
        why = f": {_name_of(causes[0])}" if causes else ""  # rows may be gone, or not there yet
        text = f"{recent.failed:,} of {recent.requests:,} last requests failed{why}"
        found.append(Problem(text, _failures_url(known, causes)))
    if known.is_silent and known.last_at:
        text = f"the last request came {distance(known.last_at, now)}"
        found.append(Problem(text, url_for("console.log", app_id=known.app.id)))
    token = url_for("console.app", app_id=known.app.id, _anchor="token")
    return (
        *found,
        *(Problem(f"its token {headline(warned, now)}", token) for warned in known.warnings),
    )


def _failures_url(known: Standing, causes: Sequence[Cause]) -> str:
    result = causes[0].outcome if causes else None
    return url_for("console.log", app_id=known.app.id, result=result, since="15m")


def _name_of(cause: Cause) -> str:
    if cause.status < 400:  # noqa: PLR2004 - as of RFC 9110 §15, though operations in it failed
        return f"operations of {counted(cause.requests, 'Bulk request')}"
    return f"{cause.status} {cause.scim_type or str(cause.outcome).lower()}"


def _action(known: Standing, causes: Sequence[Cause]) -> Action:
    label, endpoint = _ACTIONS[known.state]
    if known.state is AppState.FAILING:
        return Action(label, _failures_url(known, causes))
    if known.state is AppState.EXPIRING and known.next_end and known.next_end[0] is Kind.IDLE_END:
        label, endpoint = _ACTIONS[AppState.WAITING]  # only its use moves that end away
    return Action(label, url_for(endpoint, app_id=known.app.id))
