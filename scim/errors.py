"""Errors of the protocol (RFC 7644 §3.12), from whatever noticed them."""

from pydantic import ValidationError
from scim2_models import Error, SCIMException


def from_validation(error: ValidationError) -> SCIMException:
    """Return the SCIM error that the first finding of a validation stands for."""
    return SCIMException.from_error(Error.from_validation_errors(error)[0])
