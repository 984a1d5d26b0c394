"""A URL and a body of bounded length, refused before anything else reads them."""

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

_DISCARDED = 16 * 1024 * 1024
"""Bytes of a body that is too large which are read all the same: a group of 100,000 has 8 MiB."""

_PIECE = 64 * 1024


def check_url(longest: int) -> None:
    """Refuse a request whose path and query are too long.

    A percent escape in the path counts as the one byte it stands for.

    :raises BadRequest: they have more bytes than allowed, or bytes that are no text
    """
    path, query = request.environ["PATH_INFO"], request.environ["QUERY_STRING"]
    try:
        query.encode("latin-1").decode()
    except UnicodeError as error:
        raise BadRequest("A URL has its characters as escaped bytes of UTF-8.") from error
    if len(f"{path}?{query}" if query else path) > longest:
        raise BadRequest(f"The path and query of a URL have at most {longest} bytes.")


def read_body(largest: int) -> bytes:
    """Return the body of a request.

    :raises RequestEntityTooLarge: it has more bytes than allowed
    """
    # werkzeug cuts a chunked body at its own limit and says nothing: one byte more tells
    request.max_content_length = largest + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    if body is None or len(body) > largest:
        _discard_rest()
        raise RequestEntityTooLarge(f"A request body has at most maxPayloadSize ({largest}) bytes.")
    return body


def _discard_rest() -> None:
    """Read what still comes, within reason: who is sending it reads no answer before the end."""
    stream = request.environ["wsgi.input"]
    for _ in range(_DISCARDED // _PIECE):
        if not stream.read(_PIECE):
            return
