"""What a strict app is refused and the judge forgives."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.differential.exchanges import Exchange
from tests.differential.users import ENTERPRISE

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_BOOLEANS = {"active", "primary"}
_MULTIVALUED = {"emails", "phonenumbers", "addresses", "roles", "x509certificates", "members"}


def unlisted_schemas(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge a body that does not list the schemas of what it holds."""
    body = {name.lower(): value for name, value in (exchange.request.body or {}).items()}
    listed = body.get("schemas")
    needed = {_schema_of(exchange)} | ({ENTERPRISE} if body.get(ENTERPRISE.lower()) else set())
    if isinstance(listed, list) and needed <= {str(each) for each in listed}:
        return None
    return _refused(exchange)


def no_booleans(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge a boolean that is written as a text or a number."""
    return _refused_for(exchange, _is_no_boolean)


def no_arrays(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge a multi-valued attribute that is no array."""
    return _refused_for(exchange, _is_no_array)


def no_objects(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge a bare text as the value of what it looks for first."""
    return _refused_for(exchange, _is_no_object)


def paths_for_names(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge an operation without a path whose value has paths for names."""
    operations = (exchange.request.body or {}).get("Operations") or ()
    values = [each.get("value") for each in operations if isinstance(each, dict)]
    pathless = [
        value
        for each, value in zip(operations, values, strict=True)
        if isinstance(value, dict) and "path" not in each
    ]
    if any(name != ENTERPRISE and re.search(r"[.:\[]", name) for each in pathless for name in each):
        return _refused(exchange)
    return None


def _schema_of(exchange: Exchange) -> str:
    request = exchange.request
    if request.method == "PATCH":
        return _PATCH
    if request.path.endswith("/.search"):
        return _SEARCH
    return f"urn:ietf:params:scim:schemas:core:2.0:{request.path.split('/')[1].removesuffix('s')}"


def _refused_for(exchange: Exchange, flaw: Callable[[str, Any], bool]) -> Exchange | None:
    if any(flaw(name.lower(), value) for name, value in _named(exchange.request.body)):
        return _refused(exchange)
    return None


def _refused(exchange: Exchange) -> Exchange | None:
    """Take our refusal for the judge's answer, which may know of another fault, or of none."""
    ours = exchange.ours
    if exchange.request.body is None or ours.status != 400:
        return None
    if ours.body["scimType"] != "invalidValue" or exchange.theirs.status == 500:
        return None
    return replace(exchange, theirs=ours)


def _named(body: Any) -> Iterator[tuple[str, Any]]:
    """Return every value in a body with the name, or the last one of the path, that it is for."""
    if isinstance(body, list):
        for each in body:
            yield from _named(each)
    elif isinstance(body, dict):
        for name, value in body.items():
            yield name, value
            yield from _named(value)
        if isinstance(body.get("path"), str):
            yield re.split(r"[.:]", body["path"])[-1], body.get("value")


def _is_no_boolean(name: str, value: Any) -> bool:
    return name in _BOOLEANS and not isinstance(value, bool | None)


def _is_no_array(name: str, value: Any) -> bool:
    return name in _MULTIVALUED and not isinstance(value, list | None)


def _is_no_object(name: str, value: Any) -> bool:
    entries = value if isinstance(value, list) else [value] if name.endswith("]") else []
    return name.partition("[")[0] in _MULTIVALUED and any(
        not isinstance(each, dict) for each in entries
    )
