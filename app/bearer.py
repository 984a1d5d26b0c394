"""The way in: from a request's Authorization header to the client it stands for (RFC 6750).

What cannot come in meets :class:`Refused`, which carries the answer but for its body.
"""

import re
from wsgiref.types import WSGIEnvironment

from flask import Request

from app.rate_limits import TooManyRequests
from app.tokens import Authenticator, Use
from app.tokens.errors import InsufficientScope, InvalidToken, TokenError
from app.tokens.scopes import SCOPE
from scim.client import Client

_CREDENTIALS = re.compile(r"bearer +(.+)", re.IGNORECASE)
"""The scheme in any case, and a token (RFC 6750 §2.1, RFC 9110 §11.4)."""

_ANOTHER = re.compile(r", *[a-z]+ +\S", re.IGNORECASE)
"""A second scheme with credentials: WSGI servers join two headers of one name by a comma."""

_USUAL = "Bearer "
"""How nearly all of them begin; without another space, there is no second scheme behind it."""

_LONGEST_ADDRESS = 64
"""Characters of an address that are kept; IPv6 has 45, and the name of an interface behind it."""

FORM = "application/x-www-form-urlencoded"

CLIENT = "provisor.client"
"""Where the environment of a request that came in holds its client, for whoever logs it."""

REQUEST_ID = "provisor.request_id"
"""Where the environment of a request holds the id that its answer carries."""

HOLDER = "provisor.holder"
"""Where the environment of a request that was refused says whose token it came with, if any."""

_NO_CREDENTIALS = 'Bearer realm="scim"'
"""Without an error code: nothing was tried that could have failed (RFC 6750 §3.1)."""


INSUFFICIENT_SCOPE = f'Bearer error="insufficient_scope", scope="{SCOPE}"'
"""Names the scope that always suffices (RFC 6750 §3)."""


class Refused(Exception):  # noqa: N818 - what happened to the request
    """A request may not come in, or not now.

    :param status: the HTTP status of the answer
    :param challenge: its ``WWW-Authenticate``, or None where it has none
    :param detail: a sentence for whoever operates the client
    :param retry_after: seconds after which to come again, where that helps
    """

    def __init__(
        self, status: int, challenge: str | None, detail: str, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.challenge = challenge
        self.detail = detail
        self.retry_after = retry_after


class Bearer:
    """Turns the bearer token of a request into its client."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def authenticate(self, request: Request) -> Client:
        """Return who asks, and renew their token.

        :raises Refused: the request may not come in
        """
        if _carries_token_elsewhere(request):
            raise _invalid_request("Send the token in the Authorization header and nowhere else.")
        return self.client_of(request.environ)

    def client_of(self, environ: WSGIEnvironment) -> Client:
        """Return who asks by the header of a request that has no other place for a token.

        :raises Refused: the request may not come in
        """
        text = read_token(environ.get("HTTP_AUTHORIZATION"))
        use = Use(_address_of(environ), environ.get("HTTP_USER_AGENT"), environ.get(REQUEST_ID))
        try:
            client = self._authenticator.authenticate(text, use)
        except (TokenError, TooManyRequests) as error:
            environ[HOLDER] = error.holder
            raise _refused(error) from error
        environ[CLIENT] = client
        return client


def read_token(header: str | None) -> str:
    """Return the bearer token of a request's ``Authorization`` header.

    :raises Refused: there is none, or more than one
    """
    if header is None:
        raise Refused(401, _NO_CREDENTIALS, "Send a token: Authorization: Bearer <token>.")
    if header.startswith(_USUAL) and header.rfind(" ") < len(_USUAL) < len(header):
        return header[len(_USUAL) :]
    if _ANOTHER.search(header):
        raise _invalid_request("Send one Authorization header.")
    credentials = _CREDENTIALS.fullmatch(header)
    if credentials is None:
        raise Refused(401, _NO_CREDENTIALS, "Send the token as Authorization: Bearer <token>.")
    return credentials[1]


def _address_of(environ: WSGIEnvironment) -> str | None:
    """Return where a request comes from; proxies may say anything, and it is kept."""
    address: str | None = environ.get("REMOTE_ADDR")
    return address[:_LONGEST_ADDRESS] if address else address


def _carries_token_elsewhere(request: Request) -> bool:
    """Whether a token stands where logs and proxies would keep it (RFC 6750 §2.2, §2.3)."""
    if request.query_string and "access_token" in request.args:
        return True
    # Only a body that calls itself a form is read here: a SCIM body is left to the view.
    return request.mimetype == FORM and "access_token" in request.form


def _invalid_request(detail: str) -> Refused:
    return Refused(400, 'Bearer error="invalid_request"', detail)


def _refused(error: TokenError | TooManyRequests) -> Refused:
    """Return the answer that RFC 6750 §3.1 gives to what is wrong with a token."""
    if isinstance(error, TooManyRequests):
        return Refused(429, None, str(error), error.retry_after)
    if isinstance(error, InvalidToken):
        challenge = f'Bearer error="invalid_token", error_description="{error}"'
        return Refused(401, challenge, str(error))
    narrow = isinstance(error, InsufficientScope)
    return Refused(403, INSUFFICIENT_SCOPE if narrow else None, str(error))
