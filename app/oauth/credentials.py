"""What a client proves itself with: read from a request, in one of three ways.

``client_secret_basic`` and ``client_secret_post`` are those of RFC 6749 §2.3.1, ``private_key_jwt``
that of RFC 7523 §2.2.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from app.oauth.errors import InvalidClient, InvalidRequest

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
"""As they are registered for ``token_endpoint_auth_method`` (RFC 7591 §2)."""

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_BASIC = re.compile(r"basic +(\S+)", re.IGNORECASE)
_VISIBLE = re.compile(r"[ -~]{1,200}")
"""What identifiers and secrets are made of (RFC 6749 appendix A), longer than any of ours."""


@dataclass(frozen=True, slots=True)
class BySecret:
    """A client that knows a secret."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ByAssertion:
    """A client that has signed an assertion."""

    client_id: str | None
    """What it calls itself beside the assertion, if anything (RFC 7521 §4.2)."""

    assertion: str = field(repr=False)


Credentials = BySecret | ByAssertion


def read_credentials(header: str | None, form: Mapping[str, str]) -> Credentials:
    """Return what a request proves its client with.

    :param header: its ``Authorization``
    :raises InvalidRequest: it does so in more than one way
    :raises InvalidClient: it does so in none, or what it says cannot be read
    """
    has_secret = "client_secret" in form
    has_assertion = "client_assertion" in form or "client_assertion_type" in form
    if (header is not None) + has_secret + has_assertion > 1:
        raise InvalidRequest("Send client credentials in one way only.")
    if has_assertion:
        return _by_assertion(form)
    if header is not None:
        return _by_header(header, form.get("client_id"))
    return _checked(form.get("client_id", ""), form.get("client_secret", ""))


def _by_assertion(form: Mapping[str, str]) -> ByAssertion:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise InvalidRequest(f"The client_assertion_type is {ASSERTION_TYPE}.")
    if "client_assertion" not in form:
        raise InvalidRequest("The parameter client_assertion is missing.")
    return ByAssertion(form.get("client_id"), form["client_assertion"])


def _by_header(header: str, named: str | None) -> BySecret:
    basic = _BASIC.fullmatch(header)
    if basic is None:
        raise InvalidClient
    try:
        client_id, _, secret = base64.b64decode(basic[1], validate=True).decode().partition(":")
        given = _checked(
            unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
        )
    except ValueError as error:  # no base64, no UTF-8, or not even ASCII
        raise InvalidClient from error
    if named not in {None, given.client_id}:
        raise InvalidRequest("The client_id is not the one of the Authorization header.")
    return given


def _checked(client_id: str, secret: str) -> BySecret:
    if not _VISIBLE.fullmatch(client_id) or not _VISIBLE.fullmatch(secret):
        raise InvalidClient
    return BySecret(client_id, secret)
