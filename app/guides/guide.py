"""A setup guide, read from the file that is named after its provider.

What is written between two asterisks is the name of something on the provider's screens.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scim.choices import ProviderName
from scim.tolerance import QUIRKS, Quirk

_FOLDER = Path(__file__).parent

_BASE_URL = "{base_url}"
_TOKEN = "{token}"  # noqa: S105 - where a guide means the token

_EXTENSION = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"


@dataclass(frozen=True, slots=True)
class Field:
    """Something on the provider's screen that is to be filled in or chosen."""

    name: str
    value: str

    @property
    def is_token(self) -> bool:
        """Whether the app's token belongs there, which no guide knows."""
        return self.value == _TOKEN

    @property
    def is_typed(self) -> bool:
        """Whether the value is entered, and not chosen among others."""
        return _BASE_URL in self.value or "\n" in self.value

    def filled(self, base_url: str) -> str:
        """Return the value for an instance."""
        return self.value.replace(_BASE_URL, base_url)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, and how to tell that it is done."""

    title: str
    text: str
    fields: tuple[Field, ...]
    see: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the provider calls an attribute, and what SCIM does."""

    theirs: str
    ours: str

    @property
    def short(self) -> str:
        """The name in SCIM without the long URN of the enterprise extension."""
        return self.ours.replace(_EXTENSION, "enterprise:")


@dataclass(frozen=True, slots=True)
class Guide:
    """How one identity provider is connected."""

    name: str
    place: str
    """Where its administrators do that."""

    steps: tuple[Step, ...]
    mappings: tuple[Mapping, ...]
    notes: tuple[str, ...]
    """What it does that one would not expect."""

    quirks: tuple[Quirk, ...]
    """What a tolerant app reads for it."""


def _read(provider: ProviderName) -> Guide:
    with (_FOLDER / f"{provider}.toml").open("rb") as file:
        found = tomllib.load(file)
    sender = found["sender"]  # as quirks name it; nobody in particular where it is empty
    return Guide(
        found["name"],
        found["place"],
        tuple(map(_step, found["steps"])),
        tuple(Mapping(theirs, ours) for theirs, ours in found["mappings"].items()),
        tuple(found["notes"]),
        tuple(quirk for quirk in QUIRKS.values() if sender and sender in quirk.sent_by),
    )


def _step(found: dict[str, Any]) -> Step:
    fields = tuple(Field(name, value) for name, value in found.get("fields", {}).items())
    return Step(found["title"], found["text"], fields, found.get("see", ""))


_CUSTOM = ProviderName.CUSTOM

GUIDES = {each: _read(each) for each in sorted(ProviderName, key=_CUSTOM.__eq__)}
"""The guide of each provider, in the order they are offered."""
