"""The columns of the table ``client_app`` that hold what an app chose."""

from scim.choices import (
    Choices,
    Deletion,
    GroupNames,
    LogValues,
    PatchAnswer,
    ProfileName,
    ProviderName,
    TokenStyle,
)
from scim.storage import Row

COLUMNS = {
    "profile": "profile",
    "patch": "patch_answer",
    "group_names": "group_names",
    "delete": "deletion",
    "token_style": "token_style",
    "log_values": "log_values",
    "provider": "provider",
}
"""The column of each field of :class:`~scim.choices.Choices`."""


def choices_of(row: Row) -> Choices:
    """Return what the app of a row chose."""
    return Choices(
        ProfileName(row["profile"]),
        PatchAnswer(row["patch_answer"]),
        GroupNames(row["group_names"]),
        Deletion(row["deletion"]),
        TokenStyle(row["token_style"]),
        LogValues(row["log_values"]),
        ProviderName(row["provider"]),
    )
