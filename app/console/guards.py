"""Who gets in: every request is refused unless a guard lets it pass.

A request passes if it was made to our host and by no other site, if somebody is signed in (or the
route is one of :data:`OPEN`), and if that admin's access permission covers the app.
An app the admin may not see is not found; one they may only view cannot be changed.
What is sensitive waits for a fresh proof, after all that (:mod:`app.console.step_up`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from flask import Blueprint, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask.typing import RouteCallable
from werkzeug.exceptions import HTTPException

from app.access import Permission
from app.admins import Admin
from app.audit import Actor
from app.client_apps import ClientApp
from app.console import session_cookie
from app.console.parts import ConsoleParts
from app.console.step_up import SENSITIVE, take_proof
from app.console.way_back import SAFE, wanted_page

OPEN = frozenset(
    {
        "console.static",
        "console.sign_in",
        "console.send_sign_in",
        "console.send_code",
        "console.set_up",
        "console.send_set_up",
        "console.welcome",
        "console.send_welcome",
    }
)
"""The routes that answer without a session; a test holds this list."""

_BEFORE_FACTOR = frozenset(
    {
        "console.account",
        "console.begin_second_factor",
        "console.confirm_second_factor",
        "console.sign_out",
    }
)
"""The routes that are left to who has no second factor where one is required."""

_OURS = frozenset({"same-origin", "none"})
"""What ``Sec-Fetch-Site`` says when this site, or the person at the browser, made the request."""


_BY_ITSELF = "X-Provisor-Live"
"""What our script sends where a page updates itself, though nobody may sit before it any more."""


class ForeignHost(HTTPException):
    """The request was made to a host that is not ours (RFC 9110 §15.5.20)."""

    code = 421


Rest = ParamSpec("Rest")
"""What a route takes from its URL besides the app."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of an admin who is signed in."""

    admin: Admin
    actor: Actor

    @property
    def may_add_apps(self) -> bool:
        """Whether the admin's role lets them add client apps."""
        return self.admin.role in {"owner", "admin"}


@dataclass(frozen=True, slots=True)
class AppVisit:
    """A request of an admin about an app they may see."""

    admin: Admin
    actor: Actor
    app: ClientApp
    permission: Permission

    @property
    def may_manage(self) -> bool:
        """Whether the admin may update and delete the app, issue and revoke its tokens."""
        return self.permission is Permission.MANAGE


