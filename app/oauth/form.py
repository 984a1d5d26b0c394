"""The parameters of a request to an OAuth endpoint: a form in the body, each named once.

A scope may stand in the URL: that is where Okta lets administrators write it.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from flask import request

from app.bounds import read_body
from app.oauth.errors import InvalidRequest

LARGEST_BODY = 16 * 1024
"""Bytes: room for an assertion signed with a long RSA key, and for nothing else."""

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 50
_IN_URL = frozenset({"scope"})


def read_form() -> Mapping[str, str]:
    """Return the parameters of the request at hand; one without a value is as if left out.

    :raises InvalidRequest: they stand elsewhere or cannot be read, or one stands twice (RFC 6749
        §3.2)
    :raises RequestEntityTooLarge: the body is larger than allowed
    """
    in_url = _pairs(request.query_string)
    if {name for name, _ in in_url} - _IN_URL:  # logs keep URLs (RFC 6749 §2.3.1)
        raise InvalidRequest("Send the parameters in the body and not in the URL.")
    if request.mimetype != _MEDIA_TYPE:
        raise InvalidRequest(f"Send the parameters as {_MEDIA_TYPE}.")
    pairs = in_url + _pairs(read_body(LARGEST_BODY))
    form = dict(pairs)
    if len(form) < len(pairs):
        raise InvalidRequest("A parameter stands twice.")
    return {name: value for name, value in form.items() if value}


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError as error:
        raise InvalidRequest("The parameters cannot be read as a form.") from error


def required(form: Mapping[str, str], name: str) -> str:
    """Return a parameter.

    :raises InvalidRequest: it is missing
    """
    if name not in form:
        raise InvalidRequest(f"The parameter {name} is missing.")
    return form[name]
