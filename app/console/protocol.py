"""Protocol settings: what an app chooses where identity providers disagree."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue as Answer

from app.console.app_page import back_to_app
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from scim.choices import PROTOCOL, InvalidChoice, read_options


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the form of the protocol settings section."""
    blueprint.add_url_rule(
        "/apps/<app_id>/protocol", "protocol", guard.managing(_save), methods=["POST"]
    )


def _save(parts: ConsoleParts, visit: AppVisit) -> Answer:
    keys = [choice.key for choice in PROTOCOL if choice.key in request.form]
    try:
        options = read_options({key: request.form[key] for key in keys})
    except InvalidChoice:  # the form offers no such value
        abort(400)
    parts.app_settings.set(visit.app.id, options, visit.actor)
    return back_to_app(visit.app, "protocol")
