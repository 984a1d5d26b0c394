"""Networks: from which addresses a token may be used, and which of them are one place."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from app.addresses import find_address, network_around

MOST_NETWORKS = 50

_PLACE_PREFIX = {4: 24, 6: 48}
"""The bits that addresses of one place share: what a provider's data centre or a site is given."""

_MAPPED_PREFIX = 96
"""The bits before an IPv4 address that is written as one of IPv6 (RFC 4291 §2.5.5.2)."""


class InvalidNetworks(ValueError):  # noqa: N818 - what they are
    """A text is no list of networks; the message is a sentence."""


def checked_networks(text: str) -> str:
    """Return networks as they are kept: in CIDR notation (RFC 4632 §3.1), separated by a space.

    :param text: addresses or networks, separated by white space or commas; empty permits all
    :raises InvalidNetworks: one of them is none, or there are too many
    """
    named = text.replace(",", " ").split()
    if len(named) > MOST_NETWORKS:
        raise InvalidNetworks(f"A token may be bound to at most {MOST_NETWORKS} networks.")
    return " ".join(dict.fromkeys(str(_network(each)) for each in named))


def allows(networks: str, address: str | None) -> bool:
    """Whether a token bound to some networks may be used from an address; none bind to nothing."""
    if not networks:
        return True
    place = find_address(address or "")
    return place is not None and any(place in network for network in _networks(networks))


@lru_cache(maxsize=4096)
def place_of(address: str) -> str | None:
    """Return the network of the place an address is in, or None for what is no address."""
    known = find_address(address)
    return None if known is None else network_around(known, _PLACE_PREFIX)


@lru_cache(maxsize=1024)
def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(each) for each in text.split())


def _network(text: str) -> IPv4Network | IPv6Network:
    network = _find_network(text)
    if network is None:
        raise InvalidNetworks(
            f"{text[:60]!r} is no network; write 192.0.2.0/24, 2001:db8::/32 or one address."
        )
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED_PREFIX:
        return network
    # as addresses are read, or it would contain none of them
    return ip_network((mapped, network.prefixlen - _MAPPED_PREFIX))


def _find_network(text: str) -> IPv4Network | IPv6Network | None:
    if "%" in text:  # the interface of one machine says nothing on another
        return None
    try:
        return ip_network(text)
    except ValueError:
        return None
