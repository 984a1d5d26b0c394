"""Bodies of requests, read as the profile of the app reads them and validated.

What certainly fits its schema is read as it is; scim2-models decides about all else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from scim2_models import Context, Group, PatchOp, PayloadTooLargeException, Resource

from scim import tolerance
from scim.bounds import check_path, check_selection
from scim.changes.edits import Edits, read_edits
from scim.changes.member_entries import entries_of, new_member
from scim.changes.membership import Patch
from scim.changes.validation import Uncertain, form_of_requests
from scim.document import fits, freeze, freeze_document, is_replaced_whole, thaw
from scim.errors import from_validation
from scim.limits import Limits
from scim.provider import Kind
from scim.schema.shapes import Parts, shape_of
from scim.storage.members import NewMember
from scim.storage.resources import Content, Record
from scim.tolerance import Reader

_REPLACING = Context.RESOURCE_REPLACEMENT_REQUEST

_PATH = re.compile(r"[.:\[]")
"""What stands in a path, and in the name of no attribute."""


@dataclass(frozen=True, slots=True)
class Creation:
    """A resource to add, as its body was read."""

    kind: Kind
    content: Content
    members: tuple[NewMember, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a resource is to become, as its body was read."""

    members: tuple[NewMember, ...]
    content: Content | None
    """What it becomes whatever it was; None where scim2-models decides."""

    resource: Callable[[], Resource[Any]]
    """Returns the body as scim2-models reads it, without members."""

    def of(self, kind: Kind, record: Record) -> Content:
        """Return what a stored resource becomes.

        :raises MutabilityException: it changes what may not change
        :raises InvalidValueException: what is stored does not fit its schema
        """
        if self.content and fits(kind, record):
            return self.content
        resource = self.resource()
        resource.replace(thaw(kind, record))
        return freeze(kind, resource)


@dataclass(frozen=True, slots=True)
class Modification:
    """What operations make of a resource (RFC 7644 §3.5.2), as their body was read."""

    edits: Edits | None
    """What they come to, if they are common ones."""

    message: Callable[[], Patch]
    """Returns them as scim2-models reads them."""


def read_creation(kind: Kind, body: dict[str, Any], reader: Reader) -> Creation:
    """Return the resource that the body of a POST describes.

    :raises SCIMException: it cannot be read
    """
    body = tolerance.read_body(reader, body, kind)
    try:
        document = form_of_requests(kind.model).read(body)
        members = members_in(kind, document)
    except Uncertain:
        resource = _validated(kind, body, reader, Context.RESOURCE_CREATION_REQUEST)
        members = take_members(resource)
        return Creation(kind, freeze(kind, resource), members)
    return Creation(kind, freeze_document(kind, document), members)


def read_replacement(kind: Kind, body: dict[str, Any], reader: Reader) -> Replacement:
    """Return the resource that the body of a PUT describes.

    :raises SCIMException: it cannot be read
    """
    body = tolerance.read_body(reader, body, kind)
    try:
        document = form_of_requests(kind.model).read(body)
        members = members_in(kind, document)
    except Uncertain:
        resource = _validated(kind, body, reader, _REPLACING)
        return Replacement(take_members(resource), None, lambda: resource)
    content = freeze_document(kind, document) if is_replaced_whole(kind) else None
    return Replacement(members, content, lambda: _without_members(kind, body, reader))


def read_patch(kind: Kind, body: dict[str, Any], reader: Reader, limits: Limits) -> Modification:
    """Return what the body of a PATCH asks for.

    :raises SCIMException: it cannot be read, or asks for what no resource of the kind allows
    """
    names = shape_of(kind.model).parts
    _check_operations(body, names, limits)
    given, body = body, tolerance.read_message(reader, body, kind)
    if body != given:
        _check_operations(body, names, limits)  # what stood beside a path is one more
    try:
        edits = read_edits(kind, body, by_value=reader.profile.tolerant)
    except Uncertain:
        patch = _validated_patch(kind, body, reader, limits)
        return Modification(None, lambda: patch)
    return Modification(edits, lambda: _validated_patch(kind, body, reader, limits))


def take_members(resource: Resource[Any]) -> tuple[NewMember, ...]:
    """Return the members of a group and leave it without: they are kept as rows."""
    if not isinstance(resource, Group):
        return ()
    entries = entries_of(resource.members or ())
    resource.members = None
    return entries


def members_in(kind: Kind, document: dict[str, Any]) -> tuple[NewMember, ...]:
    """Return the members in the document of a group.

    :raises Uncertain: one has no id
    """
    if not kind.has_members:
        return ()
    return tuple(new_member(each) for each in document.get("members", ()))


def _validated(kind: Kind, body: dict[str, Any], reader: Reader, context: Context) -> Resource[Any]:
    policy = reader.profile.policy
    try:
        return kind.model.model_validate(body, scim_ctx=context, scim_policy=policy)
    except ValidationError as error:
        raise from_validation(error) from error


def _validated_patch(kind: Kind, body: dict[str, Any], reader: Reader, limits: Limits) -> Patch:
    message: Any = PatchOp[kind.model]  # type: ignore[name-defined]  # known at run time
    try:
        patch: Patch = message.model_validate(
            body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=reader.profile.policy
        )
    except ValidationError as error:
        raise from_validation(error) from error
    for operation in patch.operations or ():
        for path in _paths({"path": str(operation.path or ""), "value": operation.value}):
            check_selection(path, limits)
    return patch


def _without_members(kind: Kind, body: dict[str, Any], reader: Reader) -> Resource[Any]:
    resource = _validated(kind, body, reader, _REPLACING)
    take_members(resource)
    return resource


def _check_operations(body: dict[str, Any], names: Parts, limits: Limits) -> None:
    """Refuse more operations, or longer paths, than this server takes, before they are looked at.

    :raises PayloadTooLargeException: there are more, which RFC 7644 §3.7.4 answers so for Bulk
    """
    for name, operations in body.items():
        if name.lower() != "operations" or not isinstance(operations, list):
            continue
        if sum(_number(each, names) for each in operations) > limits.patch_operations:
            raise PayloadTooLargeException(
                detail=f"A PATCH has at most {limits.patch_operations} operations."
            )
        for operation in operations:
            for path in _paths(operation):
                check_path(path, limits)


def _number(operation: object, names: Parts) -> int:
    """Return how many operations one stands for at least: a key that is a path is one."""
    if not isinstance(operation, dict) or operation.get("path"):
        return 1
    fields = {name.lower(): given for name, given in operation.items()}
    value = fields.get("value")
    if fields.get("path") or not isinstance(value, dict):
        return 1
    paths = [name for name in value if _PATH.search(name) and name.lower() not in names]
    return len(paths) or 1


def _paths(operation: object) -> Iterator[str]:
    """Return what an operation writes to: its path, and the names in its value (Entra ID's)."""
    if not isinstance(operation, dict):
        return
    for name, given in operation.items():
        if name.lower() == "path" and isinstance(given, str):
            yield given
        if name.lower() == "value" and isinstance(given, dict):
            yield from given
