"""One value compared with the operand of a filter (RFC 7644 §3.4.2.2), in SQL.

A value is text in its comparison form, or NULL where it is absent.
Every condition here is either true or false, so that NOT may stand before it.
"""

from datetime import datetime

from scim2_models import AttributeBinding
from scim2_models.path import STRING_OPERATORS, CompareOperator, Comparison, coerce_value

from scim.folding import fold_operand
from scim.storage import Words
from scim.storage.expression import FALSE, TRUE, Expression, bind, put

_NO_TEXT = (datetime, int, float)
"""What has a comparison form that is text though the value is none: no part of it is looked for."""

OPERATORS = {
    CompareOperator.eq: "=",
    CompareOperator.gt: ">",
    CompareOperator.ge: ">=",
    CompareOperator.lt: "<",
    CompareOperator.le: "<=",
}


def compare(
    found: Expression, binding: AttributeBinding, node: Comparison, words: Words
) -> Expression:
    """Compare a value with the operand of a comparison; one that is absent equals only null."""
    if node.value is None:
        return _compare_to_null(found, node.op)
    operand = operand_of(node, binding)
    if operand is None:
        return TRUE if node.op is CompareOperator.ne else FALSE
    if node.op is CompareOperator.ne:
        return put("({} IS NULL OR {} <> {})", found, found, bind(operand))
    if node.op in STRING_OPERATORS:
        part = substring(found, node.op, bind(operand), words)
        return put("({} IS NOT NULL AND {})", found, part)
    return put(
        f"({{}} IS NOT NULL AND {{}} {OPERATORS[node.op]} {{}})", found, found, bind(operand)
    )


def operand_of(node: Comparison, binding: AttributeBinding) -> str | None:
    """Return the comparison form of an operand that is not null.

    None where it cannot be compared by the operator: then only ``ne`` holds.

    :raises InvalidFilterException: the attribute cannot be compared like this
    """
    value = coerce_value(binding, node.value, node.op)
    if node.op in STRING_OPERATORS:
        comparable = isinstance(value, str) and binding.target_type not in _NO_TEXT
    else:
        comparable = not isinstance(value, datetime) or value.tzinfo is not None
    return fold_operand(value, binding) if comparable else None


def substring(
    found: Expression, op: CompareOperator, operand: Expression, words: Words
) -> Expression:
    """Return whether a text begins with another, ends with it, or contains it."""
    # length() counts characters on both engines, so there is no LIKE with its wildcards
    if op is CompareOperator.sw:
        return put("substr({}, 1, length({})) = {}", found, operand, operand)
    if op is CompareOperator.ew:
        template = "substr({}, length({}) - length({}) + 1) = {}"
        return put(template, found, found, operand, operand)
    return put(words.contains, found, operand)


def present(found: Expression) -> Expression:
    """Return whether there is a value that is not empty."""
    return put("({} IS NOT NULL AND {} <> '')", found, found)


def _compare_to_null(found: Expression, op: CompareOperator) -> Expression:
    if op is CompareOperator.eq:
        return put("{} IS NULL", found)
    if op is CompareOperator.ne:
        return put("{} IS NOT NULL", found)
    return FALSE
