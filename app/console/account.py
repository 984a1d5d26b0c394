"""The account of who is signed in: password, second factor, recovery codes, sessions."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.admins import LONGEST_PASSWORD, InvalidAdmin
from app.admins.errors import WrongPassword
from app.admins.throttle import Throttled
from app.console import session_cookie
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from app.console.step_up import renew_session
from app.sessions import session_id

_DONE = {
    "password": "The password is changed. Your other sessions are over.",
    "others": "Your other sessions are over.",
    "session": "The session is over.",
    "factor-off": "The second factor is off. Your password alone lets you in.",
}
"""What was done, by the word a redirect leaves in the URL."""

_REQUIRED = "This instance requires a second factor. Turn it on, and the rest of the console opens."


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screen of the account."""
    add = blueprint.add_url_rule
    add("/account", "account", guard.signed_in(_show))
    add("/account/password", "change_password", guard.signed_in(_change), methods=["POST"])
    add("/account/sessions/others", "end_others", guard.signed_in(_end_others), methods=["POST"])
    add(
        "/account/sessions/<session>/end",
        "end_session",
        guard.signed_in(_end_session),
        methods=["POST"],
    )


def account_page(parts: ConsoleParts, visit: Visit, problem: str = "", about: str = "") -> str:
    """Return the screen.

    :param problem: why something could not be done
    :param about: the section it is about
    """
    is_on = parts.door.second_factors.is_on(visit.admin.id)
    done = request.args.get("done", "")
    return render_template(
        "console/account.html",
        visit=visit,
        is_on=is_on,
        is_required=bool(parts.settings.require_second_factor),
        codes_left=parts.door.second_factors.codes_left(visit.admin.id),
        sessions=parts.sessions.of(visit.admin.id),
        present=session_id(session_cookie.find(parts.settings) or ""),
        shortest=parts.door.password_change.shortest(visit.admin),
        longest=LONGEST_PASSWORD,
        problem=_REQUIRED if done == "factor-required" and not is_on else problem,
        about="factor" if done == "factor-required" else about,
        sentence=_DONE.get(done),
    )


def back_to_account(done: str) -> Answer:
    """Return the way to the screen, which then says what was done."""
    return redirect(url_for("console.account", done=done), 303)


def _show(parts: ConsoleParts, visit: Visit) -> Answer:
    return account_page(parts, visit)


def _change(parts: ConsoleParts, visit: Visit) -> Answer:
    """Change the password; the present one is the proof that the request wants."""
    secret = session_cookie.find(parts.settings) or ""
    try:
        parts.door.password_change.change(
            visit.admin,
            request.form.get("password", ""),
            request.form.get("new_password", ""),
            secret,
            session_cookie.origin(parts.settings),
        )
    except InvalidAdmin as error:
        return account_page(parts, visit, str(error), "password"), 400
    except WrongPassword as error:
        return account_page(parts, visit, str(error), "password"), 403
    except Throttled as throttled:
        return account_page(parts, visit, str(throttled), "password"), 429
    renew_session(parts, secret)
    return back_to_account("password")


def _end_others(parts: ConsoleParts, visit: Visit) -> Answer:
    secret = session_cookie.find(parts.settings) or ""
    parts.sessions.end_others(visit.admin.id, secret, visit.actor)
    return back_to_account("others")


def _end_session(parts: ConsoleParts, visit: Visit, session: str) -> Answer:
    parts.sessions.end_one(visit.admin.id, session, visit.actor)
    return back_to_account("session")
