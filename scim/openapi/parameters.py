"""Parameters of the SCIM endpoints."""

from typing import Any

from scim2_models import SearchRequest

_TEXT = {"type": "string"}


def _text(example: str) -> dict[str, Any]:
    return {"type": "string", "examples": [example]}


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": _text(example)}


PROJECTION: dict[str, Any] = {
    "attributes": _query("attributes", "The attributes to show, with commas between.", _TEXT),
    "excludedAttributes": _query(
        "excludedAttributes", "The attributes to leave out, where `attributes` is not given.", _TEXT
    ),
}
"""RFC 7644 §3.9."""

QUERY: dict[str, Any] = {
    "filter": _query(
        "filter", "What to find (§3.4.2.2).", _text('meta.created gt "2026-01-01T00:00:00Z"')
    ),
    "sortBy": _query("sortBy", "The attribute to sort by.", _text("meta.lastModified")),
    "sortOrder": _query(
        "sortOrder",
        "Which way to sort.",
        {"enum": [each.value for each in SearchRequest.SortOrder]},
    ),
    "startIndex": _query("startIndex", "The first result to show, from 1.", {"type": "integer"}),
    "count": _query("count", "How many results to show at most.", {"type": "integer"}),
}
"""RFC 7644 §3.4.2."""

CURSOR: dict[str, Any] = {
    "cursor": _query("cursor", "The `nextCursor` or `previousCursor` of another page.", _TEXT)
}
"""RFC 9865 §2."""

MATCHING: dict[str, Any] = {
    "If-Match": _header("If-Match", "Versions, one of which the resource must have.", "*"),
    "If-None-Match": _header("If-None-Match", "Versions that the resource must not have.", 'W/"0"'),
}
"""RFC 7644 §3.14."""

ID: dict[str, Any] = {"name": "id", "in": "path", "required": True, "schema": _TEXT}


def references(*parameters: dict[str, Any]) -> list[dict[str, str]]:
    """Return the list that stands for components among the parameters of an operation."""
    return [{"$ref": f"#/components/parameters/{name}"} for group in parameters for name in group]
