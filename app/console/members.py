"""Access permission: which admins may see an app, and which may update and delete it."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.access import AppMember, LastMaintainer, MemberChange, Permission
from app.admins import Admin
from app.client_apps import InvalidApp, UnknownMember
from app.console.guards import AppVisit, Guard
from app.console.page_number import page_number
from app.console.parts import ConsoleParts
from app.edition import Outdated

_PAGE = 10
"""Members on a page."""

_DONE = {
    "saved": "The access permission is saved.",
    "removed": "They are no member of this app now.",
}
"""What was done, by the word a redirect leaves in the URL."""

_CHANGED = (
    "Somebody else changed the role of this admin while the page was open. "
    "Nothing was changed; this is how it is now."
)


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screen of who may do what with an app."""
    page = "/apps/<app_id>/members"
    blueprint.add_url_rule(page, "members", guard.viewing(_show))
    blueprint.add_url_rule(page, "set_member", guard.managing(_save), methods=["POST"])


@dataclass(frozen=True, slots=True)
class MemberRow:
    """An admin who may see an app."""

    admin_id: str
    email: str
    role: str
    given_by: str
    given_at: str
    is_disabled: bool
    """Whether they cannot sign in at present."""

    is_admin: bool
    """Whether they are an admin still; else the role means nothing."""


def _show(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return _page(parts, visit)


def _page(parts: ConsoleParts, visit: AppVisit, problem: str = "") -> str:
    everybody = parts.admins.all()
    admins = [admin for admin in everybody if not admin.disabled_at]
    emails = parts.admins.emails()
    known = {admin.id: admin for admin in everybody}
    named = {member.admin_id: member for member in parts.access.members(visit.app.id)}
    members = [
        _row(member, emails, admin)
        for id_, member in named.items()
        if (admin := known.get(id_)) and not admin.is_owner  # who stand among the owners
    ]
    page = page_number()
    return render_template(
        "console/members.html",
        visit=visit,
        app=visit.app,
        owners=[admin for admin in admins if admin.is_owner],
        members=members[(page - 1) * _PAGE : page * _PAGE],
        page=page,
        has_more=len(members) > page * _PAGE,
        others=[admin for admin in admins if _may_be_member(admin) and admin.id not in named],
        problem=problem,
        sentence=_DONE.get(request.args.get("done", "")),
    )


def _row(member: AppMember, emails: dict[str, str], admin: Admin) -> MemberRow:
    given_by = emails.get(member.given_by, member.given_by)
    return MemberRow(
        member.admin_id,
        member.email,
        member.role,
        given_by,
        member.given_at,
        admin.disabled_at is not None,
        _may_be_member(admin),
    )


def _may_be_member(admin: Admin) -> bool:
    return admin.role == "admin"


def _is_offered(parts: ConsoleParts, change: MemberChange) -> bool:
    """Return whether a form offers a change: whoever is no admin keeps a role or loses it."""
    if change.role in {"", change.was}:
        return True
    admins = {admin.id for admin in parts.admins.all() if _may_be_member(admin)}
    return change.admin_id in admins


def _save(parts: ConsoleParts, visit: AppVisit) -> Answer:
    form = request.form
    change = MemberChange(form.get("admin", ""), form.get("role", ""), form.get("was", ""))
    if not _is_offered(parts, change):
        abort(400)
    try:
        parts.access.change_member(visit.app.id, change, visit.actor)
    except (InvalidApp, UnknownMember):  # it offers no such role
        abort(400)
    except LastMaintainer as error:
        return _page(parts, visit, f"{error} Nothing was changed."), 409
    except Outdated:
        return _page(parts, visit, _CHANGED), 409
    left = parts.access.permission(visit.app.id, visit.admin.id, visit.admin.role)
    if left is Permission.NONE:
        return redirect(url_for("console.apps"), 303)
    done = "saved" if change.role else "removed"
    return redirect(url_for("console.members", app_id=visit.app.id, done=done), 303)
