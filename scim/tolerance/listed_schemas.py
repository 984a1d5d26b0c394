"""The ``schemas`` of a body, whichever case their name has (RFC 7643 §2.1)."""

from typing import Any


def schemas_of(body: dict[str, Any]) -> list[Any]:
    """Return what a body lists as its schemas; nothing where that is no list."""
    listed = next((value for name, value in body.items() if name.lower() == "schemas"), None)
    return listed if isinstance(listed, list) else []


def with_schemas(body: dict[str, Any], schemas: list[Any]) -> dict[str, Any]:
    """Return a body that lists these schemas and no others."""
    others = {name: value for name, value in body.items() if name.lower() != "schemas"}
    return {"schemas": schemas} | others
