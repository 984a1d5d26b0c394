"""What an operator can set: one frozen value, read once from ``PROVISOR_*`` variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_HIGHEST_PORT = 65535


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence that says what to change."""


def _about(variable: str, meaning: str) -> dict[str, str]:
    return {"variable": variable, "meaning": meaning}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with its default; :func:`read_settings` fills it from the environment."""

    instance: Path = field(
        default=Path("instance"),
        metadata=_about("PROVISOR_INSTANCE", "Folder for the database and the keys."),
    )
    database_url: str = field(
        default="",
        metadata=_about(
            "PROVISOR_DATABASE_URL",
            "`postgresql://…` of the database; empty keeps everything in SQLite inside the"
            " instance folder.",
        ),
    )
    base_url: str = field(
        default="",
        metadata=_about(
            "PROVISOR_BASE_URL",
            "Public URL that clients use, without a path; tokens name it as their issuer. Empty"
            " means `http://` and the host and port served on.",
        ),
    )
    host: str = field(
        default="127.0.0.1", metadata=_about("PROVISOR_HOST", "Address to listen on.")
    )
    port: int = field(default=5000, metadata=_about("PROVISOR_PORT", "Port to listen on."))
    kek_file: str = field(
        default="",
        metadata=_about(
            "PROVISOR_KEK_FILE",
            "File of base64 key-encryption keys, 32 bytes each, one a line; the first encrypts, all"
            " decrypt. Empty keeps one in the instance folder.",
        ),
    )
    max_body: int = field(
        default=1024 * 1024, metadata=_about("PROVISOR_MAX_BODY", "Largest request body, in bytes.")
    )

    @property
    def public_url(self) -> str:
        """The URL clients use, without a slash at its end."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def scim_url(self) -> str:
        """The SCIM base URL (RFC 7644 §1.3): what tokens are made for."""
        return f"{self.public_url}/scim/v2"

    @property
    def database(self) -> str | Path:
        """Where the database is: a URL, or a file in the instance folder."""
        return self.database_url or self.instance / "provisor.db"


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
    if not 1 <= settings.port <= _HIGHEST_PORT:
        raise SettingsError(f"PROVISOR_PORT must be between 1 and 65535, not {settings.port}.")
    if settings.max_body < 1:
        raise SettingsError("PROVISOR_MAX_BODY must be at least 1 byte.")
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
