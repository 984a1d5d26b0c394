"""Values that certainly fit their schema, read without a model.

scim2-models is the judge of what fits, and takes half a millisecond a resource.
What is compiled here from its models takes a fiftieth of that, and makes of a value what
scim2-models would: the same attributes, in the same order, in the same form.
It says so only where it is certain.
Everything else, right or wrong, is :class:`Uncertain`, and left to scim2-models.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, TypeGuard

from pydantic import TypeAdapter, ValidationError
from scim2_models import (
    BaseModel,
    ExtensibleStringEnum,
    Extension,
    Mutability,
    Required,
    Resource,
)

from scim.schema.attributes import Model

Read = Callable[[Any], Any]
"""Returns the JSON that is stored of one value of an attribute.

:raises Uncertain: it may not fit
"""


_EMPTY = (dict, list)
"""Types whose empty value is none (RFC 7643 §2.5)."""


_READ_ONLY = (Mutability.read_only,)


class Uncertain(Exception):  # noqa: N818 - no error: scim2-models decides
    """Whether a value fits, and what becomes of it, is left to scim2-models."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One attribute of a form."""

    read: Read
    plain: type[str] | type[bool] | None
    """What one value is in Python, if that is all there is to it but its spelling."""

    multivalued: bool
    is_required: bool
    mutability: Mutability
    form: "Form"
    """The attributes within one value of it; none in a simple one."""


class Form:
    """What the object of a complex value, an extension or a whole resource holds."""

    def __init__(
        self, attributes: Mapping[str, Attribute], required: frozenset[str], ignored: frozenset[str]
    ) -> None:
        self.attributes = attributes
        self._place = {name: number for number, name in enumerate(attributes)}.__getitem__
        self._reads = {name: each.read for name, each in attributes.items()}
        self._required = required
        self._ignored = ignored

    def read(self, given: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return an object in the order of its schema, without what has no value.

        :raises Uncertain: it may not fit
        """
        if type(given) is not dict:
            raise Uncertain
        read = {}
        for name in self.in_order(given):
            value = given[name]
            if value is None:
                continue
            value = self._reads[name](value)
            if (value or type(value) not in _EMPTY) and name not in self._ignored:
                read[name] = value
        if not self._required <= read.keys():
            raise Uncertain
        return read

    def write(self, holder: dict[str, Any], names: Sequence[str], value: object) -> None:
        """Write a value that was read, and what is missing on the way to it, to an object.

        :param names: the keys that lead there
        """
        name, *below = names
        if below:
            inner = holder.get(name, {})
            self.attributes[name].form.write(inner, below, value)
            value = inner
        is_new = name not in holder
        holder[name] = value
        if is_new:
            ordered = {each: holder[each] for each in self.in_order(holder)}
            holder.clear()
            holder.update(ordered)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Return names of attributes in the order of the schema.

        :raises Uncertain: there is one that the schema does not have, or not in this case
        """
        try:
            return sorted(names, key=self._place)
        except KeyError:
            raise Uncertain from None


def remove(holder: dict[str, Any], names: Sequence[str]) -> None:
    """Remove a value from an object, and whatever on the way to it has no other.

    :param names: the keys that lead there
    """
    name, *below = names
    if below and name in holder:
        remove(holder[name], below)
        if holder[name]:
            return
    holder.pop(name, None)


SIMPLE = Form({}, frozenset(), frozenset())
"""The form of what has no attributes within."""


@cache
def form_of_requests(model: Model) -> Form:
    """Return the form of what clients write: what is read-only is ignored (RFC 7644 §3.3)."""
    return _form(model, ignored=_READ_ONLY)


@cache
def form_of_documents(model: Model) -> Form:
    """Return the form of what is stored, in which nothing is read-only."""
    return _form(model, without=_READ_ONLY)


def _form(
    model: type[BaseModel],
    without: Container[Mutability] = (),
    ignored: Container[Mutability] = (),
) -> Form:
    attributes = {}
    for field, info in model.model_fields.items():
        name = info.serialization_alias or field
        mutability = model.get_field_annotation(field, Mutability)
        if mutability in without or (name == "schemas" and issubclass(model, Extension)):
            continue
        inner = () if mutability in ignored else ignored
        attributes[name] = _attribute(model, field, without, inner)
    if issubclass(model, Resource):
        attributes["schemas"] = replace(attributes["schemas"], read=_read_schemas(model))
    return Form(
        attributes,
        frozenset(name for name, each in attributes.items() if each.is_required),
        frozenset(name for name, each in attributes.items() if each.mutability in ignored),
    )


def _attribute(
    model: type[BaseModel],
    field: str,
    without: Container[Mutability],
    ignored: Container[Mutability],
) -> Attribute:
    root: Any = model.get_field_root_type(field)
    if _is_model(root):
        form = _form(root, without, ignored)
        read: Read = form.read
    else:
        form, read = SIMPLE, _read_simple(root, model.model_fields[field].metadata)
    multivalued = model.get_field_multiplicity(field)
    return Attribute(
        _read_list(read, form) if multivalued else read,
        _plain(root),
        multivalued,
        model.get_field_annotation(field, Required) is Required.true,
        model.get_field_annotation(field, Mutability),
        form,
    )


def _plain(root: object) -> type[str] | type[bool] | None:
    if root is bool:
        return bool
    return str if root is str or _is_canonical(root) else None


def _is_canonical(root: object) -> TypeGuard[type[ExtensibleStringEnum]]:
    return isinstance(root, type) and issubclass(root, ExtensibleStringEnum)


def _is_model(root: object) -> bool:
    return isinstance(root, type) and issubclass(root, BaseModel)


def _read_simple(root: Any, metadata: Sequence[object]) -> Read:  # noqa: ANN401 - any type
    if root in (str, bool):
        return _read_exactly(root)
    if _is_canonical(root):
        return _read_canonical({member.value.lower(): member.value for member in root})
    return _read_adapted(TypeAdapter(Annotated[root, *metadata] if metadata else root))


def _read_exactly(type_: type) -> Read:
    def read(given: Any) -> Any:  # noqa: ANN401 - any JSON
        if type(given) is not type_:
            raise Uncertain
        return given

    return read


def _read_canonical(values: Mapping[str, str]) -> Read:
    def read(given: Any) -> Any:  # noqa: ANN401 - any JSON
        if type(given) is not str:
            raise Uncertain
        return values.get(given.lower(), given)

    return read


def _read_adapted(adapter: TypeAdapter[Any]) -> Read:
    """Return how pydantic alone reads a value, and writes it again."""

    def read(given: Any) -> Any:  # noqa: ANN401 - any JSON
        try:
            return adapter.dump_python(adapter.validate_python(given), mode="json")
        except ValidationError:
            raise Uncertain from None

    return read


def _read_list(read: Read, form: Form) -> Read:
    def read_list(given: Any) -> Any:  # noqa: ANN401 - any JSON
        if type(given) is not list:
            raise Uncertain
        values = [read(each) for each in given]
        if form.attributes and not all(values):  # an object without attributes
            raise Uncertain
        if has_primary and sum(each.get("primary") is True for each in values) > 1:
            raise Uncertain
        return values

    has_primary = "primary" in form.attributes
    return read_list


def _read_schemas(model: type[Resource[Any]]) -> Read:
    urn = str(model.__schema__)
    known = {urn, *(str(each) for each in model.get_extension_models())}

    def read(given: Any) -> Any:  # noqa: ANN401 - any JSON
        if type(given) is not list or urn not in given:
            raise Uncertain
        if not all(type(each) is str and each in known for each in given):
            raise Uncertain
        return given

    return read
