"""Carrying out a PATCH whose paths select what is not there."""

from typing import Any

from pydantic import ValidationError
from scim2_models import (
    InvalidValueException,
    NoTargetException,
    PatchOp,
    Resource,
    ScimPolicy,
)

from scim.errors import from_validation
from scim.tolerance.quirks import Reader, quirk


def carry_out(reader: Reader, patch: "PatchOp[Any]", resource: Resource[Any]) -> None:
    """Carry out the operations of a PATCH on a resource, all or none.

    :raises SCIMException: an operation cannot be carried out
    """
    policy = reader.profile.policy
    try:
        _patch(patch, resource, policy)
    except NoTargetException:
        creating = element_from_a_filter(reader, policy)
        if creating is policy:
            raise
        _patch(patch, resource, creating)


def _patch(patch: "PatchOp[Any]", resource: Resource[Any], policy: ScimPolicy) -> None:
    try:
        patch.patch(resource, scim_policy=policy)
    except InvalidValueException as error:
        if isinstance(error.__cause__, ValidationError):  # whose text is for programmers
            fault = from_validation(error.__cause__)
            raise InvalidValueException(detail=fault.detail) from error
        raise


@quirk("Q21", "Q22", sent_by="Entra ID", strict="noTarget")
def element_from_a_filter(policy: ScimPolicy) -> ScimPolicy:
    """Make the element that `add` or `replace` selects, where there is none, from the filter."""
    creating = ScimPolicy.UnmatchedPathFilter.create
    return policy.model_copy(update={"unmatched_path_filter": creating})
