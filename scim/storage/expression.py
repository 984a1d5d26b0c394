"""Pieces of SQL that carry the parameters they bind, so that the two never part."""

from collections.abc import Iterable, Sized
from itertools import chain
from typing import NamedTuple


class Expression(NamedTuple):
    """A piece of SQL and the parameters it binds, in order."""

    sql: str
    parameters: tuple[object, ...] = ()


TRUE = Expression("1 = 1")
FALSE = Expression("1 = 0")


def bind(value: object) -> Expression:
    """Return a value as a bound parameter."""
    return Expression("?", (value,))


def put(template: str, *parts: Expression) -> Expression:
    """Return a template with its ``{}`` filled, in order."""
    sqls, parameters = zip(*parts, strict=True)
    return Expression(template.format(*sqls), tuple(chain.from_iterable(parameters)))


def places(values: Sized) -> str:
    """Return a place for each of some values, to stand behind IN."""
    return ", ".join("?" * len(values))


def negate(condition: Expression) -> Expression:
    """Return the opposite of a condition that is never NULL."""
    return put("NOT {}", condition)


def all_of(conditions: Iterable[Expression]) -> Expression:
    """Return whether every condition holds."""
    return _joined(" AND ", tuple(conditions))


def any_of(conditions: Iterable[Expression]) -> Expression:
    """Return whether a condition holds."""
    return _joined(" OR ", tuple(conditions))


def _joined(word: str, conditions: tuple[Expression, ...]) -> Expression:
    return put("(" + word.join("{}" for _ in conditions) + ")", *conditions)
