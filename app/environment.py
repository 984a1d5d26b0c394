"""Reading the settings: from ``PROVISOR_*`` variables, each checked."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.settings import Settings, SettingsError

_ALGORITHMS = ("ES256", "RS256")
_SWITCH = ("on", "off")
_FORMATS = ("text", "json")


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
        _check_number(setting.metadata, getattr(settings, setting.name))
    if settings.database_url and not settings.database_url.startswith(
        ("postgresql://", "postgres://")
    ):
        raise SettingsError(
            "PROVISOR_DATABASE_URL must start with postgresql://; leave it out to use SQLite."
        )
    _check_words(settings)
    if settings.base_url and not _is_origin(settings.base_url):
        raise SettingsError(
            "PROVISOR_BASE_URL must be http:// or https:// with a host and no path, such as "
            "https://scim.example.com."
        )


def _check_words(settings: Settings) -> None:
    for variable, value, words in (
        ("PROVISOR_SIGNING_ALGORITHM", settings.signing_algorithm, _ALGORITHMS),
        ("PROVISOR_LOG", settings.log, _SWITCH),
        ("PROVISOR_LOG_FORMAT", settings.log_format, _FORMATS),
        ("PROVISOR_ACCESS_LOG", settings.access_log, _SWITCH),
        ("PROVISOR_ROW_SECURITY", settings.row_security, _SWITCH),
    ):
        if value not in words:
            raise SettingsError(f"{variable} must be {' or '.join(words)}, not {value!r}.")


def _check_number(about: Mapping[str, Any], value: object) -> None:
    if not isinstance(value, int):
        return
    variable, lowest, highest = about["variable"], about["lowest"], about["highest"]
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
