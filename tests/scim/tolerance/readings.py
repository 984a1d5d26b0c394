"""What a tolerant app's request is read as, and what was noticed on the way."""

from typing import Any

from scim.provider import GROUP, USER, Kind
from scim.tolerance import PROFILES, Reader, read_body, read_filter, read_message

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
OLD_ENTERPRISE = "urn:scim:schemas:extension:enterprise:1.0"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Noticed = dict[str, int]


def tolerant() -> Reader:
    """Return a reader of one tolerant app's request."""
    return Reader(PROFILES["tolerant"])


def user(**attributes: Any) -> dict[str, Any]:
    """Return the body of a user, with the schemas that its attributes are of."""
    extensions = [name for name in attributes if name == ENTERPRISE and attributes[name]]
    return {"schemas": [CORE, *extensions], "userName": "mira", **attributes}


def body_as_read(body: dict[str, Any], kind: Kind = USER) -> tuple[dict[str, Any], Noticed]:
    """Return what the body of a POST or PUT is read as."""
    reader = tolerant()
    return read_body(reader, body, kind), reader.quirks.noticed


def message_as_read(body: dict[str, Any], kind: Kind = USER) -> tuple[dict[str, Any], Noticed]:
    """Return what the body of a PATCH is read as."""
    reader = tolerant()
    return read_message(reader, body, kind), reader.quirks.noticed


def operation_as_read(
    operation: dict[str, Any], kind: Kind = USER
) -> tuple[list[dict[str, Any]], Noticed]:
    """Return the operations that one operation of a PATCH is read as."""
    read, noticed = message_as_read({"schemas": [PATCH], "Operations": [operation]}, kind)
    return read["Operations"], noticed


def filter_as_read(text: str, *kinds: Kind) -> tuple[str, Noticed]:
    """Return the filter that a text is read as."""
    reader = tolerant()
    return str(read_filter(reader, text, kinds or (USER, GROUP))), reader.quirks.noticed
