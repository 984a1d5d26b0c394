"""Differences in the status of an answer, and in what a change is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scim2_models import Context, Group, Resource

from tests.differential.exchanges import Answer, Exchange

_LONGEST_NAME = 512


def patch_without_body(exchange: Exchange) -> Exchange | None:
    """Let the judge answer a PATCH with what it shows to a GET afterwards."""
    ours, theirs = exchange.ours, exchange.theirs
    if exchange.request.method != "PATCH" or (ours.status, theirs.status) != (200, 204):
        return None
    return replace(exchange, theirs=Answer(200, theirs.read_back, theirs.version))


def body_before_resource(exchange: Exchange) -> Exchange | None:
    """Refuse the body of a PUT for the judge, which looks for the resource first."""
    statuses = (exchange.ours.status, exchange.theirs.status)
    if exchange.request.method != "PUT" or statuses != (400, 404):
        return None
    return replace(exchange, theirs=exchange.ours)


def unknown_endpoint(exchange: Exchange) -> Exchange | None:
    """Tell for the judge that an endpoint does not exist, whatever the method."""
    ours, theirs = exchange.ours, exchange.theirs
    place = (ours.body or {}).get("outcome", {}).get("location", "")
    if (ours.status, theirs.status) != (404, 405) or not place.endswith("/Nope"):
        return None
    return replace(exchange, theirs=ours)


def data_of_a_delete(exchange: Exchange) -> Exchange | None:
    """Carry out for the judge a DELETE that has data."""
    outcome = (exchange.ours.body or {}).get("outcome", {})
    if outcome.get("method") != "DELETE" or exchange.ours.status not in {204, 404, 412}:
        return None
    if (exchange.theirs.body or {}).get("scimType") != "invalidValue":
        return None
    return replace(exchange, theirs=exchange.ours)


def no_name(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge an empty or very long name."""
    if not exchange.theirs.ok or not _refused(exchange.ours, 400, "invalidValue"):
        return None
    made = [each for name, each in exchange.after.items() if each != exchange.before.get(name)]
    if all(0 < len(_name_of(each)) <= _LONGEST_NAME for each in made):
        return None
    return replace(exchange, theirs=exchange.ours)


def password_only(exchange: Exchange) -> Exchange | None:
    """Take back a version of the judge's that differs from the one before in the password."""
    if not is_new_version_of_theirs(exchange):
        return None
    if _stated(exchange.before) == _stated(exchange.after):
        return None
    if _stated(exchange.before, "password") != _stated(exchange.after, "password"):
        return None
    return without_new_version(exchange)


def empty_for_none(exchange: Exchange) -> Exchange | None:
    """Take back a version of the judge's that differs from the one before in nothing."""
    if not is_new_version_of_theirs(exchange):
        return None
    if _stated(exchange.before) != _stated(exchange.after):
        return None
    return without_new_version(exchange)


def is_new_version_of_theirs(exchange: Exchange) -> bool:
    """Whether the judge made another version of what a request changed than we."""
    ours, theirs = exchange.ours, exchange.theirs
    return exchange.request.writes and theirs.ok and ours.ok and ours.version != theirs.version


def without_new_version(exchange: Exchange) -> Exchange:
    """Take back a version of the judge's that we do not count."""
    ours, theirs = exchange.ours, exchange.theirs
    body = theirs.body
    if "meta" in body and "meta" in ours.body:
        moved = {"version", "lastModified"} & set(body["meta"])
        meta = {name: ours.body["meta"].get(name) for name in moved}
        body = body | {"meta": body["meta"] | meta}
    return replace(exchange, theirs=replace(theirs, body=body, version=ours.version))


def _stated(resources: Mapping[str, Resource[Any]], but: str = "") -> dict[str, Any]:
    """Return what resources are, their dates and versions and one attribute aside."""
    hidden = {"meta", but}
    dumps = {name: each.model_dump(scim_ctx=Context.DEFAULT) for name, each in resources.items()}
    return {
        name: {key: value for key, value in dump.items() if key not in hidden}
        for name, dump in dumps.items()
    }


def _refused(answer: Answer, status: int, scim_type: str) -> bool:
    return answer.status == status and answer.body.get("scimType") == scim_type


def _name_of(resource: Any) -> str:
    return str(resource.display_name if isinstance(resource, Group) else resource.user_name)
