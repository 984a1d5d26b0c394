"""Which operations of a PATCH on a group are changes of member rows, and which need the group.

Adding and removing members by their value changes rows, however large the group is.
Everything else that touches members, such as ``members[type eq "User"]``, needs the group whole:
it is loaded, patched as RFC 7644 §3.5.2 says, and saved.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError
from scim2_models import (
    Group,
    GroupMember,
    InvalidPathException,
    InvalidValueException,
    PatchOp,
    PatchOperation,
    Path,
    ScimPolicy,
)
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    PathNode,
    ValuePath,
)

from scim.attributes import binding_of
from scim.errors import from_validation
from scim.folding import fold_operand
from scim.storage.members import Members, NewMember
from scim.tolerance import Reader, carry_out

_URN = str(Group.__schema__).lower()
_DISPLAY = binding_of(Group, "members.display")
_MEMBER_TYPES = ("User", "Group")
"""What ``members.$ref`` may refer to (RFC 7643 §8.7.1)."""

Patch: TypeAlias = "PatchOp[Any]"
Operation: TypeAlias = "PatchOperation[Any]"


@dataclass(frozen=True, slots=True)
class Join:
    """Members to add, or to show under another name."""

    members: tuple[NewMember, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Members to remove, by id; ids that are no members are passed over."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Become:
    """The only members the group is to have."""

    members: tuple[NewMember, ...]


RowChange = Join | Leave | Become


@dataclass(frozen=True, slots=True)
class Plan:
    """What a PATCH on a group comes to."""

    rows: tuple[RowChange, ...]
    """Changes of member rows, in order."""

    rest: tuple[Operation, ...]
    """Operations on the group's own document."""


def plan(patch: Patch, policy: ScimPolicy) -> Plan | None:
    """Return what a PATCH comes to, or None where it needs the group whole."""
    rows: list[RowChange] = []
    rest: list[Operation] = []
    for operation in patch.operations or ():
        if written := _attributes_in(operation):
            others = dict(written)
            for name, value in written.items():
                if node := _members_in(name):
                    if not _is_all(node):
                        return None
                    rows.append(_write(operation, value, policy))
                    del others[name]
            rest += [operation.model_copy(update={"value": others})] if others else []
        elif not (node := _members_in(str(operation.path or ""))):
            rest.append(operation)
        elif (change := _row_change(operation, node, policy)) is not None:
            rows.append(change)
        else:
            return None
    return Plan(tuple(rows), tuple(rest))


def apply(change: RowChange, members: Members, group_id: str) -> bool:
    """Carry out a change of rows and return whether it changed anything.

    :raises InvalidValueException: a member to add is no resource of the directory
    """
    if isinstance(change, Leave):
        return members.remove(group_id, change.values) > 0
    _refuse_strangers(members, change.members)
    if isinstance(change, Join):
        return members.add(group_id, change.members) > 0
    left = members.keep_only(group_id, [each.value for each in change.members])
    return members.put(group_id, change.members) + left > 0


def patch_whole(
    group: Any,  # noqa: ANN401 - a model of a group, made at run time
    patch: Patch,
    reader: Reader,
    members: Members,
) -> None:
    """Carry out a PATCH on a group that has its members.

    Each operation meets the group as it would be saved: every member once, and with its type.
    """
    for operation in patch.operations or ():
        alone = patch.model_copy(update={"operations": [operation]})
        carry_out(reader, alone, group)
        group.members = _settle(group.members or (), members) or None


def entries_of(values: Iterable[GroupMember]) -> tuple[NewMember, ...]:
    """Return the members that the entries of a group name.

    :raises InvalidValueException: an entry names none
    """
    return tuple(_new_member(each) for each in values)


