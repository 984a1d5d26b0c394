"""The settings of an app: its name, what it chose of the protocol, and what ends it."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.client_apps import LONGEST_DESCRIPTION, LONGEST_NAME, ClientApp, InvalidApp
from app.console.app_page import Information
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from app.edition import Outdated, edition_of
from app.tokens import Token
from scim.choices import PROTOCOL, InvalidChoice, Option, read_options

_ALL_REVOKED = "all-revoked"

_DONE = {
    "information": "The basic information is saved.",
    "protocol": "The protocol settings are saved. They hold from the next request on.",
    _ALL_REVOKED: "No token of this app is alive. Requests that carry one are refused.",
}
"""What was done, by the word a redirect leaves in the URL."""

_OTHERS = (
    "The tokens are others than those this page showed. Nothing was revoked; this is how it is now."
)

_KEPT = "What you entered is kept here: save it again to put it in place of theirs."


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the settings screen, and what is confirmed on pages of its own."""
    add = blueprint.add_url_rule
    app = "/apps/<app_id>"
    add(f"{app}/settings", "settings", guard.viewing(_show))
    add(f"{app}/information", "information", guard.managing(_save_information), methods=["POST"])
    add(f"{app}/protocol", "protocol", guard.managing(_save_protocol), methods=["POST"])
    all_tokens = f"{app}/tokens/revoke-all"
    add(all_tokens, "confirm_revoke_all", guard.managing(_confirm_revoke_all))
    add(all_tokens, "revoke_all", guard.managing(_revoke_all), methods=["POST"])
    add(f"{app}/delete", "confirm_delete", guard.managing(_confirm_delete))
    add(f"{app}/delete", "delete_app", guard.managing(_delete), methods=["POST"])


def _show(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return _page(parts, visit)


def _page(
    parts: ConsoleParts,
    visit: AppVisit,
    information: Information | None = None,
    entered: Mapping[str, Option] | None = None,
    problem: str = "",
) -> str:
    """Return the screen, as things are now.

    :param information: what was entered and could not be saved
    :param entered: likewise, what was chosen of the protocol
    :param problem: why that could not be saved
    """
    app = parts.client_apps.get(visit.app.id)
    alive = _alive(parts, app)
    done = request.args.get("done", "")
    chosen = {choice.name: app.choices.chosen(choice) for choice in PROTOCOL}
    return render_template(
        "console/settings.html",
        visit=visit,
        app=app,
        information=information or Information(app.name, app.description),
        information_edition=edition_of(app.name, app.description),
        longest_name=LONGEST_NAME,
        longest_description=LONGEST_DESCRIPTION,
        choices=PROTOCOL,
        chosen=chosen | dict(entered or {}),
        protocol_edition=edition_of(*chosen.values()),
        protocol_problem=problem,
        alive=alive,
        size=parts.browser.sizes([app.tenant_id])[app.tenant_id],
        sentence=None if done == _ALL_REVOKED and alive else _DONE.get(done),
    )


def _back(visit: AppVisit, done: str) -> Answer:
    return redirect(url_for("console.settings", app_id=visit.app.id, done=done), 303)


def _save_information(parts: ConsoleParts, visit: AppVisit) -> Answer:
    form = request.form
    name, description = form.get("name", ""), form.get("description", "")
    try:
        parts.client_apps.update(
            visit.app.id, name, description, visit.actor, seen=form.get("edition")
        )
    except InvalidApp as error:
        return _page(parts, visit, Information(name, description, str(error))), 400
    except Outdated:
        theirs = _present(parts.client_apps.get(visit.app.id))
        return _page(parts, visit, Information(name, description, f"{theirs} {_KEPT}")), 409
    return _back(visit, "information")


def _present(app: ClientApp) -> str:
    described = f"the description “{app.description}”" if app.description else "no description"
    return (
        "Somebody else saved other basic information while this page was open:"
        f" the name “{app.name}” and {described}."
    )


def _save_protocol(parts: ConsoleParts, visit: AppVisit) -> Answer:
    keys = [choice.key for choice in PROTOCOL if choice.key in request.form]
    try:
        options = read_options({key: request.form[key] for key in keys})
    except InvalidChoice:  # the form offers no such value
        abort(400)
    try:
        parts.app_settings.set(visit.app.id, options, visit.actor, request.form.get("edition"))
    except Outdated:
        present = parts.client_apps.get(visit.app.id).choices
        others = [
            f"{choice.title} is {present.chosen(choice)}"
            for choice in PROTOCOL
            if options.get(choice.name) not in {None, present.chosen(choice)}
        ]
        theirs = (
            f"Somebody else saved other settings while this page was open: {', '.join(others)}."
        )
        return _page(parts, visit, entered=options, problem=f"{theirs} {_KEPT}"), 409
    return _back(visit, "protocol")


def _alive(parts: ConsoleParts, app: ClientApp) -> Sequence[Token]:
    """Return every token that would end with the app."""
    return parts.tokens.alive([app.id]).get(app.id, ())


def _confirm_revoke_all(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return _revoke_all_page(parts, visit)


def _revoke_all_page(parts: ConsoleParts, visit: AppVisit, problem: str = "") -> str:
    alive = _alive(parts, visit.app)
    return render_template(
        "console/revoke_all.html",
        app=visit.app,
        alive=alive,
        seen=edition_of(*(token.jti for token in alive if token.is_lasting)),
        problem=problem,
        secrets=len(parts.client_secrets.list(visit.app.id)),
        keys=len(parts.client_keys.list(visit.app.id)),
    )


def _revoke_all(parts: ConsoleParts, visit: AppVisit) -> Answer:
    reason, seen = "all at once, in the console", request.form.get("edition")
    try:
        parts.tokens.revoke_all(visit.app.id, visit.actor, reason, seen=seen)
    except Outdated:
        return _revoke_all_page(parts, visit, _OTHERS), 409
    return _back(visit, _ALL_REVOKED)


def _confirm_delete(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return _delete_page(parts, visit.app)


def _delete(parts: ConsoleParts, visit: AppVisit) -> Answer:
    if request.form.get("name", "").strip() != visit.app.name:
        problem = "This is not the name of the app. Nothing was deleted."
        return _delete_page(parts, visit.app, problem), 400
    parts.client_apps.delete(visit.app.id, visit.actor)
    return redirect(url_for("console.apps", done="deleted"), 303)


def _delete_page(parts: ConsoleParts, app: ClientApp, problem: str = "") -> str:
    return render_template(
        "console/delete_app.html",
        app=app,
        alive=_alive(parts, app),
        size=parts.browser.sizes([app.tenant_id])[app.tenant_id],
        days=parts.settings.log_days,
        sentence=problem,
    )
