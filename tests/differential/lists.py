"""Differences in lists."""

from dataclasses import replace
from typing import Any

from scim2_models import Context, Resource, ScimFilter, SearchRequest

from tests.differential.exchanges import Exchange, Request

_LAST_INDEX = 2**31
"""The greatest index our lists begin at."""


def empty_parameters(exchange: Exchange) -> Exchange | None:
    """Let the judge read a parameter that is empty as one that is not given."""
    asked = exchange.request.query or exchange.request.body
    if not _is_asked_for_a_list(exchange.request):
        return None
    # an empty cursor asks for the first page (RFC 9865 §2)
    given = {name: each for name, each in asked.items() if each != "" or name == "cursor"}
    return None if given == asked else _asked_again(exchange, given)


def order_in_any_case(exchange: Exchange) -> Exchange | None:
    """Let the judge read the order in any case."""
    asked = exchange.request.query or exchange.request.body
    if not _is_asked_for_a_list(exchange.request) or "sortOrder" not in asked:
        return None
    order = asked["sortOrder"].lower()
    return (
        None
        if order == asked["sortOrder"]
        else _asked_again(exchange, asked | {"sortOrder": order})
    )


def filter_by_password(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge a filter on a password."""
    refused = (exchange.ours.status, (exchange.ours.body or {}).get("scimType"))
    if "password" not in _filter_of(exchange.request).lower() or not exchange.theirs.ok:
        return None
    if refused != (400, "invalidFilter"):
        return None
    return replace(exchange, theirs=exchange.ours)


def unknown_everywhere(exchange: Exchange) -> Exchange | None:
    """Let the judge find what a filter finds that names an attribute no type has."""
    asked, theirs = exchange.request.body, exchange.theirs
    refused = (theirs.status, (theirs.body or {}).get("scimType")) == (400, "invalidFilter")
    if exchange.request.path != "/.search" or not refused or not exchange.ours.ok:
        return None
    found = [each for each in exchange.after.values() if _matches(asked["filter"], each)]
    if exchange.ours.body["totalResults"] != len(found):
        return None
    return replace(exchange, theirs=exchange.ours)


def way_back(exchange: Exchange) -> Exchange | None:
    """Let an empty page of the judge's lead back, too."""
    ours, theirs = exchange.ours.body, exchange.theirs.body
    if not (_is_list(ours) and _is_list(theirs)) or ours["Resources"] != []:
        return None
    if "previousCursor" not in ours or "previousCursor" in theirs:
        return None
    body = theirs | {"previousCursor": ours["previousCursor"]}
    return replace(exchange, theirs=replace(exchange.theirs, body=body))


def schemas_without_attributes(exchange: Exchange) -> Exchange | None:
    """Let a filter on schemas find, for the judge, those it shows."""
    return _found_as_shown(exchange) if "schemas" in _filter_of(exchange.request) else None


def empty_values_found(exchange: Exchange) -> Exchange | None:
    """Let a filter find, for the judge, no list or object that is empty."""
    return _found_as_shown(exchange)


def last_index(exchange: Exchange) -> Exchange | None:
    """Cut the judge's index to the greatest of ours."""
    ours, theirs = exchange.ours.body, exchange.theirs.body
    if not (_is_list(ours) and _is_list(theirs)) or theirs.get("startIndex", 0) <= _LAST_INDEX:
        return None
    body = theirs | {"startIndex": _LAST_INDEX}
    return replace(exchange, theirs=replace(exchange.theirs, body=body))


def _found_as_shown(exchange: Exchange) -> Exchange | None:
    """Take our answer for the judge's, if it is what the filter finds in what the judge shows."""
    request, ours, theirs = exchange.request, exchange.ours, exchange.theirs
    if not (_filter_of(request) and _is_list(ours.body) and _is_list(theirs.body)):
        return None
    shown = {
        name: type(each).model_validate(each.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))
        for name, each in exchange.after.items()
        if request.path.startswith(("/.search", f"/{name.partition('-')[0]}s"))
    }
    found = {name for name, each in shown.items() if _matches(_filter_of(request), each)}
    if not {each["id"] for each in ours.resources} <= found:
        return None
    if ours.body["totalResults"] != len(found) or theirs.body["totalResults"] == len(found):
        return None
    return replace(exchange, theirs=ours)


def _filter_of(request: Request) -> str:
    return str((request.query or request.body or {}).get("filter", ""))


def _asked_again(exchange: Exchange, asked: dict[str, Any]) -> Exchange | None:
    if exchange.theirs.ok:
        return None
    part = {"query": asked} if exchange.request.query else {"body": asked}
    request = replace(exchange.request, **part)
    return replace(exchange, request=request, theirs=exchange.ask(request))


def order_of_equals(exchange: Exchange) -> Exchange | None:
    """Put the judge's resources in our order, where the values they are sorted by are the same."""
    ours, theirs = exchange.ours.resources, exchange.theirs.resources
    asked = exchange.request.query or exchange.request.body
    if not isinstance(asked, dict) or asked.get("sortOrder", "").lower() != "descending":
        return None
    labels = [each["id"] for each in ours], [each["id"] for each in theirs]
    if labels[0] == labels[1] or not _are_equal(exchange, asked.get("sortBy"), *labels):
        return None
    shown = {each["id"]: each for each in theirs}
    # one that stands on another page of the judge cannot be compared
    ordered = [shown.get(each["id"], each) for each in ours]
    body = exchange.theirs.body | {"Resources": ordered}
    return replace(exchange, theirs=replace(exchange.theirs, body=body))


def _are_equal(exchange: Exchange, sort_by: str | None, ours: list[str], theirs: list[str]) -> bool:
    request: SearchRequest[Any] = SearchRequest(sort_by=sort_by or None)
    values = {name: request.sort_value(each) for name, each in exchange.after.items()}
    return [values[each] for each in ours] == [values[each] for each in theirs]


def _is_list(body: Any) -> bool:
    return isinstance(body, dict) and "totalResults" in body


def _is_asked_for_a_list(request: Request) -> bool:
    return not request.writes and bool(request.query or request.body)


def _matches(text: str, resource: Resource[Any]) -> bool:
    judge: Any = ScimFilter[type(resource)](text)  # type: ignore[misc]  # known at run time
    return bool(judge.match(resource))
