"""Who may meet a filter: where a search starts, so that it need not look at every resource.

All who meet a filter are among its candidates; whether a candidate does is for its condition to
say. So this may be as rough as it likes, but for one thing: it must leave out nobody.
A filter without candidates of its own is answered by looking at every resource, and is right too.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scim2_models import AttributeBinding, ScimFilter
from scim2_models.path import (
    AttrPath,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from scim.provider import Kind
from scim.query.columns import Names, Place
from scim.query.indexes import NOBODY, Candidates, Indexes
from scim.schema.attributes import names_of

_MOST = 250
"""SELECTs that are united in one statement; SQLite takes no more than 500."""


def candidates_of(filter_: ScimFilter[Any], kind: Kind, place: Place) -> Candidates | None:
    """Return who among the resources of one kind may meet a filter; None if that is anybody.

    :param filter_: a filter that compiles to a condition
    """
    bound = ScimFilter[kind.model](filter_.ast)  # type: ignore[name-defined]  # known at run time
    return _Finder(bound, Indexes(kind, place), str(kind.model.__schema__)).visit(bound.ast)


def either(terms: Sequence[Candidates | None]) -> Candidates | None:
    """Return who may meet one of several filters."""
    known = [each for each in terms if each is not None]
    if len(known) < len(terms):
        return None
    if len(known) == 1:
        return known[0]
    selects = tuple(select for each in known for select in each.selects)
    if not selects:
        return NOBODY
    if len(selects) > _MOST:
        return None
    worth = max(each.worth for each in known)
    return Candidates(selects, worth, all(each.is_exact for each in known))


def _join(op: LogicalOperator, terms: Sequence[Candidates | None]) -> Candidates | None:
    return _both(terms) if op is LogicalOperator.and_ else either(terms)


def _both(terms: Sequence[Candidates | None]) -> Candidates | None:
    """Return who may meet all of several filters: those of the one that leaves the fewest."""
    known = [each for each in terms if each is not None]
    if not known:
        return None
    best = min(known, key=lambda each: each.worth)
    return best if best is NOBODY else replace(best, is_exact=False)


class _Finder(FilterVisitor[Candidates | None]):
    """Finds the candidates of a filter on one kind."""

    def __init__(self, filter_: ScimFilter[Any], indexes: Indexes, schema: str) -> None:
        self._filter = filter_
        self._indexes = indexes
        self._schema = schema

    def visit_logical_expr(self, node: LogicalExpr) -> Candidates | None:
        """Return who may meet the terms."""
        return _join(node.op, [self.visit(term) for term in node.terms])

    def visit_not(self, node: Not) -> None:
        """Return None: everybody may."""

    def visit_present(self, node: Present) -> Candidates | None:
        """Return who has a value that is not empty."""
        binding = self._resolve(node.attr_path)
        return self._indexes.present(self._names(binding)) if binding else NOBODY

    def visit_comparison(self, node: Comparison) -> Candidates | None:
        """Return who has a value that compares as asked."""
        binding = self._filter.resolve_comparison(node.attr_path, strict=False)
        if binding is None:
            return NOBODY
        names = self._names(binding)
        if binding.is_multivalued and binding.sub_field_name is None:
            names = (*names, "value")
        return self._indexes.compared(names, binding, node)

    def visit_value_path(self, node: ValuePath) -> Candidates | None:
        """Return who has a value that may meet the inner filter."""
        return _ElementFinder(self, node.attr_path).visit(node.val_filter)

    def compared_within(self, path: AttrPath, node: Comparison) -> Candidates | None:
        """Return who has an element whose sub-attribute compares as asked."""
        binding = self._resolve(AttrPath(path.attr, node.attr_path.attr, path.uri))
        return self._indexes.compared(self._names(binding), binding, node) if binding else None

    def _resolve(self, path: AttrPath) -> AttributeBinding | None:
        return self._filter.resolve(path, strict=False)

    def _names(self, binding: AttributeBinding) -> Names:
        return names_of(binding, self._schema)


class _ElementFinder(FilterVisitor[Candidates | None]):
    """Finds the candidates of the filter between brackets."""

    def __init__(self, outside: _Finder, path: AttrPath) -> None:
        self._outside = outside
        self._path = path

    def visit_logical_expr(self, node: LogicalExpr) -> Candidates | None:
        """Return who may meet the terms."""
        return _join(node.op, [self.visit(term) for term in node.terms])

    def visit_not(self, node: Not) -> None:
        """Return None: everybody may."""

    def visit_present(self, node: Present) -> None:
        """Return None: everybody may."""

    def visit_comparison(self, node: Comparison) -> Candidates | None:
        """Return who has a value that compares as asked."""
        return self._outside.compared_within(self._path, node)
