"""Bodies of POST and PUT, as providers write them."""

from typing import Any

from scim.provider import Kind
from scim.shapes import shape_of
from scim.tolerance.values import tolerate_parts


def tolerate_resource(body: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """Return a body whose values have the shape of their attributes.

    ``schemas`` is left out: the endpoint says what the resource is, and providers list URNs that
    are foreign, outdated or missing.
    """
    tolerated = tolerate_parts(body, shape_of(kind.model))
    tolerated.pop("schemas", None)
    return tolerated
