"""Signing in and out."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.admins import Admin
from app.admins.errors import SignInExpired, WrongCode, WrongPassword
from app.admins.sign_in import SecondStep
from app.admins.throttle import Throttled
from app.console import session_cookie
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from app.console.way_back import destination


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the front door."""
    add = blueprint.add_url_rule
    add("/sign-in", "sign_in", guard.open(_show))
    add("/sign-in", "send_sign_in", guard.open(_sign_in), methods=["POST"])
    add("/sign-in/code", "send_code", guard.open(_send_code), methods=["POST"])
    add("/sign-out", "sign_out", guard.signed_in(_sign_out), methods=["POST"])


def _show(parts: ConsoleParts) -> Answer:
    return _page(parts, wanted=request.args.get("next", ""))


def _sign_in(parts: ConsoleParts) -> Answer:
    email = request.form.get("email", "")
    wanted = request.form.get("next", "")
    origin = session_cookie.origin(parts.settings)
    try:
        found = parts.door.sign_in.begin(email, request.form.get("password", ""), origin)
    except Throttled as throttled:
        return _page(parts, wanted, email, str(throttled)), 429, _retry(throttled)
    except WrongPassword as error:
        return _page(parts, wanted, email, str(error)), 401
    if isinstance(found, SecondStep):
        return _code_page(found.secret, wanted)
    return _let_in(parts, found, wanted)


def _send_code(parts: ConsoleParts) -> Answer:
    """Take the second step; nothing but the hidden field says that the first one was taken."""
    step = request.form.get("step", "")
    wanted = request.form.get("next", "")
    origin = session_cookie.origin(parts.settings)
    try:
        admin = parts.door.sign_in.finish(step, request.form.get("code", ""), origin)
    except Throttled as throttled:
        return _code_page(step, wanted, str(throttled)), 429, _retry(throttled)
    except SignInExpired as error:
        return _page(parts, wanted, problem=str(error)), 401
    except WrongCode as error:
        return _code_page(step, wanted, str(error)), 401
    return _let_in(parts, admin, wanted)


def _let_in(parts: ConsoleParts, admin: Admin, wanted: str) -> Answer:
    return session_cookie.sign_in(parts, admin, destination(wanted))


def _sign_out(parts: ConsoleParts, _: Visit) -> Answer:
    return session_cookie.sign_out(parts, url_for("console.sign_in", done="signed-out"))


def _page(parts: ConsoleParts, wanted: str, email: str = "", problem: str = "") -> str:
    return render_template(
        "console/sign_in.html",
        wanted=wanted,
        email=email,
        sentence=problem,
        is_signed_out=request.args.get("done") == "signed-out",
        is_ended=request.args.get("done") == "ended",
        has_admins=bool(parts.admins.all()),
    )


def _code_page(step: str, wanted: str, problem: str = "") -> str:
    return render_template("console/sign_in_code.html", step=step, wanted=wanted, sentence=problem)


def _retry(throttled: Throttled) -> dict[str, str]:
    return {} if throttled.seconds is None else {"Retry-After": str(throttled.seconds)}
