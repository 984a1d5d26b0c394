"""The authenticated caller of one SCIM request."""

from dataclasses import dataclass, field

from scim.choices import Choices
from scim.permission import Permission
from scim.tolerance import PROFILES, Quirks, Reader
from scim.trace import Trace


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, on whose directory, and what their app chose."""

    tenant_id: str
    """The directory every query of this request is about; from the token's row, nowhere else."""

    app_id: str
    service_account_id: str
    token_id: str
    """The ``jti`` of the token, never the token."""

    permission: Permission
    """What the scope of the token lets the client do."""

    choices: Choices

    address: str | None = None
    """The network address the request came from."""

    request_id: str | None = None
    """The id that the answer carries."""

    quirks: Quirks = field(default_factory=Quirks, compare=False)
    """What the request had to be forgiven, for the log."""

    trace: Trace = field(default_factory=Trace, compare=False)
    """What the request did to resources, for the log."""

    @property
    def reader(self) -> Reader:
        """How the request is read."""
        return Reader(PROFILES[self.choices.profile], self.quirks)
