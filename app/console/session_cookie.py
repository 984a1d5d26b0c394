"""The cookie that holds the secret of a session, and nothing else."""

from flask import redirect, request, session
from werkzeug.wrappers import Response

from app.admins import Admin
from app.console.parts import ConsoleParts
from app.settings import Settings


def find(settings: Settings) -> str | None:
    """Return the secret that the request's cookie holds, if it has one."""
    return request.cookies.get(_name(settings))


def sign_in(parts: ConsoleParts, admin: Admin, destination: str) -> Response:
    """Return the way to a page for an admin who has just proved who they are.

    The session is a new one whatever cookie the browser came with, and its former one is over:
    who planted or overheard a cookie before the sign-in has nothing.
    """
    _end_former(parts)
    response = redirect(destination, 303)
    response.set_cookie(
        _name(parts.settings),
        parts.sessions.start(admin.id, request.remote_addr),
        secure=_is_https(parts.settings),
        httponly=True,
        samesite="Lax",
    )
    return response


def sign_out(parts: ConsoleParts, destination: str) -> Response:
    """Return the way to a page for an admin whose session is over."""
    _end_former(parts)
    response = redirect(destination, 303)
    response.delete_cookie(
        _name(parts.settings), secure=_is_https(parts.settings), httponly=True, samesite="Lax"
    )
    return response


def _end_former(parts: ConsoleParts) -> None:
    secret = find(parts.settings)
    if secret:
        parts.sessions.end(secret, request.remote_addr)
    session.clear()  # its CSRF token is worthless from now on


def _name(settings: Settings) -> str:
    # __Host-: no other host of the domain, and no page without TLS, can set it (RFC 6265bis)
    return "__Host-provisor_session" if _is_https(settings) else "provisor_session"


def _is_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https:")
