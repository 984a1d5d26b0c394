"""The filter that providers send most, ``userName eq "…"``, compiled once for every value.

Before a provider creates or links anything it looks for it, by one attribute and one text.
What such a filter compiles to differs in nothing but the text, so it is compiled with a stand-in,
and each request puts its own text in the place. Every other filter is compiled as it comes.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from scim2_models import AttributeBinding, SCIMException
from scim2_models.path import Comparison, ScimFilter

from scim.folding import Fold, fold_of
from scim.provider import Kind
from scim.query.candidates import candidates_of
from scim.query.columns import Columns, Place
from scim.query.filters import compile_filter
from scim.query.lookups import LENGTH
from scim.query.paging import Order, Statement
from scim.schema.attributes import is_complex
from scim.storage.expression import Expression, all_of, bind, put
from scim.tolerance import Profile, Reader, read_filter

_EQUALS = re.compile(r'([A-Za-z][\w:.$-]{0,200}) eq "([^"\\\x00-\x1f\ud800-\udfff]{1,200})"')
"""One attribute and one text: without an escape, short, and of characters alone."""

_STAND_IN = "stand-in-0b29f3"
"""A text that no filter compiles to by itself, and that is its own comparison form."""


@dataclass(frozen=True, slots=True)
class _Template:
    """What a filter compiles to whose operand is the stand-in."""

    statement: Statement
    fold: Fold
    """Puts an operand into its comparison form."""

    def filled(self, operand: str) -> Statement:
        """Return what it compiles to with an operand in its comparison form."""
        statement = self.statement
        candidates = statement.candidates
        if candidates is not None and not candidates.is_plain:
            selects = tuple(_filled(each, operand) for each in candidates.selects)
            candidates = replace(candidates, selects=selects)
        return Statement(_filled(statement.condition, operand), statement.order, candidates)


def find_prepared(text: str, kind: Kind, reader: Reader, place: Place) -> Statement | None:
    """Return what a filter on one kind compiles to, or None where it is yet to be compiled."""
    found = _EQUALS.fullmatch(text)
    if found is None:
        return None
    template = _template(found[1], kind, reader.profile, place)
    if template is None or len(text.encode()) > place.provider.limits.filter_length:
        return None
    operand = template.fold(found[2])
    # of a longer one only a part is looked up, which the stand-in does not know of
    return None if len(operand) >= LENGTH else template.filled(operand)


def all_of_kind(kind: Kind, condition: Expression | None) -> Expression:
    """Return whether a resource is of a kind and meets a condition, if there is one."""
    of_kind = put("r.type = {}", bind(kind.name))
    return of_kind if condition is None else all_of([of_kind, condition])


@lru_cache(maxsize=1024)  # what clients name comes from outside: bound what it can fill
def _template(path: str, kind: Kind, profile: Profile, place: Place) -> _Template | None:
    reader = Reader(profile)
    try:
        filter_ = read_filter(reader, f'{path} eq "{_STAND_IN}"', (kind,))
        bound = ScimFilter[kind.model](filter_.ast)  # type: ignore[name-defined]  # known at run time
        condition = compile_filter(filter_, Columns(kind, place), strict=True)
    except SCIMException:
        return None  # what is wrong is said of the filter the client wrote
    node = bound.ast
    binding = isinstance(node, Comparison) and bound.resolve_comparison(node.attr_path)
    if not binding or reader.quirks.noticed or not _is_text(binding):
        return None
    candidates = candidates_of(filter_, kind, place)
    statement = Statement(all_of_kind(kind, condition), Order(), candidates)
    return _Template(statement, fold_of(binding))


def _filled(template: Expression, operand: str) -> Expression:
    given = (operand if each == _STAND_IN else each for each in template.parameters)
    return Expression(template.sql, tuple(given))


def _is_text(binding: AttributeBinding) -> bool:
    """Whether any text may stand on the other side, and is compared as a text."""
    return binding.target_type is str and not is_complex(binding)
