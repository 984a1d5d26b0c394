"""Home: how every app is doing, at a glance."""

from collections import Counter

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue as Answer

from app.app_state import AppState
from app.console.app_health import health_of, standings_of
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from scim.instant import to_text

_MOST = 12
"""Apps on the page, those that need somebody first; the list of apps has them all."""

_MOST_TROUBLED = 10
"""Apps whose problems stand above."""

_ORDER = list(AppState)


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the page that the console begins with."""
    blueprint.add_url_rule("", "home", guard.signed_in(_show))
    blueprint.add_url_rule("/", "front_door", guard.signed_in(_show))


def _show(parts: ConsoleParts, visit: Visit) -> Answer:
    found = standings_of(parts, parts.access.visible(visit.admin.id, visit.admin.role))
    found.sort(key=lambda each: _ORDER.index(each.state))  # stable: oldest first within a state
    troubled = [each for each in found if each.needs_somebody]
    shown = {each.app.id: each for each in (*found[:_MOST], *troubled[:_MOST_TROUBLED])}
    health = {each.app.id: each for each in health_of(parts, list(shown.values()))}
    return render_template(
        "console/home.html",
        visit=visit,
        rows=[health[each.app.id] for each in found[:_MOST]],
        more=len(found) - _MOST,
        counts=Counter(each.state for each in found),
        troubled=[health[each.app.id] for each in troubled[:_MOST_TROUBLED]],
        more_troubled=len(troubled) - _MOST_TROUBLED,
        versions=parts.versions() if visit.admin.is_owner else None,
        last_backup=parts.last_backup() if visit.admin.is_owner else None,
        clock=to_text(parts.clock()),
    )
