"""SCIM over HTTP: a request becomes one call of the directory, and its result an answer.

The endpoints are a blueprint, which any Flask application can register under a prefix of its own.
"""

import re
from collections.abc import Callable, Sequence

from flask import Blueprint, Request, Response, g, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import Forbidden, NotFound, UnsupportedMediaType
from werkzeug.routing import AnyConverter, BaseConverter, Map, RoutingException

from app.answers import MEDIA_TYPE, answer, answer_error, finish, new_request_id, refuse
from app.base_url import scim_url_of
from app.bearer import REQUEST_ID
from app.bounds import check_url, read_body
from scim import Client, Directory, Provider
from scim.bounds import check_attributes
from scim.choices import PatchAnswer
from scim.discovery import Discovery
from scim.payload import read_object
from scim.preconditions import Preconditions
from scim.projection import EVERYTHING, NOTHING, read_projection
from scim.provider import Kind
from scim.query.search import read_query
from scim.rendering import Representation, View
from scim.tolerance import endpoint_in_another_case, read_parameters, read_search_body

PREFIX = "/scim/v2"

_JSON = re.compile(r"application/(?:[\w.-]+\+)?json", re.IGNORECASE)

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class _Id(BaseConverter):
    """A segment that can be an id: ``.search`` is none."""

    regex = "[^./][^/]*"
    part_isolating = True


class _AnyCase(AnyConverter):
    """Matches one of the items, in any case."""

    def __init__(self, url_map: Map, *items: str) -> None:
        super().__init__(url_map, *items)
        self.regex = self.regex.replace("(?:", "(?i:", 1)


