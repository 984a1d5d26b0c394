"""Admins: who may sign in and what their role is; for owners."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.admins import ROLES, Admin, EmailTaken, InvalidAdmin, LastOwner
from app.admins.admin import checked_role
from app.console.guards import Guard, Visit
from app.console.page_number import page_number
from app.console.parts import ConsoleParts

_PAGE = 10
"""Admins on a page, those who are disabled last."""

_DONE = {
    "role": "The role is saved. It holds from the next request on.",
    "disabled": "The admin is disabled, and their sessions are over.",
    "enabled": "The admin may sign in again.",
    "withdrawn": "The invitation is withdrawn. Its link is good for nothing.",
}
"""What was done, by the word a redirect leaves in the URL."""


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screen of admins."""
    add = blueprint.add_url_rule
    add("/admins", "admins", guard.owning(_show))
    add("/admins/invitations", "invitations", guard.owning(_lead_on))
    add("/admins/invitations", "invite_admin", guard.owning(_invite), methods=["POST"])
    add(
        "/admins/invitations/withdraw",
        "withdraw_invitation",
        guard.owning(_withdraw),
        methods=["POST"],
    )
    page = "/admins/<admin_id>"
    add(f"{page}/role", "set_admin_role", guard.owning(_set_role), methods=["POST"])
    add(f"{page}/disable", "disable_admin", guard.owning(_disable), methods=["POST"])
    add(f"{page}/enable", "enable_admin", guard.owning(_enable), methods=["POST"])
    add(f"{page}/reset", "reset_admin", guard.owning(_reset), methods=["POST"])


def _show(parts: ConsoleParts, visit: Visit) -> Answer:
    return _page(parts, visit)


def _lead_on(_: ConsoleParts, __: Visit) -> Answer:
    """Lead on from the address of the page that shows a link, which is shown to no GET."""
    return redirect(url_for("console.admins"), 303)


def _invite(parts: ConsoleParts, visit: Visit) -> Answer:
    """Answer with the link itself, which is shown this once."""
    email = request.form.get("email", "")
    try:
        role = checked_role(request.form.get("role", ""))
        secret = parts.door.links.invite(email, role, visit.actor)
    except InvalidAdmin as error:
        return _page(parts, visit, str(error), email), 400
    except EmailTaken as error:
        return _page(parts, visit, str(error), email), 409
    return _link_page(parts, email.strip(), secret, is_reset=False)


def _reset(parts: ConsoleParts, visit: Visit, admin_id: str) -> Answer:
    admin = parts.admins.get(admin_id)
    secret = parts.door.links.reset(admin.id, visit.actor)
    return _link_page(parts, admin.email, secret, is_reset=True)


def _withdraw(parts: ConsoleParts, visit: Visit) -> Answer:
    parts.door.links.withdraw(request.form.get("email", ""), visit.actor)
    return _back("withdrawn")


def _set_role(parts: ConsoleParts, visit: Visit, admin_id: str) -> Answer:
    try:
        role = checked_role(request.form.get("role", ""))
    except InvalidAdmin:  # the form offers no such role
        abort(400)
    try:
        parts.admins.set_role(admin_id, role, visit.actor)
    except LastOwner as error:
        return _page(parts, visit, str(error)), 409
    if admin_id == visit.admin.id:  # who is an owner no more sees this page no more
        return redirect(url_for("console.apps"), 303)
    return _back("role")


def _disable(parts: ConsoleParts, visit: Visit, admin_id: str) -> Answer:
    try:
        parts.admins.disable(admin_id, visit.actor)
    except LastOwner as error:
        return _page(parts, visit, str(error)), 409
    return _back("disabled")


def _enable(parts: ConsoleParts, visit: Visit, admin_id: str) -> Answer:
    parts.admins.enable(admin_id, visit.actor)
    return _back("enabled")


def _back(done: str) -> Answer:
    return redirect(url_for("console.admins", done=done), 303)


def _page(parts: ConsoleParts, visit: Visit, problem: str = "", email: str = "") -> str:
    """Return the screen.

    :param problem: why something could not be done
    :param email: who could not be invited
    """
    admins = sorted(parts.admins.all(), key=_place)
    page = page_number()
    return render_template(
        "console/admins.html",
        visit=visit,
        admins=admins[(page - 1) * _PAGE : page * _PAGE],
        page=page,
        has_more=len(admins) > page * _PAGE,
        invitations=parts.door.links.invitations(),
        roles=ROLES,
        problem=problem,
        email=email,
        sentence=_DONE.get(request.args.get("done", "")),
    )


def _place(admin: Admin) -> tuple[bool, str]:
    return admin.disabled_at is not None, admin.email.lower()


def _link_page(parts: ConsoleParts, email: str, secret: str, *, is_reset: bool) -> str:
    path = url_for("console.welcome", secret=secret)
    return render_template(
        "console/admin_link.html",
        email=email,
        link=parts.settings.public_url + path,
        is_reset=is_reset,
    )
