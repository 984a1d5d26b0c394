"""The operations of Bulk requests, as a strict client writes them."""

from typing import Any

from scim.provider import GROUP, USER, Kind
from tests.contract.directories import Caller, body_of


def post(kind: Kind, bulk_id: str, **attributes: Any) -> dict[str, Any]:
    """Return the operation that makes a resource."""
    data = body_of(kind, **attributes)
    return {"method": "POST", "path": f"/{kind.endpoint}", "bulkId": bulk_id, "data": data}


def put(kind: Kind, id_: str, **attributes: Any) -> dict[str, Any]:
    """Return the operation that replaces a resource."""
    path = f"/{kind.endpoint}/{id_}"
    return {"method": "PUT", "path": path, "data": body_of(kind, **attributes)}


def patch(kind: Kind, id_: str, *changes: dict[str, Any]) -> dict[str, Any]:
    """Return the operation that carries out a PATCH."""
    data = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": list(changes),
    }
    return {"method": "PATCH", "path": f"/{kind.endpoint}/{id_}", "data": data}


def delete(kind: Kind, id_: str) -> dict[str, Any]:
    """Return the operation that removes a resource."""
    return {"method": "DELETE", "path": f"/{kind.endpoint}/{id_}"}


def post_user(bulk_id: str, **attributes: Any) -> dict[str, Any]:
    """Return the operation that makes a user named like its bulkId."""
    return post(USER, bulk_id, userName=bulk_id, **attributes)


def post_group(bulk_id: str, *members: str) -> dict[str, Any]:
    """Return the operation that makes a group named like its bulkId."""
    entries = [{"value": each} for each in members]
    return post(GROUP, bulk_id, displayName=bulk_id, members=entries)


def statuses(outcomes: list[dict[str, Any]]) -> list[str]:
    """Return the status of each outcome."""
    return [each["status"] for each in outcomes]


def id_of(outcome: dict[str, Any]) -> str:
    """Return the id of the resource an outcome is about."""
    location: str = outcome["location"]
    return location.rpartition("/")[2]


def names_in(caller: Caller) -> set[str]:
    """Return what every user and group of a tenant is called."""
    found = caller.search(USER, GROUP)["Resources"]
    return {each.get("userName") or each["displayName"] for each in found}