def _row_change(operation: Operation, node: PathNode, policy: ScimPolicy) -> RowChange | None:
    if _is_all(node):
        if operation.op is not PatchOperation.Op.remove:
            return _write(operation, operation.value, policy)
        if operation.value is None:
            return Become(())
        return Leave(_values(_read(operation.value, policy)))
    if (
        isinstance(node, ValuePath)
        and node.sub_attr is None
        and operation.op is PatchOperation.Op.remove
        and (values := _named_values(node.val_filter)) is not None
    ):
        return Leave(tuple(values))
    return None


def _write(operation: Operation, value: object, policy: ScimPolicy) -> RowChange:
    entries = entries_of(_read(value, policy))
    return Join(entries) if operation.op is PatchOperation.Op.add else Become(entries)


def _read(value: object, policy: ScimPolicy) -> list[GroupMember]:
    entries = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(entry, dict | GroupMember) for entry in entries):
        raise InvalidValueException(detail="Every member is an object with an id in value.")
    try:
        return [GroupMember.model_validate(entry, scim_policy=policy) for entry in entries]
    except ValidationError as error:
        # whatever does not fit a member, in a PATCH it is the value of an operation
        raise InvalidValueException(detail=from_validation(error).detail) from error


def _values(entries: Iterable[GroupMember]) -> tuple[str, ...]:
    return tuple(each.value for each in entries_of(entries))


def _named_values(node: FilterNode) -> list[str] | None:
    """Return the ids that ``value eq …``, joined by ``or``, names; None for any other filter."""
    if isinstance(node, LogicalExpr) and node.op is LogicalOperator.or_:
        parts = [_named_values(term) for term in node.terms]
        if any(part is None for part in parts):
            return None
        return [value for part in parts for value in part or ()]
    if (
        isinstance(node, Comparison)
        and node.op is CompareOperator.eq
        and str(node.attr_path).lower() == "value"
        and isinstance(node.value, str)
    ):
        return [node.value]
    return None


def _settle(entries: Iterable[GroupMember], members: Members) -> list[GroupMember]:
    once: dict[str | None, GroupMember] = {}
    for each in entries:
        first = once.setdefault(each.value, each)
        first.display = first.display if each.display is None else each.display
    joined = [value for value, each in once.items() if value and each.type is None]
    types = members.types_of(joined, _MEMBER_TYPES) if joined else {}
    for value in types:
        once[value].type = types[value]
    return list(once.values())


def _attributes_in(operation: Operation) -> dict[str, Any] | None:
    """Return what an operation on the group itself writes, by the names of attributes."""
    on_the_group = operation.path is None or str(operation.path).lower() == _URN
    if not on_the_group or operation.op is PatchOperation.Op.remove:
        return None
    return operation.value if isinstance(operation.value, dict) else None


def _members_in(text: str) -> PathNode | None:
    """Return what a path or a name says of the members of the group, None where it says nothing.

    An extension may have an attribute of that name too, which always has its URN.
    """
    try:
        node = Path(text).ast
    except InvalidPathException:
        return None
    head = node.attr_path if isinstance(node, ValuePath) else node
    if not isinstance(head, AttrPath):
        return None
    of_the_group = head.uri is None or head.uri.lower() == _URN
    return node if of_the_group and head.attr.lower() == "members" else None


def _is_all(node: PathNode) -> bool:
    """Whether a path leads to all members, and not to a part of each."""
    return isinstance(node, AttrPath) and node.sub_attr is None


def _new_member(entry: GroupMember) -> NewMember:
    if not entry.value:
        raise InvalidValueException(detail="Every member needs the id of a resource in value.")
    return _named(entry.value, entry.display)


def _named(value: str, display: str | None) -> NewMember:
    folded = None if display is None else fold_operand(display, _DISPLAY)
    return NewMember(value, display, folded)


def _refuse_strangers(members: Members, added: Iterable[NewMember]) -> None:
    values = {each.value for each in added}
    strangers = values - members.types_of(values, _MEMBER_TYPES).keys() if values else set()
    if strangers:
        raise InvalidValueException(
            detail=f"members.value {min(strangers)!r} is no user or group of this directory."
        )
