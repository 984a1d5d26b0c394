"""Answers of the SCIM endpoints: JSON the directory has written, or a SCIM Error.

Every error under ``/scim/v2`` meets :func:`answer_error` and leaves as RFC 7644 §3.12 has it.
"""

import logging
import random
import time
from collections.abc import Sequence

from flask import Response
from scim2_models import SCIMException
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, MethodNotAllowed, ServiceUnavailable

from app.bearer import INSUFFICIENT_SCOPE, Refused
from scim.errors import body_of
from scim.permission import NotPermitted
from scim.preconditions import entity_tag
from scim.rendering import Representation
from scim.storage import Unavailable

MEDIA_TYPE = "application/scim+json"

_RETRY_AFTER = "5"
"""Seconds after which a request that met no database may be sent again."""

_log = logging.getLogger(__name__)


class _Answer(Response):
    """An answer whose headers are whole: its length is counted and its URLs are URLs already."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: object) -> Headers:
        """Return the headers as they are; werkzeug would parse each of them again."""
        del environ
        return self.headers


def answer(*parts: bytes, status: int = 200, about: Representation | None = None) -> Response:
    """Return an answer, with the version and the place of the resource it is about.

    :param parts: its JSON, which is sent without being put together
    """
    return _Answer(parts, status, headers_of(parts, about))


def headers_of(parts: Sequence[bytes], about: Representation | None) -> list[tuple[str, str]]:
    """Return the headers of an answer, as far as they tell of what it says."""
    headers = []
    if about is not None:
        headers += [("ETag", entity_tag(about.version)), ("Location", about.location)]
    if parts:
        length = sum(map(len, parts))
        headers += [("Content-Type", MEDIA_TYPE), ("Content-Length", str(length))]
    return headers


def new_request_id() -> str:
    """Return the number of a request, by which its answer and the log know it.

    It begins with the time, as of RFC 9562 §5.7: the next one is larger, which an index likes.
    It is no secret.
    """
    return f"{time.time_ns() // 1_000_000:012x}{random.getrandbits(80):020x}"


def headers_everywhere(request_id: str) -> list[tuple[str, str]]:
    """Return the headers of every answer; an answer may say more about how it is cached."""
    return [
        ("X-Request-Id", request_id),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]


def refuse(status: int, detail: str, scim_type: str = "") -> Response:
    """Return a SCIM Error."""
    return answer(body_of(status, detail, scim_type).encode(), status=status)


def finish(response: Response, request_id: str) -> Response:
    """Return an answer with the headers that every answer of the product has."""
    for name, value in headers_everywhere(request_id):
        response.headers.setdefault(name, value)
    return response


def answer_error(error: Exception) -> Response:
    """Return the SCIM Error that an exception stands for; only we learn of its cause."""
    if isinstance(error, SCIMException):
        response = refuse(error.status, error.detail, error.scim_type)
        if isinstance(error, NotPermitted):
            response.headers["WWW-Authenticate"] = INSUFFICIENT_SCOPE
        return response
    if isinstance(error, Refused):
        response = refuse(error.status, error.detail)
        if error.challenge:
            response.headers["WWW-Authenticate"] = error.challenge
        if error.retry_after:
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, Unavailable):
        _log.error("The database is not available: %s", error)
        response = refuse(503, "The database is not available just now. Try again.")
        response.headers["Retry-After"] = _RETRY_AFTER
        return response
    if isinstance(error, HTTPException) and error.code and error.response is None:
        response = refuse(error.code, error.description or error.name)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        if isinstance(error, ServiceUnavailable):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    _log.error("A request failed", exc_info=error)
    return refuse(500, "The server failed to answer this request; its log says why.")
