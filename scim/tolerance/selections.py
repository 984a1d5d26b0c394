"""Carrying out a PATCH whose paths select what is not there."""

from typing import Any

from scim2_models import NoTargetException, PatchOp, Resource, ScimPolicy

from scim.tolerance.quirks import Reader, quirk


def carry_out(reader: Reader, patch: "PatchOp[Any]", resource: Resource[Any]) -> None:
    """Carry out the operations of a PATCH on a resource, all or none.

    :raises SCIMException: an operation cannot be carried out
    """
    policy = reader.profile.policy
    try:
        patch.patch(resource, scim_policy=policy)
    except NoTargetException:
        creating = element_from_a_filter(reader, policy)
        if creating is policy:
            raise
        patch.patch(resource, scim_policy=creating)


@quirk("Q21", "Q22", sent_by="Entra ID", strict="noTarget")
def element_from_a_filter(policy: ScimPolicy) -> ScimPolicy:
    """Make the element that `add` or `replace` selects, where there is none, from the filter."""
    creating = ScimPolicy.UnmatchedPathFilter.create
    return policy.model_copy(update={"unmatched_path_filter": creating})
