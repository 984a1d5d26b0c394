"""Whether identity providers can reach this instance, as far as its own address tells."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.settings import Settings

_OF_ONE_NETWORK = (".local", ".internal", ".lan", ".home.arpa", ".localhost", ".test")
"""Names that the public DNS does not have (RFC 6762, RFC 6761, RFC 8375)."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is good about the public address, or what is not and what to do then."""

    is_good: bool
    title: str
    sentence: str


def remarks_on(settings: Settings) -> tuple[Remark, ...]:
    """Return what there is to say of the public address; nothing is asked over the network."""
    url = urlsplit(settings.public_url)
    return _on_setting(settings), _on_scheme(url.scheme), _on_host(url.hostname or "")


def _on_setting(settings: Settings) -> Remark:
    if settings.base_url:
        sentence = "Set by PROVISOR_BASE_URL. Tokens name it, and the console answers there only."
        return Remark(is_good=True, title="The public address is set", sentence=sentence)
    sentence = (
        "It is guessed from host and port. Set PROVISOR_BASE_URL to the address that providers"
        " use before you issue the first token: tokens name it."
    )
    return Remark(is_good=False, title="The public address is not set", sentence=sentence)


def _on_scheme(scheme: str) -> Remark:
    if scheme == "https":
        return Remark(is_good=True, title="It is HTTPS", sentence="Tokens travel encrypted.")
    sentence = (
        "Providers in the cloud refuse plain HTTP, and everybody on the way could read the token."
        " Put a proxy with a certificate before the server."
    )
    return Remark(is_good=False, title="It is not HTTPS", sentence=sentence)


def _on_host(host: str) -> Remark:
    if _is_public(host):
        sentence = f"{host} is not one of this network only. Whether it leads here was not tried."
        return Remark(is_good=True, title="Its host looks public", sentence=sentence)
    sentence = (
        f"{host} means this machine or this network only. Fine for trying things out;"
        " a provider in the cloud needs a public name, or an agent of its own in this network."
    )
    return Remark(is_good=False, title="Its host is of this network only", sentence=sentence)


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.lower().rstrip(".").endswith(_OF_ONE_NETWORK)
