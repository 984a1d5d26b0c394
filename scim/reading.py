"""Bodies of requests, read as the profile of the app reads them and validated by scim2-models."""

from typing import Any

from pydantic import ValidationError
from scim2_models import Context, Group, PatchOp, Resource

from scim import tolerance
from scim.errors import from_validation
from scim.membership import Patch, entries_of
from scim.payload import check_expression
from scim.provider import Kind
from scim.storage.members import NewMember
from scim.tolerance import Profile


def read_resource(
    kind: Kind, body: dict[str, Any], profile: Profile, context: Context
) -> Resource[Any]:
    """Return the resource that the body of a POST or PUT describes.

    :raises SCIMException: it cannot be read
    """
    if profile.tolerant:
        body = tolerance.tolerate_resource(body, kind)
    try:
        return kind.model.model_validate(body, scim_ctx=context, scim_policy=profile.policy)
    except ValidationError as error:
        raise from_validation(error) from error


def read_patch(kind: Kind, body: dict[str, Any], profile: Profile) -> Patch:
    """Return the operations that the body of a PATCH asks for.

    :raises SCIMException: it cannot be read, or asks for what no resource of the kind allows
    """
    if profile.tolerant:
        body = tolerance.tolerate_patch(body, kind)
    message: Any = PatchOp[kind.model]  # type: ignore[name-defined]  # known at run time
    try:
        patch: Patch = message.model_validate(
            body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=profile.policy
        )
    except ValidationError as error:
        raise from_validation(error) from error
    for operation in patch.operations or ():
        check_expression(str(operation.path or ""))
    return patch


def take_members(resource: Resource[Any]) -> tuple[NewMember, ...]:
    """Return the members of a group and leave it without: they are kept as rows."""
    if not isinstance(resource, Group):
        return ()
    entries = entries_of(resource.members or ())
    resource.members = None
    return entries