class Guard:
    """Stands before every view, and tells it who asks."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts

    def add_to(self, blueprint: Blueprint) -> None:
        """Stand before every route of the console."""
        blueprint.before_request(self._require_host)
        blueprint.before_request(self._refuse_foreign)
        blueprint.before_request(self._require_session)
        blueprint.before_request(self._require_factor)

    def open(self, view: Callable[Concatenate[ConsoleParts, Rest], Answer]) -> RouteCallable:
        """Return a route that tells the view nothing about who asks; see :data:`OPEN`."""

        def route(*args: Rest.args, **rest: Rest.kwargs) -> Answer:
            return view(self._parts, *args, **rest)

        return route

    def signed_in(
        self, view: Callable[Concatenate[ConsoleParts, Visit, Rest], Answer]
    ) -> RouteCallable:
        """Return a route for every admin."""

        def route(*args: Rest.args, **rest: Rest.kwargs) -> Answer:
            return self._prove() or view(self._parts, _visit(), *args, **rest)

        return route

    def owning(
        self, view: Callable[Concatenate[ConsoleParts, Visit, Rest], Answer]
    ) -> RouteCallable:
        """Return a route for owners."""

        def route(*args: Rest.args, **rest: Rest.kwargs) -> Answer:
            visit = _visit()
            if not visit.admin.is_owner:
                abort(403)
            return self._prove() or view(self._parts, visit, *args, **rest)

        return route

    def reading(
        self, view: Callable[Concatenate[ConsoleParts, Visit, Rest], Answer]
    ) -> RouteCallable:
        """Return a route for those who read what was done to the whole instance."""

        def route(*args: Rest.args, **rest: Rest.kwargs) -> Answer:
            visit = _visit()
            if not visit.admin.may_read_logs:
                abort(403)
            return self._prove() or view(self._parts, visit, *args, **rest)

        return route

    def adding_apps(
        self, view: Callable[Concatenate[ConsoleParts, Visit, Rest], Answer]
    ) -> RouteCallable:
        """Return a route for the admins who may add client apps."""

        def route(*args: Rest.args, **rest: Rest.kwargs) -> Answer:
            visit = _visit()
            if not visit.may_add_apps:
                abort(403)
            return view(self._parts, visit, *args, **rest)

        return route

    def viewing(
        self, view: Callable[Concatenate[ConsoleParts, AppVisit, Rest], Answer]
    ) -> RouteCallable:
        """Return a route about an app for those who may see it."""

        def route(app_id: str, *args: Rest.args, **rest: Rest.kwargs) -> Answer:
            visit = self._app_visit(app_id)
            return self._prove() or view(self._parts, visit, *args, **rest)

        return route

    def managing(
        self, view: Callable[Concatenate[ConsoleParts, AppVisit, Rest], Answer]
    ) -> RouteCallable:
        """Return a route that changes an app, for those who may manage it."""

        def route(app_id: str, *args: Rest.args, **rest: Rest.kwargs) -> Answer:
            visit = self._app_visit(app_id)
            if not visit.may_manage:
                abort(403)
            return self._prove() or view(self._parts, visit, *args, **rest)

        return route

    def _require_host(self) -> None:
        """Refuse a request to a host that is not ours: who sent it has it from somewhere else."""
        base_url = self._parts.settings.base_url
        if base_url and not _is_host_of(base_url, request.host):
            raise ForeignHost

    def _refuse_foreign(self) -> None:
        """Refuse a change that the page of another site asks for."""
        if request.method in SAFE:
            return
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        # A browser says null where our own Referrer-Policy keeps it from naming the page.
        # The CSRF token stands behind this check whatever a browser leaves out.
        origin = request.headers.get("Origin", "null")
        own = {self._parts.settings.public_url, request.host_url.rstrip("/"), "null"}
        if site not in _OURS or origin not in own:
            abort(400)

    def _require_session(self) -> Answer | None:
        """Send those who are not signed in to sign in, and then back to the page they wanted."""
        if request.endpoint in OPEN:
            return None
        g.admin = self._find_admin()
        if g.admin is not None:
            return None
        done = None
        if request.method not in SAFE:
            done = "signed-out" if request.endpoint == "console.sign_out" else "ended"
        return redirect(url_for("console.sign_in", next=wanted_page(), done=done), 303)

    def _require_factor(self) -> Answer | None:
        """Lead who has no second factor to where they turn one on, if one is required."""
        if (
            not self._parts.settings.require_second_factor
            or request.endpoint in OPEN | _BEFORE_FACTOR
            or self._parts.door.second_factors.is_on(g.admin.id)
        ):
            return None
        if request.method not in SAFE:
            abort(403)
        return redirect(url_for("console.account", done="factor-required"), 303)

    def _prove(self) -> Answer | None:
        """Return the page that asks for a fresh proof, if the request wants one."""
        if request.method in SAFE or request.endpoint not in SENSITIVE:
            return None
        return take_proof(self._parts, g.admin)

    def _find_admin(self) -> Admin | None:
        secret = session_cookie.find(self._parts.settings)
        if not secret:
            return None
        sessions = self._parts.sessions
        return sessions.peek(secret) if _BY_ITSELF in request.headers else sessions.find(secret)

    def _app_visit(self, app_id: str) -> AppVisit:
        visit = _visit()
        if "\0" in app_id:  # no id has it, and PostgreSQL refuses to compare with it
            abort(404)
        # first the permission: whether an app exists is nothing to tell those who may not see it
        permission = self._parts.access.permission(app_id, visit.admin.id, visit.admin.role)
        if permission is Permission.NONE:
            abort(404)
        app = self._parts.client_apps.get(app_id)
        return AppVisit(visit.admin, visit.actor, app, permission)


def _is_host_of(base_url: str, host: str) -> bool:
    """Return whether a request's host is the one of a URL, with or without the usual port."""
    ours = urlsplit(base_url)
    usual = 443 if ours.scheme == "https" else 80
    port = ours.port or usual
    name = ours.netloc.lower().removesuffix(f":{port}")
    return host.lower() in {f"{name}:{port}", *([name] if port == usual else [])}


def _visit() -> Visit:
    admin: Admin = g.admin
    return Visit(admin, Actor(f"admin:{admin.id}", request.remote_addr, g.request_id))
