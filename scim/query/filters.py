"""Filters (RFC 7644 §3.4.2.2) and sort keys, compiled to SQL.

The SQL answers what ``ScimFilter.match`` of scim2-models would, for every resource:
an absent value equals nothing, ``ne`` on a multi-valued attribute means that no value is equal,
and every condition is either true or false, so that NOT may stand before it.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from scim2_models import (
    AttributeBinding,
    InvalidFilterException,
    Returned,
    ScimFilter,
    SearchRequest,
)
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from scim.errors import from_validation
from scim.query.columns import Columns, Elements, Names
from scim.query.comparison import compare, present
from scim.schema.attributes import is_complex, names_of
from scim.storage.expression import FALSE, TRUE, Expression, all_of, any_of, negate


def compile_filter(filter_: ScimFilter[Any], columns: Columns, *, strict: bool) -> Expression:
    """Return the condition a resource of one kind must meet.

    :param filter_: a filter of any binding; it is bound to the kind here
    :param strict: whether an attribute the kind does not have is an error, or just never matches
    :raises InvalidFilterException: an attribute is unknown, or cannot be compared like this
    """
    bound = ScimFilter[columns.kind.model](filter_.ast)  # type: ignore[name-defined]  # known at run time
    return _Compiler(bound, columns, strict=strict).visit(bound.ast)


def compile_sort(sort_by: str, columns: Columns) -> Expression | None:
    """Return what resources of one kind are sorted by, or None where the kind has no such value.

    :raises SCIMException: the attribute cannot be sorted by
    """
    model = columns.kind.model
    try:
        request: SearchRequest[Any] = SearchRequest.model_validate({"sortBy": sort_by})
    except ValidationError as error:
        raise from_validation(error) from error
    binding = request.sort_binding(model)
    if binding is None:
        return None
    names = names_of(binding, str(model.__schema__))
    if not binding.is_multivalued:
        return columns.single(names)
    if binding.sub_field_name is None:
        return columns.first(names, "value")
    return columns.first(names[:-1], names[-1])


class _Compiler(FilterVisitor[Expression]):
    """Turns a filter on one kind into a condition."""

    def __init__(self, filter_: ScimFilter[Any], columns: Columns, *, strict: bool) -> None:
        self._filter = filter_
        self.columns = columns
        self._strict = strict

    def visit_logical_expr(self, node: LogicalExpr) -> Expression:
        """Return all terms joined by their operator."""
        return _join(node.op, [self.visit(term) for term in node.terms])

    def visit_not(self, node: Not) -> Expression:
        """Return the opposite of a condition."""
        return negate(self.visit(node.expr))

    def visit_present(self, node: Present) -> Expression:
        """Return whether an attribute has a value that is not empty."""
        binding = self.resolve(node.attr_path)
        if binding is None:
            return FALSE
        names = self._names(binding)
        if not binding.is_multivalued:
            return self._any_present(names)
        if binding.sub_field_name is None:
            elements = self.columns.elements(names)
            return elements.exists(any_of(present(sub) for sub in elements.subs.values()))
        elements = self.columns.elements(names[:-1])
        return elements.exists(present(elements.subs[names[-1]]))

    def visit_comparison(self, node: Comparison) -> Expression:
        """Return whether an attribute compares to a value as asked."""
        binding = _filterable(self._filter.resolve_comparison(node.attr_path, strict=self._strict))
        if binding is None:
            return FALSE
        names = self._names(binding)
        if is_complex(binding):
            return self._compare_whole(names, node)
        if not binding.is_multivalued:
            return compare(self.columns.single(names), binding, node, self.columns.words)
        if binding.sub_field_name is None:
            return self._compare_any(names, "value", binding, node)
        return self._compare_any(names[:-1], names[-1], binding, node)

    def visit_value_path(self, node: ValuePath) -> Expression:
        """Return whether any value of a multi-valued attribute meets the inner filter."""
        binding = self.resolve(node.attr_path)
        if binding is None:
            return FALSE
        elements = self.columns.elements(self._names(binding))
        inner = _ElementCompiler(self, node.attr_path, elements)
        return elements.exists(inner.visit(node.val_filter))

    def resolve(self, path: AttrPath) -> AttributeBinding | None:
        """Return what a path names, or None where the kind has no such attribute."""
        return _filterable(self._filter.resolve(path, strict=self._strict))

    def miss(self, path: AttrPath) -> None:
        """Note a path that names nothing: an error where the filter is read strictly."""
        if self._strict:
            raise InvalidFilterException(detail=f"'{path}' is not an attribute of this resource")

    def _names(self, binding: AttributeBinding) -> Names:
        return names_of(binding, str(self.columns.kind.model.__schema__))

    def _any_present(self, names: Names) -> Expression:
        subs = self.columns.subs(names)
        if not subs:
            return present(self.columns.single(names))
        return any_of(present(self.columns.single((*names, sub))) for sub in subs)

    def _compare_whole(self, names: Names, node: Comparison) -> Expression:
        """Compare a complex attribute, which equals null or nothing at all."""
        absent = self.columns.absent(names)
        if node.op is CompareOperator.eq:
            return absent if node.value is None else FALSE
        if node.op is CompareOperator.ne:
            return negate(absent) if node.value is None else TRUE
        return FALSE

    def _compare_any(
        self, names: Names, sub: str, binding: AttributeBinding, node: Comparison
    ) -> Expression:
        elements = self.columns.elements(names)
        value, words = elements.subs[sub], self.columns.words
        if node.op is CompareOperator.ne:
            equal = Comparison(node.attr_path, CompareOperator.eq, node.value)
            none_equal = negate(elements.exists(compare(value, binding, equal, words)))
            if node.value is not None:
                return none_equal
            return all_of([negate(self.columns.absent(names)), none_equal])
        any_value = elements.exists(compare(value, binding, node, words))
        if node.op is CompareOperator.eq and node.value is None:
            return any_of([self.columns.absent(names), any_value])
        return any_value


class _ElementCompiler(FilterVisitor[Expression]):
    """Turns the filter between brackets into a condition on one value."""

    def __init__(self, outside: _Compiler, path: AttrPath, elements: Elements) -> None:
        self._outside = outside
        self._path = path
        self._elements = elements

    def visit_logical_expr(self, node: LogicalExpr) -> Expression:
        """Return all terms joined by their operator."""
        return _join(node.op, [self.visit(term) for term in node.terms])

    def visit_not(self, node: Not) -> Expression:
        """Return the opposite of a condition."""
        return negate(self.visit(node.expr))

    def visit_present(self, node: Present) -> Expression:
        """Return whether a sub-attribute has a value that is not empty."""
        found = self._resolve(node.attr_path)
        return FALSE if found is None else present(found[0])

    def visit_comparison(self, node: Comparison) -> Expression:
        """Return whether a sub-attribute compares to a value as asked."""
        found = self._resolve(node.attr_path)
        if found is None:
            return FALSE
        if found[1].target_is_multivalued and not isinstance(node.value, str | None):
            # in a plain list an operand of another type is no error: it just equals nothing
            return TRUE if node.op is CompareOperator.ne else FALSE
        return compare(*found, node, self._outside.columns.words)

    def _resolve(self, inner: AttrPath) -> tuple[Expression, AttributeBinding] | None:
        """Return where a sub-attribute stands, and what it is; None where there is none."""
        whole = self._outside.resolve(self._path)
        if whole is not None and not is_complex(whole):
            # the values of a plain list are addressed as "value"
            is_value = inner.attr.lower() == "value" and inner.sub_attr is None
            return (self._elements.subs["value"], whole) if is_value else None
        if inner.uri is not None or inner.sub_attr is not None:
            self._outside.miss(inner)
            return None
        binding = self._outside.resolve(AttrPath(self._path.attr, inner.attr, self._path.uri))
        if binding is None:
            return None
        return self._elements.subs[binding.urn.rpartition(".")[2]], binding


def _filterable(binding: AttributeBinding | None) -> AttributeBinding | None:
    """Refuse what no answer shows: whether a filter matches would tell of it (RFC 7643 §7)."""
    if binding is not None and binding.get_annotation(Returned) is Returned.never:
        raise InvalidFilterException(detail=f"'{binding.urn}' cannot be filtered by.")
    return binding


def _join(op: LogicalOperator, terms: Iterable[Expression]) -> Expression:
    return all_of(terms) if op is LogicalOperator.and_ else any_of(terms)
