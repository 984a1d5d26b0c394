"""The page of one app: its connection, its token, its settings, and who may manage it."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.access import AppMember
from app.admins import Admin
from app.client_apps import LONGEST_DESCRIPTION, LONGEST_NAME, ClientApp
from app.console.directory import client_of
from app.console.guards import AppVisit
from app.console.parts import ConsoleParts
from app.tokens import State, Token
from app.tokens.lifecycle import LONGEST_LABEL, LONGEST_REASON
from app.watch.messages import details, headline
from scim.choices import PROTOCOL

_DONE = {
    "created": "The app is added. Enable SCIM next, then issue its token.",
    "information": "The basic information is saved.",
    "scim-on": "SCIM is on. The app can have a token now.",
    "scim-off": "SCIM is off. Requests are refused with 403 from now on.",
    "revoked": "The token is revoked. Requests that carry it are refused from now on.",
    "protocol": "The protocol settings are saved. They hold from the next request on.",
    "access": "The access permission is saved.",
}
"""What was done, by the word a redirect leaves in the URL."""


@dataclass(frozen=True, slots=True)
class Information:
    """Basic information as it stands in its form, and why it cannot be saved, if so."""

    name: str
    description: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TokenCard:
    """A token as its card shows it: people by e-mail address, its state in a word."""

    token: Token
    state: State
    created_by: str
    revoked_by: str
    warnings: tuple[tuple[str, str], ...]
    """What there is to warn of, each in a few words, and when and what to do."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """An admin in the access permission section."""

    admin_id: str
    email: str
    role: str
    """``owner``, ``maintainer``, ``viewer``, or empty for no access."""

    given_by: str = ""
    given_at: str = ""


def app_page(parts: ConsoleParts, visit: AppVisit, information: Information | None = None) -> str:
    """Return the page of an app.

    :param information: what was entered and could not be saved
    """
    cards = _token_cards(parts, visit.app)
    return render_template(
        "console/app.html",
        visit=visit,
        app=visit.app,
        information=information or Information(visit.app.name, visit.app.description),
        longest_name=LONGEST_NAME,
        longest_description=LONGEST_DESCRIPTION,
        longest_label=LONGEST_LABEL,
        longest_reason=LONGEST_REASON,
        choices=PROTOCOL,
        scopes=parts.tokens.scopes.all,
        scim_url=parts.settings.scim_url,
        alive=[card for card in cards if card.state is State.ACTIVE],
        ended=[card for card in cards if card.state is not State.ACTIVE],
        members=_member_rows(parts, visit.app),
        checks=parts.checklists.of(visit.app, client_of(visit), parts.clock()),
        sentence=_DONE.get(request.args.get("done", "")),
    )


def back_to_app(app: ClientApp, done: str) -> Answer:
    """Return the way to the page of an app, which then says what was done."""
    return redirect(url_for("console.app", app_id=app.id, done=done), 303)


def _token_cards(parts: ConsoleParts, app: ClientApp) -> list[TokenCard]:
    emails = {f"admin:{admin.id}": admin.email for admin in parts.admins.all()}
    now = parts.clock()
    warnings = parts.watch.of_app(app.id)
    return [
        TokenCard(
            token,
            token.state(now),
            emails.get(token.created_by, token.created_by),
            emails.get(token.revoked_by or "", token.revoked_by or ""),
            tuple(
                (headline(warned, now), details(warned)) for warned in warnings.get(token.jti, ())
            ),
        )
        for token in parts.tokens.list(app.id)
        if token.is_lasting
    ]


def _member_rows(parts: ConsoleParts, app: ClientApp) -> list[MemberRow]:
    members = {member.admin_id: member for member in parts.access.members(app.id)}
    admins = parts.admins.all()
    emails = {f"admin:{admin.id}": admin.email for admin in admins}
    return [
        _member_row(admin, members.get(admin.id), emails)
        for admin in admins
        if admin.role != "auditor" and not admin.disabled_at
    ]


def _member_row(admin: Admin, member: AppMember | None, emails: dict[str, str]) -> MemberRow:
    if admin.role == "owner":
        return MemberRow(admin.id, admin.email, "owner")
    if member is None:
        return MemberRow(admin.id, admin.email, "")
    given_by = emails.get(member.given_by, member.given_by)
    return MemberRow(admin.id, admin.email, member.role, given_by, member.given_at)
