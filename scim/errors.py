"""Errors of the protocol (RFC 7644 §3.12), from whatever noticed them."""

import json

from pydantic import ValidationError
from scim2_models import Error, SCIMException

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"


class SchemaError(Exception):
    """A schema that an administrator adds cannot be served; the message is one sentence."""


def body_of(status: int, detail: str, scim_type: str = "") -> str:
    """Return the JSON of a SCIM Error."""
    return json.dumps(document_of(status, detail, scim_type))


def document_of(status: int, detail: str, scim_type: str = "") -> dict[str, object]:
    """Return a SCIM Error; its status is a string."""
    error: dict[str, object] = {"schemas": [_SCHEMA], "status": str(status), "detail": detail}
    return error | ({"scimType": scim_type} if scim_type else {})


def from_validation(error: ValidationError) -> SCIMException:
    """Return the SCIM error that the first finding of a validation stands for."""
    found = error.errors()[0]
    if found["type"] == "value_error":  # whose message pydantic begins with "Value error, "
        found = found | {"msg": str(found["ctx"]["error"])}
    return SCIMException.from_error(Error.from_validation_error(found))


def without_trace(error: SCIMException) -> SCIMException:
    """Return an error that can be kept as a value, without what led to it.

    Its traceback holds the frames that hold it. With an error of pydantic in that circle, which
    Python's garbage collector cannot look into, neither they nor the body are ever freed.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
