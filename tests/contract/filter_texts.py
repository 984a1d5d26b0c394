"""Hypothesis writes filters that a client might send, about data that exists."""

import json
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from hypothesis import strategies as st
from scim2_models import AttributeBinding, Path, Resource
from scim2_models.path import attribute_host

from scim.provider import Kind
from tests.contract.people import TEXTS

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute or sub-attribute that a filter can name."""

    path: str
    """Its name, with the URN of its extension."""

    type: Any
    """The type of what a comparison compares."""

    values: tuple[object, ...] = ()
    """What resources have there."""

    multivalued: bool = False
    """Whether it is the head of several values."""


_COMMON = (
    "id",
    "schemas",
    "meta",
    "meta.resourceType",
    "meta.created",
    "meta.lastModified",
    "meta.location",
    "meta.version",
)


def attributes_of(kind: Kind, resources: Sequence[Resource[Any]]) -> list[Attribute]:
    """Return every attribute of a kind, ``id``, ``meta`` and ``schemas`` too."""
    path_class: Any = Path[kind.model]  # type: ignore[name-defined]  # known at run time
    found = []
    for name in (*_COMMON, *map(str, path_class.iter_paths())):
        binding = path_class(name).resolve()
        if binding is None or name == "password":
            continue  # an extension as a whole is no attribute, a password no filter asks for
        # a comparison with a list of objects looks at the value of each
        compared = path_class(f"{name}.value").resolve() if _is_head(binding) else None
        found.append(_attribute(name, binding, compared or binding, resources))
    return found


@st.composite
def filters(draw: st.DrawFn, attributes: Sequence[Attribute]) -> str:
    """Return filters of every form on these attributes."""
    return _Writer(draw, attributes).write(depth=2)


class _Writer:
    """Writes one filter, asking Hypothesis at every turn."""

    def __init__(self, draw: st.DrawFn, attributes: Sequence[Attribute]) -> None:
        self._draw = draw
        self._attributes = attributes
        self._heads = [each for each in attributes if each.multivalued]

    def write(self, depth: int) -> str:
        """Return a filter whose terms are joined so deep at most."""
        form = self._choose(_FORMS) if depth else _TERM
        if form == _TERM:
            return self._selection() if self._choose(_ONE_IN_THREE) else self._term()
        return form.format(*(self.write(depth - 1) for _ in range(form.count("{}"))))

    def _selection(self) -> str:
        """Return a filter on the values of one multi-valued attribute."""
        head = self._choose(self._heads)
        cut = len(head.path) + 1
        subs = [
            replace(each, path=each.path[cut:])
            for each in self._attributes
            if each.path.startswith(f"{head.path}.")
        ]
        # the values of a plain list are addressed as "value"
        inside = _Writer(self._draw, subs or [Attribute("value", head.type, head.values)])
        return f"{self._spell(head.path)}[{inside.write_terms()}]"

    def write_terms(self) -> str:
        """Return a filter without selections, as it stands between brackets."""
        form = self._choose(_FORMS)
        return form.format(*(self._term() for _ in range(form.count("{}"))))

    def _term(self) -> str:
        attribute = self._choose(self._attributes)
        path = self._spell(attribute.path)
        operator = self._choose(_OPERATORS[attribute.type in (bool, bytes)])
        return (
            f"{path} {operator}"
            if operator.lower() == "pr"
            else (f"{path} {operator} {self._operand(attribute)}")
        )

    def _operand(self, attribute: Attribute) -> str:
        # tolerant apps compare a whole manager with manager.value
        if attribute.path.endswith(":manager") or self._choose(_ONE_IN_TEN):
            return "null"
        if attribute.type is bool:
            return self._choose((*("true", "false") * 9, '"maybe"'))
        if attribute.type is bytes:
            known = [b64encode(each).decode() for each in attribute.values if _is_bytes(each)]
            return self._quote(self._choose((*known, *known, "dHdvCg==")))
        if attribute.type is datetime:
            return self._moment([each for each in attribute.values if _is_moment(each)])
        if self._choose(_ONE_IN_TEN):
            return self._choose(("true", *(self._quote(self._draw(_ANY_TEXT)),) * 3))
        known = [each for each in attribute.values if isinstance(each, str)]
        return self._near(TEXTS if not known or self._choose(_ONE_IN_THREE) else known)

    def _near(self, texts: Sequence[str]) -> str:
        """Return a text that exists, or another spelling or a part of it."""
        return self._quote(self._choose(_RESPELLINGS)(self._choose(texts)))

    def _moment(self, moments: Sequence[Any]) -> str:
        """Return a moment close to one that exists, in any zone, or in none."""
        if self._choose(_ONE_IN_TEN):
            return self._quote(self._choose(_ODD_MOMENTS))
        moment = self._choose(moments) + self._choose(_STEPS)
        return self._quote(self._choose(_FORMATS)(moment.astimezone(self._choose(_ZONES))))

    def _quote(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self._choose((True, False)))

    def _spell(self, path: str) -> str:
        """Return a path in some case: names are case-insensitive (RFC 7643 §2.1)."""
        return self._choose((path, path, path.lower(), path.upper()))

    def _choose(self, choices: Sequence[Choice]) -> Choice:
        return self._draw(st.sampled_from(choices))


_TERM = "{}"
_FORMS = (
    *(_TERM,) * 3,
    "{} and {}",
    "{} or {}",
    "{} or {} and {}",
    "({}) and ({} Or {})",
    "not ({})",
    "NOT({} AND {})",
    "( {} )",
)
_ANY_OPERATOR = ("eq", "ne", "EQ", "Ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "PR")
_OPERATORS = (
    _ANY_OPERATOR,
    (*("eq", "ne", "pr") * 30, *_ANY_OPERATOR),  # where others are refused
)
_ONE_IN_THREE = (False, False, True)
_ONE_IN_TEN = (*(False,) * 9, True)
_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_RESPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str,
    str.upper,
    str.lower,
    str.title,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFC", text),
    lambda text: text[:2],
    lambda text: text[-2:],
    lambda text: text[1:-1],
    lambda text: text + text[-1:],
)
_STEPS = (timedelta(0), timedelta(microseconds=1), timedelta(days=-1))
_ZONES = tuple(timezone(timedelta(minutes=each)) for each in (0, 120, -570, 845))
_FORMATS: tuple[Callable[[datetime], str], ...] = (
    datetime.isoformat,
    datetime.isoformat,
    lambda moment: moment.isoformat(timespec="seconds"),
    lambda moment: moment.isoformat().replace("+00:00", "Z"),
    lambda moment: moment.replace(tzinfo=None).isoformat(),
    lambda moment: moment.date().isoformat(),
)
_ODD_MOMENTS = (
    "9999-12-31T23:59:59-01:00",
    "0001-01-01T00:00:00+01:00",
    "2026-11-24T12:00:00.1234567Z",
    "2026-11-24 12:00:00Z",
    "1e3",
    "0",
    "",
    "yesterday",
)


def _is_head(binding: AttributeBinding) -> bool:
    return binding.is_multivalued and binding.sub_field_name is None


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes)


def _is_moment(value: object) -> bool:
    return isinstance(value, datetime)


def _attribute(
    name: str,
    binding: AttributeBinding,
    compared: AttributeBinding,
    resources: Iterable[Resource[Any]],
) -> Attribute:
    values = tuple(_values(compared, resources))
    return Attribute(name, compared.target_type, values, multivalued=_is_head(binding))


def _values(binding: AttributeBinding, resources: Iterable[Resource[Any]]) -> Iterable[object]:
    for resource in resources:
        value = getattr(attribute_host(resource, binding), binding.field_name, None)
        for each in value if isinstance(value, list) else [value]:
            yield getattr(each, binding.sub_field_name, None) if binding.sub_field_name else each
