"""What can be said without the database: the settings, the folder and the ways in."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from app.addresses import is_loopback
from app.assembly import provider_of
from app.doctor.findings import Finding, broken, odd, well
from app.keys import key_path
from app.settings import Settings
from app.watch.channels import channels_of

_MIB = 1 << 20
_LITTLE = 1024 * _MIB
_TOO_LITTLE = 100 * _MIB


def settings_found(settings: Settings) -> Iterator[Finding]:
    """Say whether the settings can be used."""
    provider_of(settings)
    channels_of(settings)
    yield well("settings", "They can be used")


def base_url(settings: Settings) -> Iterator[Finding]:
    """Say whether tokens pass in clear text."""
    url = urlsplit(settings.public_url)
    if url.scheme == "https":
        yield well("base URL", f"Clients use {settings.public_url}")
    elif is_loopback(url.hostname or ""):
        yield well("base URL", f"{settings.public_url} is this machine's own")
    else:
        yield broken(
            "base URL",
            f"Tokens pass in clear text to {settings.public_url}",
            "Serve behind a proxy that speaks TLS, and set PROVISOR_BASE_URL to its https:// URL.",
        )
    if not is_loopback(settings.host) and not settings.trusted_proxies:
        yield odd(
            "address",
            f"{settings.host}:{settings.port} speaks no TLS and may be reached from elsewhere",
            "Set PROVISOR_HOST to 127.0.0.1, or PROVISOR_TRUSTED_PROXIES where a proxy is before"
            " it, and keep others out.",
        )


def folder(settings: Settings) -> Iterator[Finding]:
    """Say whether the instance folder can be written, and who can read it."""
    path = settings.instance
    if not path.exists():
        yield odd("folder", f"{path} is not there yet", "provisor migrate makes it.")
    elif not path.is_dir():
        yield broken("folder", f"{path} is no folder", "Name another by PROVISOR_INSTANCE.")
    elif not os.access(path, os.W_OK | os.X_OK):
        yield broken(
            "folder", f"{path} cannot be written", f"Give it to the server: chown provisor {path}."
        )
    elif path.stat().st_mode & 0o007:
        yield odd("folder", f"Anybody may look into {path}", f"chmod 700 {path}.")
    else:
        yield well("folder", f"{path} can be written, and not by everybody")
    keys = key_path(settings)
    if keys.exists() and keys.stat().st_mode & 0o077:
        yield broken("key file", f"Others may use {keys}", f"chmod 600 {keys}.")


def disk(settings: Settings) -> Iterator[Finding]:
    """Say how much room is left."""
    path = settings.instance.absolute()
    there = next(each for each in (path, *path.parents) if each.exists())
    yield room(shutil.disk_usage(there).free, settings.instance)


def room(free: int, path: Path) -> Finding:
    """Say whether some bytes are enough for what is to come to a folder."""
    told = f"{free // _MIB} MiB are free where {path} is"
    fix = "Make room: when the disk is full, every change is answered with 503."
    if free < _TOO_LITTLE:
        return broken("disk", told, fix)
    if free < _LITTLE:
        return odd("disk", told, fix)
    return well("disk", told)


CHECKS: dict[str, Callable[[Settings], Iterator[Finding]]] = {
    "settings": settings_found,
    "base URL": base_url,
    "folder": folder,
    "disk": disk,
}
