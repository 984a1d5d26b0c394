"""The Dedicated Token of an app: issued once, shown once, revoked for good."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.console.app_page import back_to_app
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from app.tokens.errors import InvalidDetails, ScimDisabled, TokenActive, TokenError, UnknownToken


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the forms of the Dedicated Token section."""
    add = blueprint.add_url_rule
    add("/apps/<app_id>/tokens", "tokens", guard.viewing(_show))
    add("/apps/<app_id>/tokens", "issue_token", guard.managing(_issue), methods=["POST"])
    add(
        "/apps/<app_id>/tokens/<jti>/revoke",
        "revoke_token",
        guard.managing(_revoke),
        methods=["POST"],
    )


def _show(_: ConsoleParts, visit: AppVisit) -> Answer:
    """Lead on from the address of the one-time window, which is shown to no GET."""
    return redirect(url_for("console.app", app_id=visit.app.id, _anchor="token"), 303)


def _issue(parts: ConsoleParts, visit: AppVisit) -> Answer:
    """Answer with the one-time window itself: a redirect would need the token kept somewhere."""
    try:
        issued = parts.tokens.issue(visit.app.id, visit.actor, request.form.get("label", ""))
    except (InvalidDetails, ScimDisabled, TokenActive) as error:
        return _refused(visit, "No token was issued", error)
    return render_template(
        "console/issued.html", app=visit.app, issued=issued, scim_url=parts.settings.scim_url
    )


def _revoke(parts: ConsoleParts, visit: AppVisit, jti: str) -> Answer:
    try:
        parts.tokens.revoke(visit.app.id, jti, visit.actor, request.form.get("reason", ""))
    except UnknownToken:
        abort(404)
    except InvalidDetails as error:
        return _refused(visit, "The token was not revoked", error)
    return back_to_app(visit.app, "revoked")


def _refused(visit: AppVisit, title: str, error: TokenError) -> Answer:
    page = render_template("console/refused.html", app=visit.app, title=title, sentence=str(error))
    return page, 400 if isinstance(error, InvalidDetails) else 409
