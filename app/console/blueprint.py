"""Where the screens of the console come together."""

from flask import Blueprint

from app.console import (
    account,
    admins,
    app_settings,
    apps,
    audit,
    credentials,
    directory,
    errors,
    first_run,
    guide,
    home,
    instance,
    log,
    members,
    moments,
    second_factor,
    setup,
    sign_in,
    tokens,
    welcome,
)
from app.console.guards import Guard
from app.console.headers import StrictHeaders
from app.console.parts import ConsoleParts

_SCREENS = (
    setup,
    first_run,
    sign_in,
    home,
    apps,
    guide,
    app_settings,
    members,
    tokens,
    credentials,
    audit,
    directory,
    instance,
    log,
    account,
    second_factor,
    admins,
    welcome,
    errors,
)


def console_blueprint(parts: ConsoleParts) -> Blueprint:
    """Return the console, ready to be registered with an app that checks CSRF tokens."""
    blueprint = Blueprint(
        "console",
        "app.console",
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
    )
    guard = Guard(parts)
    guard.add_to(blueprint)
    blueprint.after_request(StrictHeaders(parts.settings.public_url))
    moments.add_to(blueprint, parts.clock)
    for screens in _SCREENS:
        screens.add_to(blueprint, guard)
    return blueprint
