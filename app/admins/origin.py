"""Where an attempt to sign in comes from."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

_SITE_PREFIX = 64
"""The bits of an IPv6 address that one household shares; it can choose the others at will."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The other end of a request."""

    address: str | None = None
    device: str | None = None
    """The secret of the cookie that says that somebody signed in there before."""

    agent: str = ""
    """What the browser calls itself."""

    @property
    def network(self) -> str:
        """The address, or of IPv6 the /64 around it: what one guesser can be told apart by."""
        try:
            address = ip_address((self.address or "").partition("%")[0])
        except ValueError:
            return "unknown"
        if not isinstance(address, IPv6Address):
            return str(address)
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _SITE_PREFIX), strict=False))
