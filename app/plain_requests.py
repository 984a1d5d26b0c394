"""The requests that make up most traffic, answered before Flask looks at them.

What providers send all day needs no routing, no sessions and no contexts: a resource read, made,
changed or removed, or a list by nothing but ``filter``, ``startIndex`` and ``count``.
Whatever else a request is or has is left to the application behind, unread: so both answer alike,
header by header, and a test holds them to it.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.exceptions import ClientDisconnected

from app.answers import (
    answer_error,
    finish,
    headers_everywhere,
    headers_of,
    new_request_id,
)
from app.base_url import scim_url_of
from app.bearer import REQUEST_ID, Bearer
from app.settings import Settings
from app.tokens.jwt_format import SCIM_PATH
from scim import Client, Directory, Provider
from scim.choices import PatchAnswer
from scim.payload import read_object
from scim.preconditions import Preconditions
from scim.projection import NOTHING
from scim.provider import Kind
from scim.query.search import read_query
from scim.rendering import Representation, View

_PREFIX = f"{SCIM_PATH}/"
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_PARAMETERS = frozenset({"filter", "startIndex", "count"})
_LENGTH = re.compile(r"[0-9]{1,9}", re.ASCII)

_JSON = re.compile(r"application/(?:scim\+)?json(?:;.*)?", re.IGNORECASE)
"""What a body is said to be, if anything; in a form one would have to look for a token."""

_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?")
"""A host that is no riddle; of every other, Flask says what it is."""

_ODD = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_TRANSFER_ENCODING")
"""Headers that make a request one to think about."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_ON_LIST = frozenset({"GET", "POST"})
_ON_RESOURCE = frozenset({"GET", "PUT", "PATCH", "DELETE"})

_STATUS = {200: "200 OK", 201: "201 CREATED", 204: "204 NO CONTENT"}
_NO_DEMANDS = Preconditions()


class _Plain(NamedTuple):
    """What a plain request asks for."""

    method: str
    kind: Kind
    id: str
    """The resource it is about, or nothing where it is about the list."""

    parameters: dict[str, Any]


class _Answer(NamedTuple):
    status: int
    parts: tuple[bytes, ...] = ()
    about: Representation | None = None


class PlainRequests:
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
        plain = self._read(environ)
        if plain is None:
            return self.behind(environ, start_response)
        environ[REQUEST_ID] = request_id = new_request_id()
        try:
            answer = self._answer(plain, environ)
        except Exception as error:  # noqa: BLE001 - the one handler of SCIM errors logs what it must
            return finish(answer_error(error), request_id)(environ, start_response)
        headers = headers_of(answer.parts, answer.about) + headers_everywhere(request_id)
        start_response(_STATUS[answer.status], headers)
        return answer.parts

    def _read(self, environ: WSGIEnvironment) -> _Plain | None:
        """Return what a request asks for, or None where that is not for here to say."""
        path: str = environ["PATH_INFO"]
        query: str = environ.get("QUERY_STRING", "")
        if not path.startswith(_PREFIX) or len(path) + len(query) >= self._longest:
            return None
        name, slash, id_ = path[len(_PREFIX) :].partition("/")
        kind, method = self._kinds.get(name), environ["REQUEST_METHOD"]
        if kind is None or method not in (_ON_RESOURCE if slash else _ON_LIST):
            return None
        if (slash and not _ID.fullmatch(id_)) or (query and (slash or method != "GET")):
            return None
        if not _HOST.fullmatch(environ.get("HTTP_HOST", "")):
            return None
        if any(map(environ.__contains__, _ODD)) or not self._has_plain_body(method, environ):
            return None
        parameters = _parameters(query)
        return None if parameters is None else _Plain(method, kind, id_, parameters)

    def _has_plain_body(self, method: str, environ: WSGIEnvironment) -> bool:
        """Whether a body is there where one belongs, of a length that may be read."""
        media_type = environ.get("CONTENT_TYPE")
        if media_type and not _JSON.fullmatch(media_type):
            return False
        length = environ.get("CONTENT_LENGTH") or ""
        if method not in _WITH_BODY:
            return length in {"", "0"}
        return bool(_LENGTH.fullmatch(length)) and int(length) <= self._limits.body

    def _answer(self, plain: _Plain, environ: WSGIEnvironment) -> _Answer:
        client = self._bearer.client_of(environ)
        view = View(self._base_url or scim_url_of(environ))
        if plain.method == "GET":
            return self._show(plain, client, view)
        if plain.method == "DELETE":
            self._directory.delete(plain.kind, plain.id, _NO_DEMANDS, client)
            return _Answer(204)
        body = read_object(_body_of(environ), self._limits.json_depth)
        if plain.method == "POST":
            made = self._directory.create(plain.kind, body, client, view)
            return _Answer(201, made.parts, made)
        return self._change(plain, body, client, view)

    def _show(self, plain: _Plain, client: Client, view: View) -> _Answer:
        if plain.id:
            found = self._directory.get(plain.kind, plain.id, client, view)
            return _Answer(200, found.parts, found)
        query = read_query(plain.parameters, self._limits)
        return _Answer(200, (self._directory.search((plain.kind,), query, client, view),))

    def _change(self, plain: _Plain, body: dict[str, Any], client: Client, view: View) -> _Answer:
        if plain.method == "PUT":
            change = self._directory.replace
        else:
            change = self._directory.patch
            if client.choices.patch is PatchAnswer.NOTHING:
                unseen = View(view.base_url, NOTHING)
                patched = change(plain.kind, plain.id, body, _NO_DEMANDS, client, unseen)
                return _Answer(204, (), patched)
        changed = change(plain.kind, plain.id, body, _NO_DEMANDS, client, view)
        return _Answer(200, changed.parts, changed)


def _body_of(environ: WSGIEnvironment) -> bytes:
    """Return the body of a request, whose length was looked at.

    :raises ClientDisconnected: it ends before its length
    """
    missing = int(environ["CONTENT_LENGTH"])
    parts = []
    while missing:
        part = environ["wsgi.input"].read(missing)
        if not part:
            raise ClientDisconnected
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _parameters(query: str) -> dict[str, str] | None:
    """Return the parameters of a URL, or None where there are others or one stands twice."""
    given: dict[str, str] = {}
    if not query.isascii():
        return None
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        if name not in _PARAMETERS or name in given:
            return None
        try:
            given[name] = unquote_to_bytes(value.replace("+", " ")).decode()
        except UnicodeDecodeError:
            return None
    return given
