"""Step-up: whoever signed in a while ago proves again who they are before what is sensitive.

The page that asks holds what was sent and sends it again, beside the proof, to where it was going.
"""

from flask import after_this_request, render_template, request
from flask.typing import ResponseReturnValue as Answer
from werkzeug.wrappers import Response

from app.admins import Admin
from app.admins.errors import WrongCode, WrongPassword
from app.admins.throttle import Throttled
from app.console import session_cookie
from app.console.parts import ConsoleParts

SENSITIVE = frozenset(
    {
        "console.issue_token",
        "console.rotate",
        "console.test_connection",
        "console.revoke_token",
        "console.issue_secret",
        "console.revoke_secret",
        "console.set_keys",
        "console.remove_keys",
        "console.log_csv",
        "console.log_jsonl",
        "console.export_audit",
        "console.export_app_audit",
        "console.set_member",
        "console.revoke_all",
        "console.delete_app",
        "console.begin_second_factor",
        "console.renew_recovery_codes",
        "console.invite_admin",
        "console.withdraw_invitation",
        "console.set_admin_role",
        "console.disable_admin",
        "console.enable_admin",
        "console.reset_admin",
        "console.rotate_keys",
        "console.replace_key",
    }
)
"""The routes that want a proof within :data:`app.sessions.FRESH`; a test holds this list."""

_PROOF = "proof"

_WITHHELD = frozenset({"csrf_token", _PROOF, "password", "new_password", "code", "jwks"})
"""Fields that no page gives back: they hold secrets, or could."""


def take_proof(parts: ConsoleParts, admin: Admin) -> Answer | None:
    """Return the page that asks for a proof, or None where there is one: the request goes on."""
    secret = session_cookie.find(parts.settings) or ""
    if parts.sessions.is_fresh(secret):
        return None
    if _PROOF not in request.form:
        return _page(parts, admin)
    try:
        origin = session_cookie.origin(parts.settings)
        parts.door.sign_in.prove(admin, request.form[_PROOF], origin)
    except (Throttled, WrongCode, WrongPassword) as error:
        return _page(parts, admin, str(error))
    renew_session(parts, secret)
    return None


def renew_session(parts: ConsoleParts, secret: str) -> None:
    """Give the session of somebody who has proved who they are another secret."""
    renewed = parts.sessions.renew(secret, request.remote_addr)

    @after_this_request
    def hand_over(response: Response) -> Response:
        if renewed is not None:
            session_cookie.set_session(response, parts, renewed)
        return response


def _page(parts: ConsoleParts, admin: Admin, problem: str = "") -> Answer:
    sent = list(request.form.items(multi=True))
    page = render_template(
        "console/step_up.html",
        action=request.script_root + request.path,
        held=[(name, value) for name, value in sent if name not in _WITHHELD],
        proof=_PROOF,
        wants_code=parts.door.second_factors.is_on(admin.id),
        sentence=problem,
    )
    return page, 403
