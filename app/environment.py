"""Reading the settings: from ``PROVISOR_*`` variables, each checked."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.settings import Settings, SettingsError

_HIGHEST = {
    "port": 65535,
    "trusted_proxies": 10,
    "shutdown_delay": 3600,
    "threads": 64,
    "rate_limit": 1_000_000,
    "token_max_days": 3650,
    "rotation_grace": 30 * 24,
    "rotation_deadline": 90,
    # longer ones are answered by the HTTP server itself, in a form of its own
    "max_url": 65534,
    # deeper ones would meet the recursion limits of Python and of SQLite's expressions
    "max_json_depth": 200,
    "max_filter_depth": 32,
    "max_filter_terms": 300,
}
"""The highest value of a number, where it has one."""

_LOWEST = {"trusted_proxies": 0, "shutdown_delay": 0, "rate_limit": 0, "rotation_grace": 0}
"""The lowest value of a number, where it is not 1."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings an environment describes.

    :raises SettingsError: a value cannot be used
    """
    given: dict[str, Any] = {}
    for setting in fields(Settings):
        text = environment.get(setting.metadata["variable"], "")
        if text:
            given[setting.name] = _parse(setting.metadata["variable"], setting.type, text)
    settings = Settings(**given)
    _check(settings)
    return settings


def _parse(variable: str, kind: object, text: str) -> str | int | Path:
    if kind is Path:
        return Path(text)
    if kind is int:
        if not re.fullmatch(r"\d{1,12}", text):
            raise SettingsError(f"{variable} must be a whole number, not {text!r}.")
        return int(text)
    return text


def _check(settings: Settings) -> None:
    for setting in fields(settings):
        _check_number(setting.metadata["variable"], setting.name, getattr(settings, setting.name))
    if settings.database_url and not settings.database_url.startswith(
        ("postgresql://", "postgres://")
    ):
        raise SettingsError(
            "PROVISOR_DATABASE_URL must start with postgresql://; leave it out to use SQLite."
        )
    if settings.base_url and not _is_origin(settings.base_url):
        raise SettingsError(
            "PROVISOR_BASE_URL must be http:// or https:// with a host and no path, such as "
            "https://scim.example.com."
        )


def _check_number(variable: str, name: str, value: object) -> None:
    if not isinstance(value, int):
        return
    lowest, highest = _LOWEST.get(name, 1), _HIGHEST.get(name)
    if highest is not None and not lowest <= value <= highest:
        raise SettingsError(f"{variable} must be between {lowest} and {highest}, not {value}.")
    if value < lowest:
        raise SettingsError(f"{variable} must be at least {lowest}, not {value}.")


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it checks it
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not (parts.path or parts.query or parts.fragment)
    )
