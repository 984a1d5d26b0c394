"""The Developer Console: where administrators add client apps and issue their tokens.

Pages are rendered on the server and work without JavaScript.
"""

from flask import Blueprint

from app.console import (
    access,
    account,
    admins,
    apps,
    audit,
    credentials,
    directory,
    errors,
    instance,
    log,
    moments,
    protocol,
    second_factor,
    setup,
    sign_in,
    tokens,
    welcome,
)
from app.console.guards import Guard
from app.console.headers import StrictHeaders
from app.console.parts import ConsoleParts

__all__ = ["ConsoleParts", "console_blueprint"]


def console_blueprint(parts: ConsoleParts) -> Blueprint:
    """Return the console, ready to be registered with an app that checks CSRF tokens."""
    blueprint = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
    )
    guard = Guard(parts)
    guard.add_to(blueprint)
    blueprint.after_request(StrictHeaders(parts.settings.public_url))
    moments.add_to(blueprint, parts.clock)
    setup.add_to(blueprint, guard)
    sign_in.add_to(blueprint, guard)
    apps.add_to(blueprint, guard)
    protocol.add_to(blueprint, guard)
    access.add_to(blueprint, guard)
    tokens.add_to(blueprint, guard)
    credentials.add_to(blueprint, guard)
    audit.add_to(blueprint, guard)
    directory.add_to(blueprint, guard)
    instance.add_to(blueprint, guard)
    log.add_to(blueprint, guard)
    account.add_to(blueprint, guard)
    second_factor.add_to(blueprint, guard)
    admins.add_to(blueprint, guard)
    welcome.add_to(blueprint, guard)
    errors.add_to(blueprint, guard)
    return blueprint
