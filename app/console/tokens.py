"""The Dedicated Token of an app: issued once, shown once, rotated, revoked for good."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.console.app_page import back_to_app
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from app.tokens import IssuedToken, NewToken
from app.tokens.errors import InvalidDetails, InvalidScope, TokenError, UnknownToken
from app.tokens.lifecycle import LONGEST_LABEL


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the forms of the Dedicated Token section."""
    add = blueprint.add_url_rule
    add("/apps/<app_id>/tokens", "tokens", guard.viewing(_show))
    add("/apps/<app_id>/tokens", "issue_token", guard.managing(_issue), methods=["POST"])
    add("/apps/<app_id>/tokens/rotation", "rotation", guard.viewing(_rotation))
    add("/apps/<app_id>/tokens/rotation", "rotate", guard.managing(_rotate), methods=["POST"])
    add(
        "/apps/<app_id>/tokens/<jti>/revoke",
        "revoke_token",
        guard.managing(_revoke),
        methods=["POST"],
    )


def _rotation(parts: ConsoleParts, visit: AppVisit) -> Answer:
    """Show how a rotation goes, and the form that begins it."""
    alive = parts.tokens.lasting(visit.app.id)
    return render_template(
        "console/rotation.html",
        visit=visit,
        is_running=len(alive) > 1,
        app=visit.app,
        alive=alive,
        settings=parts.settings,
        scopes=parts.tokens.scopes.all,
        longest_label=LONGEST_LABEL,
    )


def _rotate(parts: ConsoleParts, visit: AppVisit) -> Answer:
    """Answer with the one-time window of the successor."""
    try:
        issued = parts.tokens.rotate(visit.app.id, visit.actor, _asked())
    except TokenError as error:
        return _refused(visit, "The token was not rotated", error)
    return _issued(parts, visit, issued)


def _issued(parts: ConsoleParts, visit: AppVisit, issued: IssuedToken) -> Answer:
    return render_template(
        "console/issued.html", app=visit.app, issued=issued, scim_url=parts.settings.scim_url
    )


def _asked() -> NewToken:
    """Return what a form asks of a token; it may name several scopes."""
    form = request.form
    scope = " ".join(form.getlist("scope")) if "scope" in form else None
    return NewToken(form.get("label"), scope, form.get("networks"))


def _show(_: ConsoleParts, visit: AppVisit) -> Answer:
    """Lead on from the address of the one-time window, which is shown to no GET."""
    return redirect(url_for("console.app", app_id=visit.app.id, _anchor="token"), 303)


def _issue(parts: ConsoleParts, visit: AppVisit) -> Answer:
    """Answer with the one-time window itself: a redirect would need the token kept somewhere."""
    try:
        issued = parts.tokens.issue(visit.app.id, visit.actor, _asked())
    except TokenError as error:
        return _refused(visit, "No token was issued", error)
    return _issued(parts, visit, issued)


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
    return page, 400 if isinstance(error, InvalidDetails | InvalidScope) else 409
