"""Attributes of a model: what a path names, and where a document holds it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from scim2_models import (
    AttributeBinding,
    InvalidPathException,
    Mutability,
    Path,
    Resource,
    Returned,
    Uniqueness,
)

Model = type[Resource[Any]]

_LASTING = [Mutability.immutable, Mutability.write_only]
_ENFORCED = (Uniqueness.server, Uniqueness.global_)


@cache
def binding_of(model: Model, path: str) -> AttributeBinding:
    """Return what a path of our own names in a model.

    :raises LookupError: the model has no such attribute
    """
    binding = _path_class(model)(path).resolve()
    if binding is None:
        raise LookupError(f"{model.__name__} has no {path}")
    return binding


def find_names(model: Model, path: str) -> tuple[str, ...] | None:
    """Return the keys that lead to what a client's path names; None where it names nothing."""
    try:
        binding = _path_class(model)(path).resolve()
    except InvalidPathException:
        return None
    return names_of(binding, str(model.__schema__)) if binding else None


def bindings_of(model: Model) -> Iterator[AttributeBinding]:
    """Return every attribute and sub-attribute of a model, less ``id``, ``meta``, ``schemas``."""
    for path in _path_class(model).iter_paths():
        if binding := path.resolve():  # an extension as a whole is no attribute
            yield binding


def never_returned(model: Model) -> Iterator[tuple[str, ...]]:
    """Return the keys that lead to each attribute that no answer shows."""
    schema = str(model.__schema__)
    for path in _path_class(model).iter_paths(returned=[Returned.never]):
        if binding := path.resolve():
            yield names_of(binding, schema)


def outlasting(model: Model) -> Iterator[tuple[str, ...]]:
    """Return the keys that lead to each attribute that a PUT may leave as it is (RFC 7644 §3.5.1).

    Those are immutable ones, and those that clients write and do not see again.
    """
    schema = str(model.__schema__)
    for path in _path_class(model).iter_paths(mutability=_LASTING):
        if binding := path.resolve():
            yield names_of(binding, schema)


def unique_of(model: Model) -> Iterator[str]:
    """Return the single-valued attributes that no two resources share.

    One of an extension is named with the URN of the extension.
    """
    for path in _path_class(model).iter_paths(include_subattributes=False):
        binding = path.resolve()
        if binding and binding.get_annotation(Uniqueness) in _ENFORCED and str(path) != "id":
            yield str(path)


def names_of(binding: AttributeBinding, schema: str) -> tuple[str, ...]:
    """Return the keys that lead to an attribute in a document of a resource with this schema.

    An extension's attributes stand below the URN of the extension.
    """
    urn, _, dotted = binding.urn.rpartition(":")
    names = tuple(dotted.split("."))
    return names if urn in ("", schema) else (urn, *names)


def is_complex(binding: AttributeBinding) -> bool:
    """Whether an attribute has sub-attributes."""
    return hasattr(binding.target_type, "model_fields")


def _path_class(model: Model) -> type[Path[Any]]:
    # subscripted by a call, because to a type checker an index names a type, not a value
    bound: type[Path[Any]] = Path.__class_getitem__(model)
    return bound
