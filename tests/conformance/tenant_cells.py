"""Every place of a SCIM request where an id can stand, as requests that name somebody's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

CORE = "urn:ietf:params:scim:schemas:core:2.0"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"


@dataclass(frozen=True, slots=True)
class Ids:
    """What names the resources of a tenant, or nothing that exists."""

    user: str
    group: str
    cursor: str = ""
    """Of the second page of all users."""

    def of(self, endpoint: str) -> str:
        """Return the id of the resource of an endpoint."""
        return self.user if endpoint == "Users" else self.group


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Cell = Callable[[Ids, Ids], Asked]
"""Returns a request of a client with resources of its own that names others."""

VERSION = 'W/"1"'
"""Of every resource that was never changed, here and there."""


def cells(view: str, endpoint: str) -> Iterator[Cell]:
    """Return the requests for a view of the SCIM blueprint, of one endpoint where it has one."""
    yield from _CELLS.get(view, lambda _: iter(()))(endpoint)


def resource(endpoint: str, name: str, **attributes: Any) -> dict[str, Any]:
    """Return the body of a resource."""
    if endpoint == "Users":
        return {"schemas": [f"{CORE}:User"], "userName": name, **attributes}
    return {"schemas": [f"{CORE}:Group"], "displayName": name, **attributes}


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a PATCH."""
    return {"schemas": [f"{MESSAGES}:PatchOp"], "Operations": list(operations)}