class Provisioning:
    """The SCIM endpoints and who may use them.

    :param authenticate: returns who asks, or raises :class:`~app.bearer.Refused`
    :param base_url: what clients know as the SCIM base URL, where it is not the one they use
    """

    def __init__(
        self,
        directory: Directory,
        provider: Provider,
        authenticate: Callable[[Request], Client],
        base_url: str = "",
    ) -> None:
        self._directory = directory
        self._limits = provider.limits
        self._kinds = provider.endpoints
        self._discovery = Discovery(provider)
        self._authenticate = authenticate
        self._base_url = base_url
        self._prefix = PREFIX

    def blueprint(self) -> Blueprint:
        """Return the endpoints, for one application.

        Every path under their prefix wants credentials and has SCIM's errors, known or not.
        """
        blueprint = Blueprint("provisioning", __name__, url_prefix=PREFIX)
        blueprint.record_once(self._join)
        blueprint.before_app_request(self._enter)
        blueprint.after_app_request(self._leave)
        blueprint.register_error_handler(Exception, answer_error)
        quoted = ", ".join(f'"{each}"' for each in self._kinds)
        endpoint = f"/<scim_endpoint({quoted}):endpoint>"
        routes: tuple[tuple[str, str, Callable[..., Response]], ...] = (
            ("GET", "/ServiceProviderConfig", self.service_provider_config),
            ("GET", "/<any(ResourceTypes, Schemas):listed>", self.described),
            ("GET", "/<any(ResourceTypes, Schemas):listed>/<name>", self.described_one),
            ("POST", "/Bulk", self.bulk),
            ("POST", "/.search", self.search_all),
            ("POST", f"{endpoint}/.search", self.search),
            ("GET", endpoint, self.list),
            ("POST", endpoint, self.create),
            ("GET", f"{endpoint}/<scim_id:id_>", self.get),
            ("PUT", f"{endpoint}/<scim_id:id_>", self.replace),
            ("PATCH", f"{endpoint}/<scim_id:id_>", self.patch),
            ("DELETE", f"{endpoint}/<scim_id:id_>", self.delete),
        )
        blueprint.add_url_rule("/Me", view_func=self.me, methods=_METHODS)
        for method, rule, view in routes:
            blueprint.add_url_rule(
                rule,
                endpoint=f"{view.__name__}",
                view_func=view,
                methods=[method],
                strict_slashes=False,
            )
        return blueprint

    def service_provider_config(self) -> Response:
        """Answer what the server can do."""
        return answer(self._discovery.service_provider_config(self._scim_url(), _client().choices))

    def described(self, listed: str) -> Response:
        """Answer every resource type, or every schema; they are not filtered (RFC 7644 §4)."""
        if "filter" in request.args:
            raise Forbidden(f"{listed} are not filtered.")
        return answer(self._discovery.all_of(listed, self._scim_url(), _client().choices))

    def described_one(self, listed: str, name: str) -> Response:
        """Answer one resource type, or one schema."""
        return answer(self._discovery.one_of(listed, name, self._scim_url(), _client().choices))

    def list(self, endpoint: str) -> Response:
        """Answer the resources of one type that a query in the URL asks for."""
        return self._search((self._kinds[endpoint],), self._parameters())

    def search(self, endpoint: str) -> Response:
        """Answer the resources of one type that a query in the body asks for."""
        return self._search((self._kinds[endpoint],), self._searched())

    def search_all(self) -> Response:
        """Answer the resources of every type that a query in the body asks for."""
        return self._search(tuple(self._kinds.values()), self._searched())

    def get(self, endpoint: str, id_: str) -> Response:
        """Answer one resource, or nothing new."""
        kind = self._kinds[endpoint]
        found = self._directory.get(kind, id_, _client(), self._view())
        if _preconditions().spares(found.version):
            return answer(status=304, about=found)
        return answer(*found.parts, about=found)

    def create(self, endpoint: str) -> Response:
        """Add a resource."""
        made = self._directory.create(self._kinds[endpoint], self._body(), _client(), self._view())
        return answer(*made.parts, status=201, about=made)

    def replace(self, endpoint: str, id_: str) -> Response:
        """Replace a resource."""
        replaced = self._change(self._directory.replace, endpoint, id_, self._view())
        return answer(*replaced.parts, about=replaced)

    def patch(self, endpoint: str, id_: str) -> Response:
        """Carry out operations on a resource; whether it is shown then is the app's choice.

        Who names attributes is shown them (RFC 7644 §3.5.2).
        """
        view = self._view()
        if _client().choices.patch is PatchAnswer.NOTHING and view.projection is EVERYTHING:
            unseen = View(view.base_url, NOTHING)
            patched = self._change(self._directory.patch, endpoint, id_, unseen)
            return answer(status=204, about=patched)
        patched = self._change(self._directory.patch, endpoint, id_, view)
        return answer(*patched.parts, about=patched)

    def delete(self, endpoint: str, id_: str) -> Response:
        """Remove a resource."""
        kind = self._kinds[endpoint]
        self._directory.delete(kind, id_, _preconditions(), _client())
        return answer(status=204)

    def me(self) -> Response:
        """Answer that a service account is no resource of the directory (RFC 7644 §3.11)."""
        detail = "A token stands for a service account, which is no user of this directory."
        return refuse(501, detail)

    def bulk(self) -> Response:
        """Carry out the operations of a Bulk request."""
        return answer(self._directory.bulk(self._body(), _client(), self._scim_url()))

    def _join(self, state: BlueprintSetupState) -> None:
        self._prefix = (state.url_prefix or "").rstrip("/")
        state.app.url_map.converters.update(scim_id=_Id, scim_endpoint=_AnyCase)

    def _enter(self) -> Response | None:
        """Let a request in, or answer why not; Flask asks no blueprint about a path it lacks."""
        if not _is_below(self._prefix, request.path):
            return None
        _request_id()
        try:
            check_url(self._limits.url)
            g.client = self._authenticate(request)
            self._name_endpoint(request.view_args or {})
            _check_route()
        except Exception as error:  # noqa: BLE001 - the one handler of SCIM errors logs what it must
            return answer_error(error)
        return None

    def _leave(self, response: Response) -> Response:
        if not _is_below(self._prefix, request.path):
            return response
        return finish(response, _request_id())

    def _name_endpoint(self, arguments: dict[str, str]) -> None:
        """Name the endpoint of a view as it is announced, whichever case the URL has it in."""
        if "endpoint" in arguments:
            name = endpoint_in_another_case(_client().reader, arguments["endpoint"], self._kinds)
            if name not in self._kinds:
                raise NotFound
            arguments["endpoint"] = name

    def _change(
        self, change: Callable[..., Representation], endpoint: str, id_: str, view: View
    ) -> Representation:
        kind = self._kinds[endpoint]
        return change(kind, id_, self._body(), _preconditions(), _client(), view)

    def _search(self, kinds: Sequence[Kind], parameters: dict[str, object]) -> Response:
        query = read_query(parameters, self._limits)
        found = self._directory.search(kinds, query, _client(), self._view(parameters))
        return answer(found)

    def _view(self, parameters: dict[str, object] | None = None) -> View:
        given = self._parameters() if parameters is None else parameters
        if not given:
            return View(self._scim_url())
        return View(self._scim_url(), read_projection(given, _client().reader.profile))

    def _searched(self) -> dict[str, object]:
        body = self._body()
        check_attributes(body, self._limits)
        return read_search_body(_client().reader, body)

    def _parameters(self) -> dict[str, object]:
        if not request.query_string:
            return {}
        check_attributes(request.args, self._limits)
        return read_parameters(_client().reader, request.args.items())

    def _body(self) -> dict[str, object]:
        media_type = request.mimetype
        if media_type and not _JSON.fullmatch(media_type):
            raise UnsupportedMediaType(f"Send the body as {MEDIA_TYPE}, not as {media_type}.")
        return read_object(read_body(self._limits.body), self._limits.json_depth)

    def _scim_url(self) -> str:
        """Return the base URL: the configured one, or else the one the client used."""
        return self._base_url or scim_url_of(request.environ, self._prefix)


def is_scim(path: str) -> bool:
    """Whether a path belongs to the SCIM endpoints, known or not."""
    return _is_below(PREFIX, path)


def _is_below(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def _check_route() -> None:
    """Refuse a request that no view is for.

    :raises HTTPException: there is no such path, or it does not take the method
    """
    unknown = request.routing_exception
    if unknown and not isinstance(unknown, RoutingException):  # a redirection is Flask's to send
        raise unknown


def _request_id() -> str:
    """Return the id of a request, which it has from here on if it had none."""
    given: str = request.environ.setdefault(REQUEST_ID, new_request_id())
    return given


def _client() -> Client:
    client: Client = g.client
    return client


def _preconditions() -> Preconditions:
    return Preconditions(request.headers.get("If-Match"), request.headers.get("If-None-Match"))
