"""The shapes a schema gives to values: what is a list, what holds parts, what is a boolean.

Shapes are looked up by lower-case name, because attribute names are case-insensitive
(RFC 7643 §2.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scim2_models import AttributeBinding, Mutability

from scim.attributes import Model, binding_of, bindings_of, names_of


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one attribute, of an extension, or of a whole resource."""

    name: str
    multivalued: bool = False
    boolean: bool = False
    read_only: bool = False
    parts: Mapping[str, "Shape"] = field(default_factory=dict)
    """The attributes within, by lower-case name; none in a plain value."""

    def part(self, name: str) -> "Shape | None":
        """Return the shape of an attribute within, or None when there is no such attribute."""
        return self.parts.get(name.lower())


@cache
def shape_of(model: Model) -> Shape:
    """Return the shape of a whole resource; compiled once a model."""
    schema = str(model.__schema__)
    root: dict[str, Any] = {}
    for urn in model.get_extension_models():
        root[urn.lower()] = Shape(urn, parts={})
    for name in ("schemas", "id", "meta"):
        _place(root, schema, binding_of(model, name))
    for binding in bindings_of(model):
        _place(root, schema, binding)
    return Shape(model.__name__, parts=root)


def _place(root: dict[str, Any], schema: str, binding: AttributeBinding) -> None:
    *parents, name = names_of(binding, schema)
    parts = root
    for parent in parents:
        parts = parts[parent.lower()].parts
    parts[name.lower()] = Shape(
        name,
        multivalued=bool(binding.target_is_multivalued),
        boolean=binding.target_type is bool,
        read_only=binding.get_annotation(Mutability) is Mutability.read_only,
        parts={},
    )