def bulk(*operations: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a Bulk request."""
    return {"schemas": [f"{MESSAGES}:BulkRequest"], "Operations": list(operations)}


def _title(name: str = "title") -> dict[str, Any]:
    return {"op": "replace", "path": name, "value": "mine now"}


def _entries(it: Ids) -> Iterator[list[dict[str, str]]]:
    """Return lists of members that name a user and a group, each way it can be done."""
    for id_, endpoint in ((it.user, "Users"), (it.group, "Groups")):
        yield [{"value": id_}]
        yield [
            {
                "value": id_,
                "$ref": f"http://localhost/scim/v2/{endpoint}/{id_}",
                "type": endpoint[:-1],
            }
        ]
        yield [{"$ref": f"http://localhost/scim/v2/{endpoint}/{id_}"}]
        yield [{"$ref": f"../{endpoint}/{id_}", "display": id_}]


_ENTRIES = 8


def _each_entries() -> Iterator[Callable[[Ids], list[dict[str, str]]]]:
    for number in range(_ENTRIES):
        yield lambda it, n=number: list(_entries(it))[n]  # type: ignore[misc]


def _get(endpoint: str) -> Iterator[Cell]:
    for headers in ({}, {"If-None-Match": VERSION}, {"If-None-Match": "*"}):
        yield lambda _, it, h=headers: Asked("GET", f"/{endpoint}/{it.of(endpoint)}", None, h)  # type: ignore[misc]
    yield lambda _, it: Asked("GET", f"/{endpoint.lower()}/{it.of(endpoint)}?attributes=id")
    other = "Groups" if endpoint == "Users" else "Users"
    yield lambda _, it: Asked("GET", f"/{endpoint}/{it.of(other)}")
    yield lambda _, it: Asked("GET", f"/{endpoint}/{it.of(endpoint)}/members")


_DEMANDS: tuple[dict[str, str], ...] = ({}, {"If-Match": VERSION}, {"If-Match": "*"})


def _replace(endpoint: str) -> Iterator[Cell]:
    for headers in _DEMANDS:
        yield lambda _, it, h=headers: Asked(  # type: ignore[misc]
            "PUT", f"/{endpoint}/{it.of(endpoint)}", resource(endpoint, "mine now"), h
        )
    if endpoint == "Users":
        yield lambda mine, it: Asked("PUT", f"/Users/{mine.user}", _naming(it, "ada"))
        return
    for entries in _each_entries():
        yield lambda mine, it, e=entries: Asked(  # type: ignore[misc]
            "PUT", f"/Groups/{mine.group}", resource("Groups", "crew", members=e(it))
        )


def _naming(it: Ids, name: str) -> dict[str, Any]:
    """Return a user who names others wherever one can."""
    manager = {"value": it.user, "$ref": f"../Users/{it.user}", "displayName": "?"}
    return resource(
        "Users",
        name,
        schemas=[f"{CORE}:User", ENTERPRISE],
        id=it.user,
        externalId=it.user,
        groups=[{"value": it.group}],
        meta={"location": f"../Users/{it.user}", "version": VERSION},
        **{ENTERPRISE: {"manager": manager}},
    )


def _patch(endpoint: str) -> Iterator[Cell]:
    for headers in _DEMANDS:
        yield lambda _, it, h=headers: Asked(  # type: ignore[misc]
            "PATCH", f"/{endpoint}/{it.of(endpoint)}", patch(_title("externalId")), h
        )
    own = _patches_of_users() if endpoint == "Users" else _patches_of_groups()
    for operation in own:
        yield lambda mine, it, o=operation: Asked(  # type: ignore[misc]
            "PATCH", f"/{endpoint}/{mine.of(endpoint)}", patch(o(mine, it))
        )


def _patches_of_users() -> Iterator[Callable[[Ids, Ids], dict[str, Any]]]:
    manager = f"{ENTERPRISE}:manager"
    yield lambda _, it: {"op": "replace", "path": manager, "value": {"value": it.user}}
    yield lambda _, it: {"op": "replace", "path": f"{manager}.value", "value": it.user}
    yield lambda _, it: {"op": "add", "value": {"externalId": it.user}}
    yield lambda _, it: {"op": "replace", "path": "id", "value": it.user}
    yield lambda _, it: {"op": "add", "path": "groups", "value": [{"value": it.group}]}
    yield lambda _, it: {"op": "remove", "path": f'groups[value eq "{it.group}"]'}


def _patches_of_groups() -> Iterator[Callable[[Ids, Ids], dict[str, Any]]]:
    for entries in _each_entries():
        yield lambda _, it, e=entries: {"op": "add", "path": "members", "value": e(it)}  # type: ignore[misc]
        yield lambda _, it, e=entries: {"op": "replace", "value": {"members": e(it)}}  # type: ignore[misc]
        yield lambda _, it, e=entries: {"op": "remove", "path": "members", "value": e(it)}  # type: ignore[misc]
    yield lambda _, it: {"op": "remove", "path": f'members[value eq "{it.user}"]'}
    yield lambda _, it: {
        "op": "replace",
        "path": f'members[value eq "{it.user}"].display',
        "value": "x",
    }
    yield lambda mine, it: {
        "op": "replace",
        "path": f'members[value eq "{mine.user}"].value',
        "value": it.user,
    }


def _delete(endpoint: str) -> Iterator[Cell]:
    for headers in _DEMANDS:
        yield lambda _, it, h=headers: Asked("DELETE", f"/{endpoint}/{it.of(endpoint)}", None, h)  # type: ignore[misc]


def _filters(it: Ids) -> list[str]:
    return [
        f'id eq "{it.user}" or id eq "{it.group}"',
        f'id sw "{it.user[:8]}"',
        f'not (id ne "{it.user}")',
        f'id ge "{it.user}" and id le "{it.user}"',
        f'externalId eq "{it.user}"',
        f'members.value eq "{it.user}"',
        f'members[value eq "{it.user}"]',
        f'groups.value eq "{it.group}"',
        f'{ENTERPRISE}:manager.value eq "{it.user}"',
        f'meta.location co "{it.user}"',
    ]


_FILTERS = 10


def _queries() -> Iterator[Callable[[Ids], dict[str, Any]]]:
    for number in range(_FILTERS):
        yield lambda it, n=number: {"filter": _filters(it)[n]}  # type: ignore[misc]
        yield lambda it, n=number: {"filter": _filters(it)[n], "sortBy": "meta.created", "count": 1}  # type: ignore[misc]
    yield lambda it: {"cursor": it.cursor, "count": 1}
    yield lambda it: {"sortBy": f"x{it.user}"}
    yield lambda it: {"attributes": f"members[value eq {it.user}]"}


def _list(endpoint: str) -> Iterator[Cell]:
    for query in _queries():
        yield lambda _, it, q=query: Asked("GET", f"/{endpoint}", q(it))  # type: ignore[misc]


def _search(endpoint: str) -> Iterator[Cell]:
    path = f"/{endpoint}/.search" if endpoint else "/.search"
    for query in _queries():
        yield lambda _, it, q=query: Asked(  # type: ignore[misc]
            "POST", path, {"schemas": [f"{MESSAGES}:SearchRequest"], **q(it)}
        )


def _create(endpoint: str) -> Iterator[Cell]:
    if endpoint == "Users":
        yield lambda _, it: Asked("POST", "/Users", _naming(it, f"new {it.user}"))
        return
    for number, entries in enumerate(_each_entries()):
        yield lambda _, it, e=entries, n=number: Asked(  # type: ignore[misc]
            "POST", "/Groups", resource("Groups", f"new {n} {it.user}", members=e(it))
        )


def _bulk(_: str) -> Iterator[Cell]:
    for operations in _BULK:
        yield lambda mine, it, o=operations: Asked("POST", "/Bulk", bulk(*o(mine, it)))  # type: ignore[misc]


def _made(it: Ids, **data: Any) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": "/Groups",
        "bulkId": it.user,
        "data": resource("Groups", f"bulk {len(data)} {it.user}", **data),
    }


_BULK: tuple[Callable[[Ids, Ids], tuple[dict[str, Any], ...]], ...] = (
    lambda _, it: tuple(
        {"method": method, "path": f"/{endpoint}/{it.of(endpoint)}", "data": data, **version}
        for endpoint in ("Users", "Groups")
        for version in ({}, {"version": VERSION})
        for method, data in (
            ("PUT", resource(endpoint, "mine now")),
            ("PATCH", patch(_title("externalId"))),
            ("DELETE", None),
        )
    ),
    lambda _, it: tuple(_made(it, members=each) for each in list(_entries(it))[:1]),
    lambda _, it: (_made(it, members=[{"value": f"bulkId:{it.user}"}], externalId="x"),),
    lambda _, it: (_made(it), {"method": "DELETE", "path": f"/Groups/bulkId:{it.group}"}),
    lambda mine, it: (
        {
            "method": "PATCH",
            "path": f"/Groups/{mine.group}",
            "data": patch({"op": "add", "path": "members", "value": [{"value": it.user}]}),
        },
    ),
    lambda _, it: ({"method": "PATCH", "path": f"/Users/{it.group}", "data": patch(_title())},),
)


def _described(name: str) -> Callable[[str], Iterator[Cell]]:
    def described(_: str) -> Iterator[Cell]:
        yield lambda _, it: Asked("GET", f"/{name}".replace("@", it.user))

    return described


def _me(_: str) -> Iterator[Cell]:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        yield lambda _, it, m=method: Asked(m, f"/Me?id={it.user}", {"id": it.user})  # type: ignore[misc]


_CELLS: dict[str, Callable[[str], Iterator[Cell]]] = {
    "get": _get,
    "replace": _replace,
    "patch": _patch,
    "delete": _delete,
    "list": _list,
    "search": _search,
    "search_all": lambda _: _search(""),
    "create": _create,
    "bulk": _bulk,
    "me": _me,
    "service_provider_config": _described("ServiceProviderConfig?id=@"),
    "described": _described("Schemas?id=@"),
    "described_one": _described("Schemas/@"),
}
