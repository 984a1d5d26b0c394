"""What the OAuth endpoints refuse, in the JSON of RFC 6749 §5.2.

Errors::

    OAuthError
    ├── InvalidRequest        the request is not put together as the RFC says
    ├── InvalidClient         the client is unknown, or what it proves itself with is wrong (401)
    ├── UnauthorizedClient    the client may not have what it asks for
    ├── UnsupportedGrantType  the grant is not the one that is served
    ├── InvalidScope          a scope does not exist
    └── InvalidTarget         the token is wanted for another resource (RFC 8707 §2)
"""

import logging

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed, ServiceUnavailable

from app.keys import KeyringError
from app.rate_limits import TooManyRequests
from scim.storage import Unavailable

_CHALLENGE = 'Basic realm="oauth2"'

_RETRY_AFTER = "5"
"""Seconds after which a request that met no database, or no key, may be sent again."""

_log = logging.getLogger(__name__)


class OAuthError(Exception):
    """A request is refused; raised as one of its subclasses.

    :param description: a sentence for whoever operates the client, in ASCII (RFC 6749 §5.2)
    """

    code: str
    """The error code of the RFC."""

    status = 400

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


class InvalidRequest(OAuthError):  # noqa: N818 - the error codes of RFC 6749 §5.2
    """The request is not put together as the RFC says."""

    code = "invalid_request"


class InvalidClient(OAuthError):  # noqa: N818 - likewise
    """The client is unknown, or what it proves itself with is wrong: one text for both."""

    code = "invalid_client"
    status = 401

    def __init__(self) -> None:
        super().__init__("The client is unknown, or its credentials are wrong.")


class UnauthorizedClient(OAuthError):  # noqa: N818 - likewise
    """The client may not have what it asks for."""

    code = "unauthorized_client"


class UnsupportedGrantType(OAuthError):  # noqa: N818 - likewise
    """The grant is not the one that is served."""

    code = "unsupported_grant_type"


class InvalidScope(OAuthError):  # noqa: N818 - likewise
    """A scope does not exist."""

    code = "invalid_scope"


class InvalidTarget(OAuthError):  # noqa: N818 - the error code of RFC 8707 §2
    """The token is wanted for another resource."""

    code = "invalid_target"


def answer_error(error: Exception) -> Response:
    """Return the answer that an exception stands for; only we learn of its cause."""
    if isinstance(error, OAuthError):
        response = _answer(error.status, error.code, error.description)
        if isinstance(error, InvalidClient):
            response.headers["WWW-Authenticate"] = _CHALLENGE
        return response
    if isinstance(error, TooManyRequests):
        response = _answer(429, "temporarily_unavailable", str(error))
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, Unavailable):
        _log.error("The database is not available: %s", error)
        return _unavailable("The database is not available. Retry.")
    if isinstance(error, KeyringError):
        _log.error("No token can be issued: %s", error)
        return _unavailable("No token can be issued just now. The log of the server says why.")
    if isinstance(error, HTTPException) and error.code and error.response is None:
        response = _answer(error.code, "invalid_request", error.name)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        if isinstance(error, ServiceUnavailable):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    _log.error("A request failed", exc_info=error)
    return _answer(500, "server_error", "The server failed to answer; its log says why.")


def _unavailable(description: str) -> Response:
    response = _answer(503, "temporarily_unavailable", description)
    response.headers["Retry-After"] = _RETRY_AFTER
    return response


def _answer(status: int, code: str, description: str) -> Response:
    response = jsonify(error=code, error_description=description)
    response.status_code = status
    return response
