"""What the first owner sees first: whether providers will reach this instance."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue as Answer

from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from app.public_address import remarks_on


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the page between the set-up and the first app."""
    blueprint.add_url_rule("/first-run", "first_run", guard.owning(_show))


def _show(parts: ConsoleParts, _: Visit) -> Answer:
    return render_template(
        "console/first_run.html",
        remarks=remarks_on(parts.settings),
        scim_url=parts.settings.scim_url,
    )
