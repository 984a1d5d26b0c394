"""The shapes a schema gives to values: what is a list, what holds parts, what is a boolean.

Shapes are looked up by lower-case name, because attribute names are case-insensitive
(RFC 7643 §2.1).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from scim2_models import AttributeBinding, Mutability

from scim.schema.attributes import Model, binding_of, bindings_of, is_complex, names_of

Parts = Mapping[str, "Shape"]
"""Shapes by lower-case name."""

Plain = type[str] | type[bool]

_META = ("resourceType", "created", "lastModified", "location", "version")

_TYPES: dict[Any, str] = {bool: "boolean", int: "integer", float: "decimal", datetime: "dateTime"}
"""Types whose values have a form; every other simple value may be any text."""


_PLAIN: dict[str, Plain] = {"string": str, "boolean": bool}


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one attribute, or of an extension."""

    name: str
    type: str = "string"
    """As RFC 7643 §2.3 calls it; binary values and references are strings of a kind."""

    multivalued: bool = False
    read_only: bool = False
    parts: Parts = field(default_factory=dict)
    """The attributes within; none in a simple value."""

    plain: Plain | None = None
    """What a value is in Python that is in shape whatever it is; None where one has to look."""

    def part(self, name: str) -> "Shape | None":
        """Return the shape of an attribute within, or None when there is no such attribute."""
        return self.parts.get(name.lower())


@dataclass(frozen=True, slots=True, eq=False)
class ResourceShape:
    """The shape of a whole resource."""

    urn: str
    """The schema of the resource type itself."""

    parts: Parts
    """The attributes of the resource, and its extensions by their URN."""

    extensions: Parts
    """The extensions alone."""

    homes: Mapping[str, str]
    """The URN of the extension that alone has an attribute, by the attribute's name."""

    def find(self, path: str) -> Shape | None:
        """Return the shape of what a path without brackets names, or None if it names nothing."""
        parts, names = self._start(path.lower())
        shape = None
        for name in names:
            shape = parts.get(name)
            if shape is None:
                return None
            parts = shape.parts
        return shape

    def _start(self, path: str) -> tuple[Parts, list[str]]:
        if path in self.parts or not path.startswith("urn:"):
            return self.parts, [path] if path in self.extensions else path.split(".")
        urn, _, dotted = path.rpartition(":")
        if urn == self.urn.lower():
            return self.parts, dotted.split(".")
        return self.extensions, [urn, *dotted.split(".")]


@cache
def shape_of(model: Model) -> ResourceShape:
    """Return the shape of a whole resource; compiled once a model."""
    schema = str(model.__schema__)
    extensions = {urn.lower(): Shape(urn, "complex", parts={}) for urn in _extensions_of(model)}
    parts: dict[str, Any] = dict(extensions)
    for name in ("schemas", "id", "meta", *(f"meta.{name}" for name in _META)):
        _place(parts, schema, binding_of(model, name))
    for binding in bindings_of(model):
        _place(parts, schema, binding)
    owners = Counter(name for shape in extensions.values() for name in shape.parts)
    homes = {
        name: shape.name
        for shape in extensions.values()
        for name in shape.parts
        if owners[name] == 1 and name not in parts
    }
    return ResourceShape(schema, parts, extensions, homes)


def _extensions_of(model: Model) -> list[str]:
    return [str(urn) for urn in model.get_extension_models()]


def _place(root: dict[str, Any], schema: str, binding: AttributeBinding) -> None:
    *parents, name = names_of(binding, schema)
    parts = root
    for parent in parents:
        parts = parts[parent.lower()].parts
    type_ = "complex" if is_complex(binding) else _TYPES.get(binding.target_type, "string")
    multivalued = bool(binding.target_is_multivalued)
    parts[name.lower()] = Shape(
        name,
        type_,
        multivalued=multivalued,
        read_only=binding.get_annotation(Mutability) is Mutability.read_only,
        parts={},
        plain=None if multivalued else _PLAIN.get(type_),
    )
