"""The indexes of both engines, as a filter asks them: who has such a value.

What stands in no index is not asked for here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from scim2_models import AttributeBinding
from scim2_models.path import CompareOperator, Comparison

from scim.provider import Kind
from scim.query.columns import Names, Place
from scim.query.comparison import OPERATORS, operand_of, substring
from scim.query.lookups import LENGTH, paths_of
from scim.schema.attributes import is_complex
from scim.storage import Words
from scim.storage.expression import Expression, all_of, bind, put

_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
"""No text holds these."""


class Worth(IntEnum):
    """How few candidates a term is likely to leave: the less, the better to start from."""

    NOBODY = 0
    EQUAL = 1
    BEGINNING = 2
    RANGE = 3
    SEARCHED = 4
    """Few, but every value is looked at to find them."""

    FLAG = 5
    PRESENT = 6


@dataclass(frozen=True, slots=True)
class Candidates:
    """Those who may meet a filter."""

    selects: tuple[Expression, ...]
    """SELECTs of the ``seq`` of each; none of them returns the same one twice."""

    worth: Worth
    is_exact: bool = True
    """Whether all of them meet the filter."""

    is_plain: bool = False
    """Whether the filter's condition leads to them by itself, through a unique index."""

    column: Expression | None = None
    """The column of ``r`` that stands in the index; in its order, the condition leads to them."""

    @property
    def select(self) -> Expression:
        """The ``seq`` of each of them once."""
        return put(" UNION ".join("{}" for _ in self.selects), *self.selects)


NOBODY = Candidates((), Worth.NOBODY, is_plain=True)


class Indexes:
    """What one kind of one tenant's resources is found by."""

    def __init__(self, kind: Kind, place: Place) -> None:
        self._kind = kind
        self._place = place
        self._paths = paths_of(kind)

    def present(self, names: Names) -> Candidates | None:
        """Return who has a value that is not empty; None where no index says."""
        if names not in self._paths:
            return None
        lookup = self._lookup(names, "DISTINCT", put("{} > ''", _VALUE))
        return Candidates((lookup,), Worth.PRESENT)

    def compared(
        self, names: Names, binding: AttributeBinding, node: Comparison
    ) -> Candidates | None:
        """Return who has a value that compares as asked; None where no index says."""
        if node.op is CompareOperator.ne or node.value is None or is_complex(binding):
            return None
        operand = operand_of(node, binding)
        if operand is None:
            return NOBODY
        if names in self._paths:
            return self._looked_up(names, binding, node.op, operand)
        if names == (self._kind.related, "value"):
            return self._related(operand) if node.op is CompareOperator.eq else None
        return self._stored(names, node.op, operand)

    def _looked_up(
        self, names: Names, binding: AttributeBinding, op: CompareOperator, operand: str
    ) -> Candidates:
        condition = _condition(_VALUE, op, operand[:LENGTH], self._place.words)
        is_exact = op not in _SEARCHING
        if op in _SEARCHING:  # what was cut off is not searched
            condition = put(f"({{}} OR length({{}}) = {LENGTH})", condition, _VALUE)
        elif len(operand) >= LENGTH:  # what was cut off may make a difference
            condition = _condition(_VALUE, _LONG.get(op, op), operand[:LENGTH], self._place.words)
            is_exact = False
        # the same value is there once, but one resource may have several of a range
        distinct = "DISTINCT" if binding.is_multivalued and op is not CompareOperator.eq else ""
        worth = Worth.FLAG if binding.target_type is bool else _WORTHS[op]
        return Candidates((self._lookup(names, distinct, condition),), worth, is_exact)

    def _lookup(self, names: Names, distinct: str, condition: Expression) -> Expression:
        return put(
            f"SELECT {distinct} l.seq FROM lookup AS l WHERE l.path_id = (SELECT p.id"
            " FROM lookup_path AS p WHERE p.tenant_id = {} AND p.type = {} AND p.path = {}) AND {}",
            bind(self._place.tenant_id),
            bind(self._kind.name),
            bind(self._paths[names]),
            condition,
        )

    def _stored(self, names: Names, op: CompareOperator, operand: str) -> Candidates | None:
        """Return those with a value in a column of resources."""
        column = self._columns.get(names)
        is_equal = op is CompareOperator.eq
        if column is None or (names == ("id",) and not is_equal):
            return None
        value = Expression(f"s.{column}")
        condition = _condition(value, op, operand, self._place.words)
        if op in _SEARCHING:  # in the index of the column, which SQLite would else not think of
            condition = all_of([put("{} >= ''", value), condition])
        select = put(
            "SELECT s.seq FROM resource AS s WHERE s.tenant_id = {} AND s.type = {} AND {}",
            bind(self._place.tenant_id),
            bind(self._kind.name),
            condition,
        )
        is_plain = is_equal and names[0] != "meta"
        own = Expression(f"r.{column}")
        return Candidates((select,), _WORTHS[op], is_plain=is_plain, column=own)

    def _related(self, id_: str) -> Candidates:
        """Return the groups of a member, or the members of a group."""
        asked, found = ("value", "group_id") if self._kind.has_members else ("group_id", "value")
        select = put(
            "SELECT o.seq FROM member AS m CROSS JOIN resource AS o"
            f" WHERE m.tenant_id = {{}} AND m.{asked} = {{}}"
            f" AND o.tenant_id = m.tenant_id AND o.id = m.{found} AND o.type = {{}}",
            bind(self._place.tenant_id),
            bind(id_),
            bind(self._kind.name),
        )
        return Candidates((select,), Worth.EQUAL)

    @property
    def _columns(self) -> Mapping[Names, str]:
        columns = {
            ("id",): "id",
            ("meta", "created"): "created_at",
            ("meta", "lastModified"): "modified_at",
        }
        return columns | ({(self._kind.unique,): "unique_key"} if self._kind.unique else {})


_VALUE = Expression("l.value")

_WORTHS = {
    CompareOperator.eq: Worth.EQUAL,
    CompareOperator.sw: Worth.BEGINNING,
    CompareOperator.gt: Worth.RANGE,
    CompareOperator.ge: Worth.RANGE,
    CompareOperator.lt: Worth.RANGE,
    CompareOperator.le: Worth.RANGE,
    CompareOperator.co: Worth.SEARCHED,
    CompareOperator.ew: Worth.SEARCHED,
}

_SEARCHING = (CompareOperator.co, CompareOperator.ew)

_LONG = {
    CompareOperator.sw: CompareOperator.eq,
    CompareOperator.gt: CompareOperator.ge,
    CompareOperator.lt: CompareOperator.le,
}
"""How a value that was cut compares to an operand cut likewise, where the whole ones may do so."""


def _condition(column: Expression, op: CompareOperator, operand: str, words: Words) -> Expression:
    """Return a condition on a column that an index answers, if any can."""
    if op in _SEARCHING:
        return substring(column, op, bind(operand), words)
    if op is not CompareOperator.sw:
        return put(f"{{}} {OPERATORS[op]} {{}}", column, bind(operand))
    from_there = put("{} >= {}", column, bind(operand))
    end = _after(operand)
    return from_there if end is None else all_of([from_there, put("{} < {}", column, bind(end))])


def _after(beginning: str) -> str | None:
    """Return the first text after all that begin like this, by code point; None if none is."""
    kept = beginning.rstrip(chr(_LAST_CHARACTER))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)
