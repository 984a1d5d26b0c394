"""What the fuzzer feeds: each target takes bytes, and lets nothing but SCIM errors pass."""

from collections.abc import Callable

from scim import Limits
from scim.bounds import check_attributes
from scim.payload import read_object
from scim.preconditions import Preconditions
from scim.projection import read_projection
from scim.provider import GROUP, USER
from scim.query.search import read_query
from scim.rendering import View
from scim.tolerance import read_search_body
from tests.contract.directories import BASE_URL, Caller
from tests.fuzz.bench import Bench
from tests.fuzz.values import built
from tests.fuzz.words import spelled

_OPERATIONS = ("add", "replace", "remove")
_LIMITS = Limits()
_VIEW = View(BASE_URL)
_ANY = Preconditions()


def read_filter(bench: Bench, data: bytes) -> None:
    """Search users, and users and groups, by a filter."""
    text = spelled(data)
    bench.tries(lambda caller: caller.search(USER, filter=text))
    bench.tries(lambda caller: caller.search(USER, GROUP, filter=text))


def read_names(bench: Bench, data: bytes) -> None:
    """Sort users and groups, and show a user, by what names attributes."""
    text = spelled(data)
    bench.tries(lambda caller: caller.search(USER, sort_by=text))
    bench.tries(lambda caller: caller.search(USER, GROUP, sort_by=text, descending=True))
    for name in ("attributes", "excludedAttributes"):
        bench.tries(lambda caller, name=name: _show(caller, bench.user, {name: text}))


def read_path(bench: Bench, data: bytes) -> None:
    """Patch a user and a group at a path, by each operation."""
    text = spelled(data)
    for op in _OPERATIONS:
        for value in ("x", True, [{"value": "x"}], {"value": "x"}):
            operation = {"op": op, "path": text, "value": value}
            bench.tries(lambda caller, each=operation: caller.patch(USER, bench.user, each))
        bench.tries(lambda caller, each=operation: caller.patch(GROUP, bench.group, each))
    bench.tries(lambda caller: caller.patch(USER, bench.user, {"op": "remove", "path": text}))
    named = {"op": "add", "value": {text: "x"}}
    bench.tries(lambda caller: caller.patch(USER, bench.user, named))


def read_body(bench: Bench, data: bytes) -> None:
    """Read a body."""
    bench.tries(lambda _: read_object(data, _LIMITS.json_depth))


def read_patch(bench: Bench, data: bytes) -> None:
    """Patch a user and a group by a body."""
    for kind, id_ in ((USER, bench.user), (GROUP, bench.group)):
        bench.tries(
            lambda caller, kind=kind, id_=id_: caller.directory.patch(
                kind, id_, _body(data), _ANY, caller.client, _VIEW
            )
        )


def read_resource(bench: Bench, data: bytes) -> None:
    """Create and replace a user and a group by a body."""
    for kind, id_ in ((USER, bench.user), (GROUP, bench.group)):
        bench.tries(
            lambda caller, kind=kind: caller.directory.create(
                kind, _body(data), caller.client, _VIEW
            )
        )
        bench.tries(lambda caller, kind=kind, id_=id_: caller.replace(kind, id_, _body(data)))


def read_bulk(bench: Bench, data: bytes) -> None:
    """Carry out a Bulk request."""
    bench.tries(lambda caller: caller.directory.bulk(_body(data), caller.client, BASE_URL))


def read_cursor(bench: Bench, data: bytes) -> None:
    """Take a text for a cursor."""
    bench.tries(lambda caller: _search(caller, {"cursor": spelled(data)}))


def read_search(bench: Bench, data: bytes) -> None:
    """Search users and groups by a body, projections and pages included."""
    bench.tries(lambda caller: _search(caller, _body(data)))


TARGETS: dict[str, Callable[[Bench, bytes], None]] = {
    "filter": read_filter,
    "names": read_names,
    "path": read_path,
    "patch": read_patch,
    "resource": read_resource,
    "bulk": read_bulk,
    "search": read_search,
    "cursor": read_cursor,
    "body": read_body,
}


def _show(caller: Caller, id_: str, parameters: dict[str, object]) -> None:
    view = _view(caller, parameters)
    caller.directory.get(USER, id_, caller.client, view)


def _search(caller: Caller, body: dict[str, object]) -> None:
    parameters = read_search_body(caller.client.reader, body)
    query = read_query(parameters, _LIMITS)
    caller.directory.search((USER, GROUP), query, caller.client, _view(caller, parameters))


def _view(caller: Caller, parameters: dict[str, object]) -> View:
    check_attributes(parameters, _LIMITS)
    return View(BASE_URL, read_projection(parameters, caller.client.reader.profile))


def _body(data: bytes) -> dict[str, object]:
    value = built(data)
    return value if isinstance(value, dict) else {"Operations": value}
