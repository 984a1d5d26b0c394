"""The authenticated caller of one SCIM request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, on whose directory, and how its requests are read."""

    tenant_id: str
    """The directory every query of this request is about; from the token's row, nowhere else."""

    app_id: str
    service_account_id: str
    token_id: str
    """The ``jti`` of the token, never the token."""

    scopes: frozenset[str]
    profile: str
    """``tolerant`` reads what providers really send, ``strict`` the RFC's letter."""

    address: str | None = None
    """The network address the request came from."""
