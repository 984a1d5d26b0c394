"""What went wrong, in the console's style: what it means, and what to do next."""

import logging
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue as Answer
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.admins import UnknownAdmin
from app.admins.errors import SignInBusy
from app.client_apps import UnknownApp
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from app.keys import KeyringError
from scim.storage import Unavailable

_EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_CATCH_ALL = "console.missing"


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    sentence: str


_TEXTS = {
    400: _Text(
        "This form was not accepted",
        "It was open for too long, or it did not come from this console. Nothing was changed. "
        "Go back, reload the page and send it again.",
    ),
    403: _Text(
        "You may not do this",
        "Your role or your access permission does not cover it. "
        "Ask a maintainer of the app, or an owner.",
    ),
    404: _Text(
        "There is nothing here",
        "The page does not exist, or your access permission does not cover it. "
        "Ask an owner if you think it should.",
    ),
    405: _Text(
        "This page is not used like that",
        "Nothing was changed. Go back to the page that led here, and use its buttons.",
    ),
    413: _Text("This form is too large", "Nothing was changed. Go back and enter less."),
    421: _Text(
        "This is not its address",
        "The console answers at the address that its operator set, and at no other.",
    ),
    429: _Text("That was too often", "Nothing was changed. Wait a little, then try again."),
    500: _Text(
        "Something went wrong",
        "It is our fault, not yours, and the server's log says more. "
        "Try again; if it happens again, tell your operator the request ID.",
    ),
    503: _Text("Busy just now", "The database did not answer in time. Try again in a moment."),
}
"""By status; every other one is answered as a 500, or as a 400 where the request is at fault."""

_NO_KEY = _Text(
    "No token can be issued",
    "The server cannot open its signing key. Tokens that there are still work. "
    "Its log says what its operator has to do.",
)

_RETRY_AFTER = "5"
"""Seconds after which a page that met no database may be asked for again."""

_log = logging.getLogger(__name__)


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Answer errors, and every URL that no screen has."""
    blueprint.register_error_handler(HTTPException, _answer)
    blueprint.register_error_handler(UnknownApp, _not_found)
    blueprint.register_error_handler(UnknownAdmin, _not_found)
    blueprint.register_error_handler(SignInBusy, _too_many_at_once)
    blueprint.register_error_handler(Unavailable, _unavailable)
    blueprint.register_error_handler(KeyringError, _no_key)
    blueprint.register_error_handler(Exception, _failed)
    blueprint.add_url_rule(
        "/<path:anything>", "missing", guard.signed_in(_missing), methods=_EVERY_METHOD
    )


def _answer(error: HTTPException) -> Answer:
    status = error.code or 500
    if status not in _TEXTS:
        status = 400 if 400 <= status < 500 else 500  # noqa: PLR2004 - classes of RFC 9110 §15
    headers = {name: value for name, value in error.get_headers() if name in _KEPT}
    return _page(status, _TEXTS[status], headers)


_KEPT = frozenset({"Allow", "Retry-After"})
"""What an error says besides its page."""


def _not_found(_: UnknownAdmin | UnknownApp) -> Answer:
    return _page(404, _TEXTS[404])


def _too_many_at_once(error: SignInBusy) -> Answer:
    return _page(503, _Text(_TEXTS[503].title, str(error)), {"Retry-After": _RETRY_AFTER})


def _unavailable(error: Unavailable) -> Answer:
    _log.error("The database is not available: %s", error)
    return _page(503, _TEXTS[503], {"Retry-After": _RETRY_AFTER})


def _no_key(error: KeyringError) -> Answer:
    _log.error("No token can be issued: %s", error)
    return _page(503, _NO_KEY)


def _failed(error: Exception) -> Answer:
    _log.error("The request %s failed", g.request_id, exc_info=error)
    return _page(500, _TEXTS[500])


def _page(status: int, text: _Text, headers: dict[str, str] | None = None) -> Answer:
    page = render_template(
        "console/error.html",
        status=status,
        title=text.title,
        sentence=text.sentence,
        request_id=g.request_id,
        wait=(headers or {}).get("Retry-After", ""),
    )
    return page, status, headers or {}


def _missing(_: ConsoleParts, __: Visit, anything: str) -> Answer:  # noqa: ARG001 - the URL
    allowed = _allowed_methods()
    if allowed:
        raise MethodNotAllowed(allowed)
    abort(404)


def _allowed_methods() -> list[str]:
    """Return how a page may be asked for that may not be asked for like this."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return []
    found = []
    for method in _EVERY_METHOD:
        try:
            endpoint, _ = adapter.match(method=method)
        except HTTPException:
            continue
        if endpoint != _CATCH_ALL:
            found.append(method)
    return found
