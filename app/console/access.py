"""Access permission: which admins may see an app, and which may update and delete it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.access import LastMaintainer, Permission
from app.client_apps import InvalidApp
from app.console.app_page import back_to_app
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the form of the access permission section."""
    blueprint.add_url_rule(
        "/apps/<app_id>/access", "access", guard.managing(_save), methods=["POST"]
    )


def _save(parts: ConsoleParts, visit: AppVisit) -> Answer:
    try:
        parts.access.set_members(visit.app.id, _chosen(parts, visit), visit.actor)
    except InvalidApp:  # the form offers no such role
        abort(400)
    except LastMaintainer as error:
        title = "The access permission was not saved"
        page = render_template(
            "console/refused.html", app=visit.app, title=title, sentence=str(error)
        )
        return page, 409
    left = parts.access.permission(visit.app.id, visit.admin.id, visit.admin.role)
    if left is Permission.NONE:
        return redirect(url_for("console.apps"), 303)
    return back_to_app(visit.app, "access")


def _chosen(parts: ConsoleParts, visit: AppVisit) -> dict[str, str]:
    """Return the role of each member; whoever the form does not name keeps theirs."""
    roles = {member.admin_id: member.role for member in parts.access.members(visit.app.id)}
    roles |= {
        admin.id: request.form[f"role-{admin.id}"]
        for admin in parts.admins.all()
        if f"role-{admin.id}" in request.form
    }
    return {admin_id: role for admin_id, role in roles.items() if role}
