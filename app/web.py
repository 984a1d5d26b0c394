"""The web around the objects: blueprints, cookies, headers, errors."""

from collections.abc import Callable
from functools import partial
from typing import Any
from wsgiref.types import WSGIApplication

from flask import Blueprint, Flask, Request, Response, g, redirect, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from app.answers import finish, new_request_id
from app.assembly import Assembly
from app.backup import last_backup
from app.bearer import REQUEST_ID, Bearer
from app.bounds import check_url
from app.checklist import Checklists
from app.console import ConsoleParts, console_blueprint
from app.health import health_blueprint
from app.journal import JournalledRequests
from app.log.door import LoggedRequests
from app.metrics import (
    CountedRequests,
    DatabaseMetrics,
    ServerMetrics,
    TokenMetrics,
    metrics_blueprint,
)
from app.oauth import is_oauth, oauth_blueprint
from app.oauth.errors import answer_error as answer_oauth_error
from app.openapi import openapi_blueprint
from app.plain_requests import PlainRequests
from app.provisioning import Provisioning, is_scim
from app.rehearsal import Rehearsals
from app.relay import Relay
from app.versions import versions_of
from scim.browsing import Browser
from scim.sweeping import Sweeper

_FORM_LIFETIME = 12 * 60 * 60
"""Seconds a form may stay open: as long as a console session lasts."""


class _Sessions(SecureCookieSessionInterface):
    """Flask's sessions, which hold what keeps forms from being forged; SCIM has no forms."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request to the console."""
        return None if is_scim(request.path) else super().open_session(app, request)


class _Flask(Flask):
    """Flask without what no request here needs: every view is a plain function."""

    session_interface = _Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is; Flask would look whether it is a coroutine, each time."""
        return func


def web_application(assembly: Assembly) -> Flask:
    """Return the Flask application that serves an assembly."""
    app = _Flask("app", static_folder=None)
    _configure(app, assembly)
    app.before_request(_beginning(assembly.settings.max_url))
    app.after_request(_finish)
    csrf = CSRFProtect(app)
    bearer = Bearer(assembly.authenticator)
    provisioning = _provisioning_blueprint(assembly, bearer)
    csrf.exempt(provisioning)  # a bearer token is sent by no browser by itself
    app.register_blueprint(provisioning)
    oauth = oauth_blueprint(assembly.settings, assembly.keyring, assembly.oauth)
    csrf.exempt(oauth)  # nobody signs in there with a browser
    app.register_blueprint(oauth)
    app.register_blueprint(health_blueprint(assembly.database))
    app.register_blueprint(_metrics(assembly))
    app.register_blueprint(openapi_blueprint(assembly.provider, assembly.settings))
    app.register_error_handler(Exception, _answer_error)
    app.add_url_rule("/", "root", _lead_to_the_console)
    served = _served(app, assembly, bearer)
    app.register_blueprint(console_blueprint(_console_parts(assembly, served)))
    relay = Relay(served, assembly.database.baton, assembly.settings.slow_bodies)
    counted = CountedRequests(relay, assembly.counts)
    tells = assembly.settings.access_log == "on"
    app.wsgi_app = JournalledRequests(counted, tells=tells)  # type: ignore[method-assign]  # as Flask documents it
    _trust_proxies(app, assembly.settings.trusted_proxies)
    return app


def _provisioning_blueprint(assembly: Assembly, bearer: Bearer) -> Blueprint:
    base_url = assembly.settings.base_url and assembly.settings.scim_url
    authenticate = bearer.authenticate
    return Provisioning(assembly.directory, assembly.provider, authenticate, base_url).blueprint()


def _served(app: Flask, assembly: Assembly, bearer: Bearer) -> WSGIApplication:
    """Return what answers SCIM requests: as providers meet it, but for waiting their turn."""
    plain = PlainRequests(
        app.wsgi_app, assembly.directory, assembly.provider, bearer, assembly.settings
    )
    if assembly.log.is_on:
        return LoggedRequests(plain, assembly.log.queue, assembly.clock)
    return plain


def _metrics(assembly: Assembly) -> Blueprint:
    return metrics_blueprint(
        assembly.settings.metrics_token,
        TokenMetrics(assembly.database, assembly.clock, assembly.watch),
        DatabaseMetrics(assembly.database),
        ServerMetrics(assembly.counts),
    )


def _configure(app: Flask, assembly: Assembly) -> None:
    secure = assembly.settings.public_url.startswith("https:")
    app.config.update(
        SECRET_KEY=assembly.keyring.derive_secret(b"cookies"),
        MAX_CONTENT_LENGTH=assembly.settings.max_body,
        SESSION_COOKIE_NAME="__Host-provisor_form" if secure else "provisor_form",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=_FORM_LIFETIME,
        # It compares the Referer, which our pages tell browsers not to send;
        # the console compares the Origin instead.
        WTF_CSRF_SSL_STRICT=False,
    )


def _trust_proxies(app: Flask, count: int) -> None:
    """Take the client's address from the proxies before us; the public URL is a setting."""
    if count:
        # as Flask documents middleware, whatever a type checker says of a method replaced
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=0, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]


def _console_parts(assembly: Assembly, served: WSGIApplication) -> ConsoleParts:
    sweeper = Sweeper(assembly.directory, assembly.provider.kinds["User"], assembly.clock)
    browser = Browser(assembly.directory, assembly.settings.scim_url)
    return ConsoleParts(
        settings=assembly.settings,
        clock=assembly.clock,
        admins=assembly.admins,
        door=assembly.door,
        sessions=assembly.sessions,
        setup_links=assembly.setup_links,
        tenants=assembly.tenants,
        client_apps=assembly.client_apps,
        app_settings=assembly.app_settings,
        access=assembly.access,
        tokens=assembly.tokens,
        watch=assembly.watch,
        audit=assembly.audit,
        provider=assembly.provider,
        signing_keys=assembly.signing_keys,
        versions=partial(versions_of, assembly.database),
        last_backup=partial(last_backup, assembly.database),
        browser=browser,
        log=assembly.log,
        client_secrets=assembly.oauth.client_secrets,
        client_keys=assembly.oauth.client_keys,
        rehearsals=Rehearsals(served, assembly.settings.public_url, assembly.tokens, sweeper),
        checklists=Checklists(assembly.tokens, assembly.log.activity, browser),
    )


def _beginning(max_url: int) -> Callable[[], None]:
    def begin() -> None:
        request.environ[REQUEST_ID] = g.request_id = new_request_id()
        if not is_scim(request.path):  # which says so as SCIM does
            check_url(max_url)

    return begin


def _lead_to_the_console() -> BaseResponse:
    return redirect("/console", 303)


def _finish(response: Response) -> Response:
    return finish(response, g.request_id)


def _answer_error(error: Exception) -> Response | HTTPException:
    """Answer what no blueprint answered; what is no HTTP error is Flask's to log."""
    if is_oauth(request.path):
        return answer_oauth_error(error)
    if isinstance(error, HTTPException):
        return error
    raise error
