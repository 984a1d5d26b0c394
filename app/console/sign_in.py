"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.console import session_cookie
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the front door."""
    blueprint.add_url_rule("", "home", guard.signed_in(_enter))
    blueprint.add_url_rule("/", "front_door", guard.signed_in(_enter))
    blueprint.add_url_rule("/sign-in", "sign_in", guard.open(_show))
    blueprint.add_url_rule("/sign-in", "send_sign_in", guard.open(_sign_in), methods=["POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", guard.signed_in(_sign_out), methods=["POST"])


def _enter(_: ConsoleParts, __: Visit) -> Answer:
    return redirect(url_for("console.apps"), 303)


def _show(parts: ConsoleParts) -> Answer:
    return _page(parts, wanted=request.args.get("next", ""))


def _sign_in(parts: ConsoleParts) -> Answer:
    email = request.form.get("email", "")
    wanted = request.form.get("next", "")
    admin = parts.admins.find_by_credentials(email, request.form.get("password", ""))
    if admin is None:
        problem = "The e-mail address and the password do not belong together."
        return _page(parts, wanted, email, problem), 401
    return session_cookie.sign_in(parts, admin, _destination(wanted))


def _sign_out(parts: ConsoleParts, _: Visit) -> Answer:
    return session_cookie.sign_out(parts, url_for("console.sign_in", done="signed-out"))


def _page(parts: ConsoleParts, wanted: str, email: str = "", problem: str = "") -> str:
    return render_template(
        "console/sign_in.html",
        wanted=wanted,
        email=email,
        sentence=problem,
        is_signed_out=request.args.get("done") == "signed-out",
        has_admins=bool(parts.admins.all()),
    )


def _destination(wanted: str) -> str:
    """Return the page asked for before the sign-in, if it is one of the console's own."""
    if wanted.startswith(url_for("console.home") + "/"):
        return wanted
    return url_for("console.apps")
