"""What stands in a URL, as providers write it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from scim2_models import InvalidPathException, InvalidValueException

from scim.tolerance.listed_schemas import schemas_of, with_schemas
from scim.tolerance.quirks import Reader, quirk, unnoticed

_PARAMETERS = {
    name.lower(): name
    for name in (
        "filter",
        "sortBy",
        "sortOrder",
        "startIndex",
        "count",
        "cursor",
        "attributes",
        "excludedAttributes",
    )
}
_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
_SELECTION = re.compile(r"\[[^\[\]]*+\]")


def read_parameters(reader: Reader, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the parameters of a URL that mean something; every other is ignored."""
    read: dict[str, str] = {}
    for name, value in given:
        meant = parameter_in_another_case(reader, name)
        if meant in _PARAMETERS.values():
            read.setdefault(meant, value)
    return read_search(reader, read)


def read_search_body(reader: Reader, body: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters in the body of a ``.search`` (RFC 7644 §3.4.3)."""
    return read_search(reader, search_without_schemas(reader, body))


def read_search(reader: Reader, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a search, be they from a URL or a body."""
    return {
        name: selection_in_attributes(reader, value)
        if name.lower() in {"attributes", "excludedattributes"}
        else value
        for name, value in given.items()
    }


@quirk("Q9", sent_by="Entra ID, Microsoft's inbound sync", strict="ignored, as unknown ones are")
def parameter_in_another_case(name: str) -> str:
    """Read the name of a parameter in any case, as in `startindex=0`."""
    known = _PARAMETERS.get(name.lower(), name)
    return name if known == name else known


@quirk(
    "Q38",
    sent_by="Microsoft's test suite",
    strict=InvalidPathException,
    because="attributes and excludedAttributes name attributes, without brackets.",
)
def selection_in_attributes(names: Any) -> Any:  # noqa: ANN401 - any JSON
    """Read a selection in `attributes`, as in `emails[type eq "work"]`, as the whole attribute."""
    if isinstance(names, list):
        read = [selection_in_attributes(unnoticed(), each) for each in names]
        return names if read == names else read
    return _SELECTION.sub("", names) if isinstance(names, str) and "[" in names else names


@quirk(
    "Q16",
    sent_by="WSO2's test suite",
    strict=InvalidValueException,
    because=f"schemas must list {_SEARCH}.",
)
def search_without_schemas(body: dict[str, Any]) -> dict[str, Any]:
    """Read the body of a `.search` without `schemas`, or with those of something else, as one."""
    return body if _SEARCH in schemas_of(body) else with_schemas(body, [_SEARCH])


@quirk("Q43", sent_by="CoreOne", strict="404")
def endpoint_in_another_case(name: str, endpoints: Mapping[str, Any]) -> str:
    """Read the name of an endpoint in any case, as in `/users`."""
    if name in endpoints:
        return name
    return next((each for each in endpoints if each.lower() == name.lower()), name)
