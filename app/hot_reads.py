"""The reads that make up most traffic, answered before Flask looks at them.

A GET of one resource, or of a list by nothing but ``filter``, ``startIndex`` and ``count``, needs
no routing, no sessions and no contexts. Whatever else a request is or has is left to the
application behind, unread: so both answer alike, header by header, and a test holds them to it.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.answers import answer_error, finish, headers_everywhere, headers_of
from app.base_url import scim_url_of
from app.bearer import Bearer
from app.jwt_format import SCIM_PATH
from app.settings import Settings
from scim import Directory, Provider
from scim.provider import Kind
from scim.rendering import View
from scim.search import read_query

_PREFIX = f"{SCIM_PATH}/"
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_PARAMETERS = frozenset({"filter", "startIndex", "count"})

_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")
_JSON = re.compile(r"application/(?:scim\+)?json(?:;.*)?", re.IGNORECASE)
"""What a read that has no body says it has; of a form one has to look for a token in it."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a request wants to read: one resource, or else a list."""

    kind: Kind
    id: str
    parameters: dict[str, Any]


class HotReads:
    """Stands before a WSGI application and answers what it can."""

    def __init__(
        self,
        behind: WSGIApplication,
        directory: Directory,
        provider: Provider,
        bearer: Bearer,
        settings: Settings,
    ) -> None:
        self.behind = behind
        self._directory = directory
        self._kinds = provider.endpoints
        self._limits = provider.limits
        self._bearer = bearer
        self._base_url = settings.base_url and settings.scim_url
        self._longest = settings.max_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or let the application behind do it."""
        read = self._read(environ)
        if read is None:
            return self.behind(environ, start_response)
        request_id = uuid.uuid4().hex
        try:
            parts, headers = self._answer(read, environ)
        except Exception as error:  # noqa: BLE001 - the one handler of SCIM errors logs what it must
            return finish(answer_error(error), request_id)(environ, start_response)
        start_response("200 OK", headers + headers_everywhere(request_id))
        return parts

    def _read(self, environ: WSGIEnvironment) -> _Read | None:
        """Return what a request wants to read, or None where that is not for here to say."""
        path: str = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith(_PREFIX):
            return None
        query: str = environ.get("QUERY_STRING", "")
        if len(path) + len(query) >= self._longest or any(map(environ.get, _CONDITIONS)):
            return None
        media_type = environ.get("CONTENT_TYPE")
        if media_type and not _JSON.fullmatch(media_type):
            return None
        name, slash, id_ = path[len(_PREFIX) :].partition("/")
        kind = self._kinds.get(name)
        if kind is None or (slash and (query or not _ID.fullmatch(id_))):
            return None
        parameters = _parameters(query)
        return None if parameters is None else _Read(kind, id_, parameters)

    def _answer(
        self, read: _Read, environ: WSGIEnvironment
    ) -> tuple[tuple[bytes, ...], list[tuple[str, str]]]:
        client = self._bearer.client_of(environ)
        view = View(self._base_url or scim_url_of(environ))
        if read.id:
            found = self._directory.get(read.kind, read.id, client, view)
            return found.parts, headers_of(found.parts, found)
        query = read_query(read.parameters, self._limits)
        parts = (self._directory.search((read.kind,), query, client, view),)
        return parts, headers_of(parts, None)


def _parameters(query: str) -> dict[str, str] | None:
    """Return the parameters of a URL, or None where there are others or one stands twice."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    given = dict(pairs)
    is_plain = query.isascii() and len(given) == len(pairs) and given.keys() <= _PARAMETERS
    return given if is_plain else None
