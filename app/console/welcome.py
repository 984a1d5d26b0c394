"""One-time links: where a new admin chooses a password, and one who lost theirs another."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.admins import LONGEST_PASSWORD, SHORTEST_PASSWORD, EmailTaken, InvalidAdmin
from app.admins.errors import InvalidLink
from app.admins.links import AdminLink
from app.console import session_cookie
from app.console.guards import Guard
from app.console.parts import ConsoleParts


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the page that a one-time link opens."""
    blueprint.add_url_rule("/welcome/<secret>", "welcome", guard.open(_show))
    blueprint.add_url_rule(
        "/welcome/<secret>", "send_welcome", guard.open(_redeem), methods=["POST"]
    )


def _show(parts: ConsoleParts, secret: str) -> Answer:
    try:
        return _page(parts.door.links.get(secret))
    except InvalidLink:
        return _void()


def _redeem(parts: ConsoleParts, secret: str) -> Answer:
    password = request.form.get("password", "")
    try:
        link = parts.door.links.get(secret)
        admin = parts.door.links.redeem(secret, password, request.remote_addr)
    except InvalidLink:
        return _void()
    except (InvalidAdmin, EmailTaken) as error:
        return _page(link, str(error)), 400
    return session_cookie.sign_in(parts, admin, url_for("console.apps"))


def _page(link: AdminLink, problem: str = "") -> str:
    return render_template(
        "console/welcome.html",
        link=link,
        sentence=problem,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )


def _void() -> Answer:
    return render_template("console/welcome_void.html"), 404
