"""First run: the one-time link makes the first owner."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.admins import LONGEST_PASSWORD, SHORTEST_PASSWORD, EmailTaken, InvalidAdmin
from app.console import session_cookie
from app.console.guards import Guard
from app.console.parts import ConsoleParts
from app.setup_link import InvalidSetupLink


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the set-up page."""
    blueprint.add_url_rule("/setup/<secret>", "set_up", guard.open(_show))
    blueprint.add_url_rule(
        "/setup/<secret>", "send_set_up", guard.open(_create_owner), methods=["POST"]
    )


def _show(parts: ConsoleParts, secret: str) -> Answer:
    try:
        parts.setup_links.check(secret)
    except InvalidSetupLink:
        return _void()
    return _page()


def _create_owner(parts: ConsoleParts, secret: str) -> Answer:
    email = request.form.get("email", "")
    password = request.form.get("password", "")
    try:
        owner = parts.setup_links.redeem(secret, email, password, request.remote_addr)
    except InvalidSetupLink:
        return _void()
    except (InvalidAdmin, EmailTaken) as error:
        return _page(email, str(error)), 400
    return session_cookie.sign_in(parts, owner, url_for("console.first_run"))


def _page(email: str = "", problem: str = "") -> str:
    return render_template(
        "console/setup.html",
        email=email,
        sentence=problem,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )


def _void() -> Answer:
    return render_template("console/setup_void.html"), 404
