"""What the entries of a group's ``members`` name: resources of the directory, by their ids."""

from collections.abc import Iterable, Mapping
from typing import Any

from scim2_models import Group, GroupMember, InvalidValueException

from scim.changes.validation import Uncertain
from scim.folding import fold_operand
from scim.schema.attributes import binding_of
from scim.storage.members import Members, NewMember

_DISPLAY = binding_of(Group, "members.display")
_MEMBER_TYPES = ("User", "Group")
"""What ``members.$ref`` may refer to (RFC 7643 §8.7.1)."""


def entries_of(values: Iterable[GroupMember]) -> tuple[NewMember, ...]:
    """Return the members that the entries of a group name.

    :raises InvalidValueException: an entry names none
    """
    return tuple(_new_member(each) for each in values)


def new_member(entry: Mapping[str, Any]) -> NewMember:
    """Return the member that a plain entry names.

    :raises Uncertain: it names none
    """
    if not entry.get("value"):
        raise Uncertain
    return _named(entry["value"], entry.get("display"))


def strangers_in(members: Members, added: Iterable[NewMember]) -> set[str]:
    """Return the ids among those to add that are no resource which can be a member."""
    values = {each.value for each in added}
    return values - members.types_of(values, _MEMBER_TYPES).keys() if values else set()


def refuse_strangers(members: Members, added: Iterable[NewMember]) -> None:
    """Refuse members to add that are no resources of the directory.

    :raises InvalidValueException: one of them is none
    """
    strangers = strangers_in(members, added)
    if strangers:
        raise InvalidValueException(
            detail=f"members.value {min(strangers)!r} is no user or group of this directory."
        )


def _new_member(entry: GroupMember) -> NewMember:
    if not entry.value:
        raise InvalidValueException(detail="Every member needs the id of a resource in value.")
    return _named(entry.value, entry.display)


def _named(value: str, display: str | None) -> NewMember:
    folded = None if display is None else fold_operand(display, _DISPLAY)
    return NewMember(value, display, folded)
