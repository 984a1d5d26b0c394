"""Suspending instead of removing: who is deleted stays, with ``active`` false."""

from functools import cache
from typing import Any

from scim2_models import Mutability

from scim.document import freeze, thaw
from scim.provider import Kind
from scim.storage.resources import Content, Record


@cache
def can_be_suspended(kind: Kind) -> bool:
    """Whether resources of a kind have an ``active`` that clients write."""
    model = kind.model
    return (
        "active" in model.model_fields
        and model.get_field_root_type("active") is bool
        and not model.get_field_multiplicity("active")
        and model.get_field_annotation("active", Mutability) is Mutability.read_write
    )


def suspended(kind: Kind, record: Record) -> Content:
    """Return the content of a resource with its ``active`` set to false."""
    resource: Any = thaw(kind, record)  # which attributes it has is known at run time
    resource.active = False
    return freeze(kind, resource)
