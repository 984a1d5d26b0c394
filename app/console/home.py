"""Home: how every app is doing, at a glance."""

from collections import Counter

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue as Answer

from app.app_state import AppState
from app.console.app_health import health_of
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from scim.instant import to_text

_MOST = 20
"""Apps on the page, those that need somebody first; the list of apps has them all."""

_ORDER = list(AppState)


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the page that the console begins with."""
    blueprint.add_url_rule("", "home", guard.signed_in(_show))
    blueprint.add_url_rule("/", "front_door", guard.signed_in(_show))


def _show(parts: ConsoleParts, visit: Visit) -> Answer:
    found = health_of(parts, parts.access.visible(visit.admin.id, visit.admin.role))
    found.sort(key=lambda each: _ORDER.index(each.state))  # stable: oldest first within a state
    is_owner = visit.admin.role == "owner"
    return render_template(
        "console/home.html",
        visit=visit,
        rows=found[:_MOST],
        more=len(found) - _MOST,
        counts=Counter(each.state for each in found),
        troubled=[each for each in found if each.problems],
        versions=parts.versions() if is_owner else None,
        last_backup=parts.last_backup() if is_owner else None,
        clock=to_text(parts.clock()),
    )
