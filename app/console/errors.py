"""What went wrong, in the console's style and in words that help."""

import logging

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue as Answer
from werkzeug.exceptions import HTTPException

from app.admins import UnknownAdmin
from app.admins.errors import SignInBusy
from app.client_apps import UnknownApp
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from app.keys import KeyringError
from scim.storage import Unavailable

_EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_TITLES = {
    400: "This form was not accepted",
    403: "You may not do this",
    404: "There is nothing here",
    413: "This form is too large",
    421: "This is not its address",
    500: "Something went wrong",
    503: "Busy just now",
}

_SENTENCES = {
    400: "It was open for too long, or it did not come from this console. Nothing was changed. "
    "Go back, reload the page and send it again.",
    403: "Your access permission lets you look but not change. "
    "Ask a maintainer of the app, or an owner.",
    404: "The page does not exist, or your access permission does not cover it. "
    "Ask an owner if you think it should.",
    413: "Nothing was changed. Go back and enter less.",
    421: "The console answers at the address that its operator set, and at no other.",
    500: "It is our fault, not yours, and the server's log says more.",
    503: "The database did not answer in time. Try again in a moment.",
}


_NO_KEY = (
    "The server cannot open its signing key. Tokens that there are still work. "
    "Its log says what its operator has to do."
)

_log = logging.getLogger(__name__)


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Answer errors, and every URL that no screen has."""
    blueprint.register_error_handler(HTTPException, _answer)
    blueprint.register_error_handler(UnknownApp, _not_found)
    blueprint.register_error_handler(UnknownAdmin, _not_found)
    blueprint.register_error_handler(SignInBusy, _too_many_at_once)
    blueprint.register_error_handler(Unavailable, _unavailable)
    blueprint.register_error_handler(KeyringError, _no_key)
    blueprint.add_url_rule(
        "/<path:anything>", "missing", guard.signed_in(_missing), methods=_EVERY_METHOD
    )


def _answer(error: HTTPException) -> Answer:
    return _page(error.code if error.code in _TITLES else 500)


def _not_found(_: UnknownAdmin | UnknownApp) -> Answer:
    return _page(404)


def _too_many_at_once(error: SignInBusy) -> Answer:
    return _page_saying(503, _TITLES[503], str(error))


def _unavailable(_: Unavailable) -> Answer:
    return _page(503)


def _no_key(error: KeyringError) -> Answer:
    _log.error("No token can be issued: %s", error)
    return _page_saying(503, "No token can be issued", _NO_KEY)


def _page(status: int) -> Answer:
    return _page_saying(status, _TITLES[status], _SENTENCES[status])


def _page_saying(status: int, title: str, sentence: str) -> Answer:
    page = render_template("console/error.html", status=status, title=title, sentence=sentence)
    return page, status


def _missing(_: ConsoleParts, __: Visit, anything: str) -> Answer:  # noqa: ARG001 - the URL
    abort(404)
