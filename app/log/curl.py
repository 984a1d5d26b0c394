"""A logged request as a command to try it again: without its token, and without its values."""

import json
import shlex

from app.log.entries import Entry

_BODIES = {
    "patch": {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "…", "value": "…"}],
    },
    "bulk": {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "…", "path": "…", "data": {}}],
    },
    "search": {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "…",
    },
}


def curl_of(entry: Entry, scim_url: str, endpoints: dict[str, str]) -> str:
    """Return a curl command with ``$TOKEN`` for the token and ``…`` for what was not kept.

    :param endpoints: the endpoint of each resource type by its name
    """
    words = ["curl"]
    if entry.method not in {"GET", ""}:
        words += ["-X", entry.method]
    if entry.operation == "search" and entry.method == "GET":
        words += ["-G", "--data-urlencode", shlex.quote(f"filter={entry.filter}")]
    elif entry.method in {"POST", "PUT", "PATCH"}:
        body = json.dumps(_body_of(entry), ensure_ascii=False)
        words += ["-H", '"Content-Type: application/scim+json"', "-d", shlex.quote(body)]
    words += ["-H", '"Authorization: Bearer $TOKEN"']
    return " ".join([*words, shlex.quote(scim_url + _path_of(entry, endpoints))])


def _body_of(entry: Entry) -> object:
    if entry.operation in _BODIES:
        return _BODIES[entry.operation]
    names = dict.fromkeys(name.partition(".")[0] for name in entry.changed.split())
    return dict.fromkeys((name for name in names if not name.startswith("urn:")), "…")


def _path_of(entry: Entry, endpoints: dict[str, str]) -> str:
    if entry.operation == "bulk":
        return "/Bulk"
    if entry.operation == "discovery":
        return "/ServiceProviderConfig"
    path = f"/{endpoints[entry.resource_type]}" if entry.resource_type in endpoints else ""
    if entry.operation == "search" and entry.method == "POST":
        return f"{path}/.search"
    names_one = entry.operation in {"get", "replace", "patch", "delete"}
    return f"{path}/{entry.resource_id or '…'}" if names_one else path
