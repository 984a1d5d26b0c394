"""The cookies of a browser: the secret of its session, and the one it is known by."""

from flask import redirect, request, session
from werkzeug.wrappers import Response

from app.admins import Admin
from app.admins.devices import LIFETIME
from app.admins.origin import Origin
from app.console.parts import ConsoleParts
from app.settings import Settings

_SESSION = "provisor_session"
_DEVICE = "provisor_device"


def find(settings: Settings) -> str | None:
    """Return the secret that the request's cookie holds, if it has one."""
    return request.cookies.get(_name(settings, _SESSION))


def origin(settings: Settings) -> Origin:
    """Return where the request comes from."""
    device = request.cookies.get(_name(settings, _DEVICE))
    return Origin(request.remote_addr, device, request.user_agent.string)


def sign_in(parts: ConsoleParts, admin: Admin, destination: str) -> Response:
    """Return the way to a page for an admin who has just proved who they are.

    The session is a new one whatever cookie the browser came with, and its former one is over:
    who planted or overheard a cookie before the sign-in has nothing.
    """
    _end_former(parts)
    response = redirect(destination, 303)
    agent = request.user_agent.string
    set_session(response, parts, parts.sessions.start(admin.id, request.remote_addr, agent))
    remember_device(response, parts, admin)
    return response


def set_session(response: Response, parts: ConsoleParts, secret: str) -> None:
    """Give the browser the secret of its session."""
    _set(response, parts.settings, _SESSION, secret)


def remember_device(response: Response, parts: ConsoleParts, admin: Admin) -> None:
    """Know the browser from now on as one that an admin uses."""
    known = origin(parts.settings).device
    secret = parts.door.devices.remember(admin.id, known)
    _set(response, parts.settings, _DEVICE, secret, int(LIFETIME.total_seconds()))


def sign_out(parts: ConsoleParts, destination: str) -> Response:
    """Return the way to a page for an admin whose session is over."""
    _end_former(parts)
    response = redirect(destination, 303)
    response.delete_cookie(
        _name(parts.settings, _SESSION),
        secure=_is_https(parts.settings),
        httponly=True,
        samesite="Lax",
    )
    return response


def _end_former(parts: ConsoleParts) -> None:
    secret = find(parts.settings)
    if secret:
        parts.sessions.end(secret, request.remote_addr)
    session.clear()  # its CSRF token is worthless from now on


def _set(
    response: Response, settings: Settings, name: str, secret: str, max_age: int | None = None
) -> None:
    response.set_cookie(
        _name(settings, name),
        secret,
        max_age=max_age,
        secure=_is_https(settings),
        httponly=True,
        samesite="Lax",
    )


def _name(settings: Settings, name: str) -> str:
    # __Host-: no other host of the domain, and no page without TLS, can set it (RFC 6265bis)
    return f"__Host-{name}" if _is_https(settings) else name


def _is_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https:")
