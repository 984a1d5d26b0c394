"""Which operations of a PATCH on a group are changes of member rows, and which need members.

Adding and removing members by their value changes rows, however large the group is.
Everything else that touches members needs them as they are: those it names are loaded, such as
``members[value eq "…"].display``, or all, such as ``members[type eq "User"]``; they are patched as
RFC 7644 §3.5.2 says, and saved.
"""

from collections.abc import Iterable, Sequence
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
    PayloadTooLargeException,
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

from scim.changes.member_entries import entries_of, refuse_strangers
from scim.errors import from_validation
from scim.storage.members import Member, Members, NewMember

_URN = str(Group.__schema__).lower()

_MAX_MET = 20_000
"""Members that the operations of one PATCH may go through, each operation through all of them.

They take two or three seconds, in which on SQLite nobody else can write.
"""

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
class Edit:
    """An operation, as a PATCH of its own, that needs members as they are."""

    patch: Patch

    among: tuple[str, ...] | None
    """The ids beside which it meets no member; None where it may meet any."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a PATCH on a group comes to."""

    steps: tuple[RowChange | Edit, ...]
    """Changes of members, in order."""

    rest: tuple[Operation, ...]
    """Operations on the group's own document."""

    def members_met(self, edit: Edit, members: Members, group_id: str) -> Sequence[Member]:
        """Return the members an operation may meet.

        :raises PayloadTooLargeException: operations go through the whole of a group too often
        """
        if edit.among is not None:
            return members.of_group(group_id, edit.among)
        found = list(members.each_of_group(group_id))
        often = sum(isinstance(step, Edit) and step.among is None for step in self.steps)
        if often * len(found) > _MAX_MET:
            raise PayloadTooLargeException(
                detail=f"{often} operations would go through all {len(found)} members of the group;"
                f" together they may go through {_MAX_MET}. Name members by their value."
            )
        return found


def plan(patch: Patch, policy: ScimPolicy) -> Plan:
    """Return what a PATCH comes to."""
    steps: list[RowChange | Edit] = []
    rest: list[Operation] = []
    for operation in patch.operations or ():
        if written := _attributes_in(operation):
            others = dict(written)
            for name, value in written.items():
                if node := _members_in(name):
                    alone = operation.model_copy(update={"value": {name: value}})
                    change = _write(operation, value, policy) if _is_all(node) else None
                    steps.append(change or _edit(patch, alone, node))
                    del others[name]
            rest += [operation.model_copy(update={"value": others})] if others else []
        elif node := _members_in(str(operation.path or "")):
            change = _row_change(operation, node, policy)
            steps.append(change or _edit(patch, operation, node))
        else:
            rest.append(operation)
    return Plan(tuple(steps), tuple(rest))


def apply(change: RowChange, members: Members, group_id: str) -> bool:
    """Carry out a change of rows and return whether it changed anything.

    :raises InvalidValueException: a member to add is no resource of the directory
    """
    if isinstance(change, Leave):
        return members.remove(group_id, change.values) > 0
    refuse_strangers(members, change.members)
    if isinstance(change, Join):
        return members.add(group_id, change.members) > 0
    left = members.keep_only(group_id, [each.value for each in change.members])
    return members.put(group_id, change.members) + left > 0


def settle(
    before: Iterable[Member], after: Sequence[NewMember], members: Members, group_id: str
) -> bool:
    """Save what became of members and return whether anything changed.

    :raises InvalidValueException: one that joined is no resource of the directory
    """
    known = {each.value for each in before}
    refuse_strangers(members, [each for each in after if each.value not in known])
    left = members.remove(group_id, known - {each.value for each in after})
    return members.put(group_id, after) + left > 0


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
        and _only_names(node.val_filter)
    ):
        return Leave(tuple(_candidates(node.val_filter) or ()))
    return None


def _edit(patch: Patch, operation: Operation, node: PathNode) -> Edit:
    named = _candidates(node.val_filter) if isinstance(node, ValuePath) else None
    alone = patch.model_copy(update={"operations": [operation]})
    return Edit(alone, None if named is None else tuple(named))


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


def _candidates(node: FilterNode) -> list[str] | None:
    """Return the ids beside which a filter selects no member; None where it may select any."""
    if isinstance(node, LogicalExpr):
        parts = [_candidates(term) for term in node.terms]
        named = [part for part in parts if part is not None]
        if node.op is LogicalOperator.and_:
            return named[0] if named else None
        return [value for part in named for value in part] if len(named) == len(parts) else None
    if (
        isinstance(node, Comparison)
        and node.op is CompareOperator.eq
        and str(node.attr_path).lower() == "value"
        and isinstance(node.value, str)
    ):
        return [node.value]
    return None


def _only_names(node: FilterNode) -> bool:
    """Whether a filter is ``value eq …``, or several joined by ``or``: it selects them all."""
    if isinstance(node, LogicalExpr):
        return node.op is LogicalOperator.or_ and all(_only_names(term) for term in node.terms)
    return _candidates(node) is not None


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
