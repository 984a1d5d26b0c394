"""Client apps: the list, adding one, and what can be changed about one."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.client_apps import LONGEST_DESCRIPTION, LONGEST_NAME, InvalidApp, NewApp
from app.console.app_page import Information, app_page, back_to_app
from app.console.guards import AppVisit, Guard, Visit
from app.console.parts import ConsoleParts
from app.guides import GUIDES
from app.watch.messages import headline
from scim.choices import ProviderName


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screens about client apps."""
    add = blueprint.add_url_rule
    add("/apps", "apps", guard.signed_in(_list))
    add("/apps/new", "choose_type", guard.adding_apps(_choose_type))
    add("/apps/new/provisioning", "new_app", guard.adding_apps(_show_new))
    add("/apps/new/provisioning", "create_app", guard.adding_apps(_create), methods=["POST"])
    add("/apps/<app_id>", "app", guard.viewing(_show))
    add("/apps/<app_id>/information", "information", guard.managing(_update), methods=["POST"])
    add("/apps/<app_id>/scim", "scim", guard.managing(_switch_scim), methods=["POST"])
    add("/apps/<app_id>/delete", "confirm_delete", guard.managing(_confirm_delete))
    add("/apps/<app_id>/delete", "delete_app", guard.managing(_delete), methods=["POST"])


def _list(parts: ConsoleParts, visit: Visit) -> Answer:
    return render_template(
        "console/apps.html",
        visit=visit,
        apps=parts.access.visible(visit.admin.id, visit.admin.role),
        warnings=_warnings(parts),
        is_deleted=request.args.get("done") == "deleted",
    )


def _warnings(parts: ConsoleParts) -> dict[str, list[str]]:
    """Return what there is to warn of, in a few words each, by app id."""
    now = parts.clock()
    return {
        app_id: [headline(warned, now) for warned in found]
        for app_id, found in parts.watch.of_apps().items()
    }


def _choose_type(_: ConsoleParts, __: Visit) -> Answer:
    return render_template("console/choose_type.html")


def _show_new(_: ConsoleParts, __: Visit) -> Answer:
    return _new_page(Information("", ""))


def _create(parts: ConsoleParts, visit: Visit) -> Answer:
    name, description = request.form.get("name", ""), request.form.get("description", "")
    chosen = request.form.get("provider", ProviderName.CUSTOM)
    if chosen not in GUIDES:  # the form offers no such value
        abort(400)
    provider, tenant = ProviderName(chosen), parts.tenants.default()
    new = NewApp(tenant.id, name, description, provider=provider, maintainer=visit.admin.id)
    try:
        app = parts.client_apps.create(new, visit.actor)
    except InvalidApp as error:
        return _new_page(Information(name, description, str(error)), provider), 400
    return back_to_app(app, "created")


def _new_page(information: Information, provider: str = ProviderName.CUSTOM) -> str:
    return render_template(
        "console/new_app.html",
        information=information,
        guides=GUIDES,
        provider=provider,
        longest_name=LONGEST_NAME,
        longest_description=LONGEST_DESCRIPTION,
    )


def _show(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return app_page(parts, visit)


def _update(parts: ConsoleParts, visit: AppVisit) -> Answer:
    name, description = request.form.get("name", ""), request.form.get("description", "")
    try:
        parts.client_apps.update(visit.app.id, name, description, visit.actor)
    except InvalidApp as error:
        return app_page(parts, visit, Information(name, description, str(error))), 400
    return back_to_app(visit.app, "information")


def _switch_scim(parts: ConsoleParts, visit: AppVisit) -> Answer:
    if "enabled" in request.form:  # a check box that is not ticked is not sent at all
        parts.client_apps.enable_scim(visit.app.id, visit.actor)
        return back_to_app(visit.app, "scim-on")
    parts.client_apps.disable_scim(visit.app.id, visit.actor)
    return back_to_app(visit.app, "scim-off")


def _confirm_delete(_: ConsoleParts, visit: AppVisit) -> Answer:
    return render_template("console/delete_app.html", app=visit.app, sentence="")


def _delete(parts: ConsoleParts, visit: AppVisit) -> Answer:
    if request.form.get("name", "").strip() != visit.app.name:
        problem = "This is not the name of the app. Nothing was deleted."
        return render_template("console/delete_app.html", app=visit.app, sentence=problem), 400
    parts.client_apps.delete(visit.app.id, visit.actor)
    return redirect(url_for("console.apps", done="deleted"), 303)
