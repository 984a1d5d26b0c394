"""Client apps: the list, adding one, and the switch of one."""

from collections import Counter

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.app_state import AppState
from app.client_apps import LONGEST_DESCRIPTION, LONGEST_NAME, InvalidApp, NewApp
from app.console.app_health import health_of, standings_of
from app.console.app_page import Information, app_page, back_to_app
from app.console.form_ids import sent_form_id
from app.console.guards import AppVisit, Guard, Visit
from app.console.page_number import page_number
from app.console.parts import ConsoleParts
from app.guides import GUIDES
from app.once import SentTwice, new_form_id
from app.tenants import DEFAULT
from app.wording import find_fault
from scim.choices import ProviderName

_PAGE = 25
"""Apps on a page of the list."""

_OWN = "own"
"""What the form calls a new tenant; no id is like it."""


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screens about client apps."""
    add = blueprint.add_url_rule
    add("/apps", "apps", guard.signed_in(_list))
    add("/apps/new", "choose_type", guard.adding_apps(_choose_type))
    add("/apps/new/provisioning", "new_app", guard.adding_apps(_show_new))
    add("/apps/new/provisioning", "create_app", guard.adding_apps(_create), methods=["POST"])
    add("/apps/<app_id>", "app", guard.viewing(_show))
    add("/apps/<app_id>/scim", "scim", guard.managing(_switch_scim), methods=["POST"])


def _list(parts: ConsoleParts, visit: Visit) -> Answer:
    text, state = request.args.get("q", "").strip(), request.args.get("state", "")
    if find_fault("The search", text, LONGEST_NAME) or state not in {"", *AppState}:
        abort(400)
    visible = parts.access.visible(visit.admin.id, visit.admin.role)
    named = [app for app in visible if text.casefold() in app.name.casefold()]
    standings = standings_of(parts, named)
    found = [each for each in standings if state in {"", each.state}]
    page = page_number()
    return render_template(
        "console/apps.html",
        visit=visit,
        has_apps=bool(visible),
        rows=health_of(parts, found[(page - 1) * _PAGE : page * _PAGE]),
        found=len(found),
        page=page,
        has_more=len(found) > page * _PAGE,
        text=text,
        state=state,
        states=Counter(each.state for each in standings),
        is_deleted=request.args.get("done") == "deleted",
    )


def _choose_type(_: ConsoleParts, __: Visit) -> Answer:
    return render_template("console/choose_type.html")


def _show_new(parts: ConsoleParts, visit: Visit) -> Answer:
    return _new_page(parts, visit, Information("", ""))


def _create(parts: ConsoleParts, visit: Visit) -> Answer:
    name, description = request.form.get("name", ""), request.form.get("description", "")
    chosen = request.form.get("provider", ProviderName.CUSTOM)
    if chosen not in GUIDES:  # the form offers no such value
        abort(400)
    provider, offered = ProviderName(chosen), _directories(parts, visit)
    directory = request.form.get("directory", next(iter(offered)))
    if directory not in offered:
        abort(400)
    tenants = {_OWN: None, DEFAULT: parts.tenants.default().id}
    new = NewApp(
        tenants.get(directory, directory),
        name,
        description,
        provider=provider,
        maintainer=visit.admin.id,
        form_id=sent_form_id(),
    )
    try:
        app = parts.client_apps.create(new, visit.actor)
    except InvalidApp as error:
        problem = Information(name, description, str(error))
        return _new_page(parts, visit, problem, provider, directory), 400
    except SentTwice as error:
        return _sent_twice(parts, error.made), 409
    return back_to_app(app, "created")


def _sent_twice(parts: ConsoleParts, app_id: str) -> str:
    app = parts.client_apps.get(app_id)
    return render_template(
        "console/refused.html",
        app=app,
        title="The form was sent twice",
        sentence=f"{app.name} was added the first time. No second app was added.",
        back=url_for("console.app", app_id=app.id),
    )


def _directories(parts: ConsoleParts, visit: Visit) -> dict[str, str]:
    """Return what the directories are called that an admin may choose from, the usual one first.

    Who owns no instance learns of none but the default one, and may not always choose that.
    """
    admin = visit.admin
    offered = {_OWN: "A directory of its own"}
    if parts.access.may_join(parts.tenants.default().id, admin.id, admin.role):
        offered = {DEFAULT: "The default directory", **offered}
    if admin.is_owner:
        offered |= {each.id: each.name for each in parts.tenants.all() if each.name != DEFAULT}
    return offered


def _new_page(
    parts: ConsoleParts,
    visit: Visit,
    information: Information,
    provider: str = ProviderName.CUSTOM,
    directory: str = "",
) -> str:
    return render_template(
        "console/new_app.html",
        information=information,
        form_id=new_form_id(),
        directories=_directories(parts, visit),
        directory=directory,
        guides=GUIDES,
        provider=provider,
        longest_name=LONGEST_NAME,
        longest_description=LONGEST_DESCRIPTION,
    )


def _show(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return app_page(parts, visit)


def _switch_scim(parts: ConsoleParts, visit: AppVisit) -> Answer:
    if "enabled" in request.form:  # a check box that is not ticked is not sent at all
        parts.client_apps.enable_scim(visit.app.id, visit.actor)
        return back_to_app(visit.app, "scim-on")
    parts.client_apps.disable_scim(visit.app.id, visit.actor)
    return back_to_app(visit.app, "scim-off")
