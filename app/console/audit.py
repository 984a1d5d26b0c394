"""The audit log: of the whole instance for owners and auditors, of an app for who may see it."""

from dataclasses import replace

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.audit import Filters
from app.client_apps import ClientApp
from app.console.audit_entries import Names
from app.console.audit_export import FORMS, exported
from app.console.audit_filters import Asked, InvalidFilter, read_asked
from app.console.guards import AppVisit, Guard, Visit
from app.console.parts import ConsoleParts

_FILES = {"csv": "CSV", "jsonl": "JSON Lines"}
"""The forms of an export, and what their buttons call them."""


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screens of the audit log, and the files they are exported as."""
    add = blueprint.add_url_rule
    forms = ", ".join(FORMS)
    add("/audit", "audit", guard.reading(_show))
    add(
        f"/audit/export.<any({forms}):form>",
        "export_audit",
        guard.reading(_export),
        methods=["POST"],
    )
    add("/apps/<app_id>/audit", "app_audit", guard.viewing(_show_app))
    add(
        f"/apps/<app_id>/audit/export.<any({forms}):form>",
        "export_app_audit",
        guard.viewing(_export_app),
        methods=["POST"],
    )


def _show(parts: ConsoleParts, _: Visit) -> Answer:
    return _page(parts, None)


def _show_app(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return _page(parts, visit.app)


def _page(parts: ConsoleParts, app: ClientApp | None) -> Answer:
    problem = ""
    try:
        asked = read_asked(request.args)
    except InvalidFilter as error:
        asked, problem = Asked(), str(error)
    names = Names(parts, app.id if app else None)
    found = parts.audit.log.page(_bound(asked.filters, app), asked.before)
    page = render_template(
        "console/audit.html",
        app=app,
        asked=asked,
        problem=problem,
        entries=names.entries(found.lines),
        page=found,
        actors=_actors(parts, names, app),
        actions=parts.audit.log.actions(),
        apps=names.apps,
        check=parts.audit.checker.find_last(),
        files={name: _url_of(app, form) for form, name in _FILES.items()},
    )
    return page, 400 if problem else 200


def _actors(parts: ConsoleParts, names: Names, app: ClientApp | None) -> dict[str, str]:
    """Return who may be asked for: about an app, only those whom its lines name anyway."""
    if app is None:
        return names.actors
    found = {f"app:{app.id}", *parts.audit.log.actors_of(app.id, names.actors)}
    return {actor: name for actor, name in names.actors.items() if actor in found}


def _url_of(app: ClientApp | None, form: str) -> str:
    if app is None:
        return url_for("console.export_audit", form=form)
    return url_for("console.export_app_audit", app_id=app.id, form=form)


def _export(parts: ConsoleParts, _: Visit, form: str) -> Answer:
    return _file(parts, None, form)


def _export_app(parts: ConsoleParts, visit: AppVisit, form: str) -> Answer:
    return _file(parts, visit.app, form)


def _file(parts: ConsoleParts, app: ClientApp | None, form: str) -> Answer:
    try:
        asked = read_asked(request.form)
    except InvalidFilter:
        abort(400)
    lines = parts.audit.log.all(_bound(asked.filters, app))
    name = f"audit-{app.id if app else 'log'}.{form}"
    response = Response(exported(form, lines), content_type=FORMS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _bound(filters: Filters, app: ClientApp | None) -> Filters:
    """Return the filters of a page, which about an app shows nothing else."""
    return filters if app is None else replace(filters, app_id=app.id)
