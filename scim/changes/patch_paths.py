"""What a path of a PATCH leads to in a plain document, compiled once a path.

Only the common forms are known: an attribute, one within it, or those of the entries that have one
value, as in ``emails[type eq "work"].value``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from scim2_models import InvalidPathException, Mutability, Path
from scim2_models.path import CompareOperator, Comparison, ValuePath

from scim.changes.validation import SIMPLE, Attribute, Form, Uncertain, form_of_documents
from scim.folding import Fold, folds_of
from scim.provider import Kind
from scim.schema.attributes import Model, find_names

Names = tuple[str, ...]
"""The keys that lead to an attribute."""

_LONGEST = 250
"""Characters of a path that is remembered; those of common forms are shorter."""

_KEPT = ("schemas", "members")
"""What a PATCH does not write to the document."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The entries of a multi-valued attribute that have one value."""

    names: Names
    form: Form
    """That of one entry."""

    part: str
    operand: str | bool
    fold: Fold

    def of(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the entries it selects in a document."""
        entries: Any = document
        for name in self.names:
            entries = entries.get(name, {})
        return [entry for entry in entries if self._selects(entry)]

    def _selects(self, entry: Mapping[str, Any]) -> bool:
        value = entry.get(self.part)
        return value is not None and self.fold(value) == self.fold(self.operand)


@dataclass(frozen=True, slots=True)
class Target:
    """What an operation writes to."""

    names: Names
    """The keys that lead there, from the resource or from an entry that is selected."""

    attribute: Attribute
    form: Form
    """What is written part by part: an extension, a complex value, an entry; else a simple form."""

    selection: Selection | None = None

    def within(self, name: str) -> "Target":
        """Return the attribute within it.

        :raises Uncertain: it may have none of this name, or none that may be written
        """
        attribute = self.form.attributes.get(name)
        if attribute is None or attribute.mutability is Mutability.immutable:
            raise Uncertain
        if self.selection and name == "primary":  # which takes it from another entry
            raise Uncertain
        form = SIMPLE if attribute.multivalued else attribute.form
        return replace(self, names=(*self.names, name), attribute=attribute, form=form)

    def may_be_removed(self) -> bool:
        """Whether a removal takes nothing along that must stay (RFC 7644 §3.5.2.2)."""
        return (
            self.selection is None
            and ":" not in self.names[-1]  # an extension is removed by its path alone
            and not self.attribute.is_required
            and all(
                part.mutability is not Mutability.immutable and not part.form.attributes
                for part in self.form.attributes.values()
            )
        )


def target_of(kind: Kind, path: str) -> Target | None:
    """Return what a path leads to; None where it has no common form, or may be wrong."""
    return _compiled(kind, path) if len(path) <= _LONGEST else None


@lru_cache(maxsize=4096)  # paths come from outside: bound what they can fill
def _compiled(kind: Kind, path: str) -> Target | None:
    try:
        if path in form_of_documents(kind.model).attributes:
            return _target(kind.model, (path,))
        node = Path(path).ast
        if isinstance(node, ValuePath):
            return _selected(kind.model, node)
        return _target(kind.model, find_names(kind.model, path))
    except (Uncertain, InvalidPathException):
        return None


def _target(model: Model, names: Names | None) -> Target:
    if not names or names[0] in _KEPT:
        raise Uncertain
    target = _root(model)
    for name in names:
        target = target.within(name)
    return target


def _root(model: Model) -> Target:
    form = form_of_documents(model)
    whole = Attribute(
        form.read,
        plain=None,
        multivalued=False,
        is_required=True,
        mutability=Mutability.read_write,
        form=form,
    )
    return Target((), whole, form)


def _selected(model: Model, node: ValuePath) -> Target:
    """Return the entries that one comparison selects, or what is within each."""
    compared = node.val_filter
    listed = _target(model, find_names(model, str(node.attr_path)))
    form = listed.attribute.form
    if (
        not form.attributes
        or not listed.attribute.multivalued
        or not isinstance(compared, Comparison)
    ):
        raise Uncertain
    selection = Selection(listed.names, form, *_comparison(model, listed, compared))
    target = Target((), listed.attribute, form, selection)
    return target.within(_name_in(form, node.sub_attr)) if node.sub_attr else target


def _comparison(model: Model, listed: Target, node: Comparison) -> tuple[str, str | bool, Fold]:
    form = listed.attribute.form
    part = _name_in(form, str(node.attr_path))
    plain = form.attributes[part].plain
    if node.op is not CompareOperator.eq or plain is None or type(node.value) is not plain:
        raise Uncertain
    folds: Any = folds_of(model)
    for name in (*listed.names, part):
        folds = folds[name]
    return part, node.value, folds


def _name_in(form: Form, name: str) -> str:
    found = next((each for each in form.attributes if each.lower() == name.lower()), None)
    if found is None:
        raise Uncertain
    return found
