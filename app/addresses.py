"""Network addresses, as servers and proxies tell them."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address


@lru_cache(maxsize=4096)
def find_address(text: str) -> Address | None:
    """Return the address that a text names, or None where it names none."""
    try:
        address = ip_address(text.partition("%")[0])  # less the interface it is reached by
    except ValueError:
        return None
    # how a socket of both families names an IPv4 address (RFC 4291 §2.5.5.2)
    return getattr(address, "ipv4_mapped", None) or address


def network_around(address: Address, prefixes: dict[int, int]) -> str:
    """Return the network an address is in, in CIDR notation.

    :param prefixes: how many bits its addresses share, by the version of the protocol
    """
    return str(ip_network((address, prefixes[address.version]), strict=False))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, as nobody else reaches it."""
    address = find_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)
