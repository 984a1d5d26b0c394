"""What identity providers disagree on: each app chooses for itself.

A choice is declared here once: its key, its options, what each of them means, and which one holds
where nobody chose. The command line, the console and the documentation are made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Self


class InvalidChoice(ValueError):  # noqa: N818 - the field says invalid, not invalid error
    """A key or a value does not exist; the message lists those that do."""


class Option(StrEnum):
    """A value that may be chosen, and in a sentence what it means."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Make the option of a value; looking one up by its value takes no meaning."""
        option = str.__new__(cls, value)
        option._value_ = value
        option.meaning = meaning
        return option


class ProfileName(Option):
    """How the requests of an app are read; see :mod:`scim.tolerance.profiles`."""

    TOLERANT = "tolerant", "Requests are read the way providers really write them."
    STRICT = "strict", "Requests are held to the letter of the RFCs; what strays is refused."


class PatchAnswer(Option):
    """What a PATCH is answered with (RFC 7644 §3.5.2)."""

    RESOURCE = "200", "A PATCH answers 200 with the changed resource."
    NOTHING = (
        "204",
        "A PATCH answers 204 without a body, or 200 with one where the request names attributes.",
    )


class GroupNames(Option):
    """Whether groups may have the same ``displayName``."""

    UNIQUE = "unique", "A group name that any other group has is refused with 409."
    SHARED = "shared", "A group may get the name of another group."


class Deletion(Option):
    """What becomes of a user who is deleted (RFC 7644 §3.6)."""

    REMOVE = "remove", "DELETE removes a user for good and frees the userName."
    SUSPEND = (
        "suspend",
        "DELETE sets a user's active to false; the user stays readable and keeps the userName.",
    )


class TokenStyle(Option):
    """Which tokens an app gets for its client credentials (RFC 6749 §4.4)."""

    LONG_LIVED = (
        "long-lived",
        "The token endpoint issues the app's one token, valid for 90 days after each use.",
    )
    SHORT_LIVED = (
        "short-lived",
        "The token endpoint issues tokens of one hour, as often as it is asked.",
    )


class LogValues(Option):
    """Whether the provisioning log keeps what attributes were changed from and to."""

    OFF = "off", "The provisioning log names the attributes that changed, and no value of them."
    ON = (
        "on",
        "The provisioning log also keeps the old and new values, data of persons, while it lasts.",
    )


class ProviderName(Option):
    """Which identity provider an app is for; requests are read alike, whichever it is."""

    CUSTOM = "custom", "The setup guide is for any SCIM 2.0 client."
    OKTA = "okta", "The setup guide is Okta's."
    ENTRA = "entra", "The setup guide is Entra ID's."
    ONELOGIN = "onelogin", "The setup guide is OneLogin's."
    JUMPCLOUD = "jumpcloud", "The setup guide is JumpCloud's."
    GOOGLE = "google", "The setup guide is Google Workspace's."


@dataclass(frozen=True, slots=True)
class Choices:
    """What one app chose."""

    profile: ProfileName = field(default=ProfileName.TOLERANT, metadata={"title": "Profile"})
    patch: PatchAnswer = field(default=PatchAnswer.RESOURCE, metadata={"title": "Answer to PATCH"})
    group_names: GroupNames = field(default=GroupNames.UNIQUE, metadata={"title": "Group names"})
    delete: Deletion = field(default=Deletion.REMOVE, metadata={"title": "Deleting a user"})
    token_style: TokenStyle = field(
        default=TokenStyle.LONG_LIVED, metadata={"title": "Token style"}
    )
    log_values: LogValues = field(
        default=LogValues.OFF, metadata={"title": "Values in the provisioning log"}
    )
    provider: ProviderName = field(
        default=ProviderName.CUSTOM, metadata={"title": "Identity provider"}
    )

    def chosen(self, choice: "Choice") -> Option:
        """Return the option that was chosen."""
        option: Option = getattr(self, choice.name)
        return option


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose."""

    name: str
    """The field of :class:`Choices`."""

    title: str
    default: Option

    @property
    def key(self) -> str:
        """What operators call it."""
        return self.name.replace("_", "-")

    @property
    def options(self) -> tuple[Option, ...]:
        """What may be chosen, the default first."""
        return tuple(type(self.default))


CHOICES = tuple(
    Choice(each.name, each.metadata["title"], getattr(Choices(), each.name))
    for each in fields(Choices)
)
"""Everything there is to choose, in the order it is shown."""

TOKEN_STYLE = next(choice for choice in CHOICES if choice.name == "token_style")
"""The choice that is about tokens, and not about what is done with them."""

PROTOCOL = tuple(choice for choice in CHOICES if choice.name not in {"token_style", "provider"})
"""The choices about what becomes of requests."""


def read_options(given: Mapping[str, str]) -> dict[str, Option]:
    """Return options by the field of :class:`Choices` they are for, given as text by their keys.

    :raises InvalidChoice: a key or a value does not exist
    """
    choices = {choice.key: choice for choice in CHOICES}
    read = {}
    for key, value in given.items():
        if key not in choices:
            raise InvalidChoice(f"There is no setting {key!r}. There are: {_everything()}.")
        choice = choices[key]
        if value not in choice.options:
            raise InvalidChoice(f"{value!r} is no value of {key}. There are: {_everything()}.")
        read[choice.name] = type(choice.default)(value)
    return read


def _everything() -> str:
    return ", ".join(f"{choice.key}={'|'.join(choice.options)}" for choice in CHOICES)
