"""``attributes`` and ``excludedAttributes`` (RFC 7644 §3.9), applied to plain documents.

What an attribute's ``returned`` says (RFC 7643 §7) holds for sub-attributes too:
``always`` is shown wherever its parent is, ``request`` only to who names it, ``never`` to no one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pydantic import ValidationError
from scim2_models import InvalidValueException, ResponseParameters, Returned

from scim.errors import from_validation
from scim.provider import Kind
from scim.schema.attributes import Model, bindings_of, names_of
from scim.tolerance import Profile

Names = tuple[str, ...]
"""The keys that lead to an attribute, in lower case."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Which attributes of a resource an answer shows."""

    only: frozenset[str] | None = None
    """Nothing but these, where the client named some, in lower case."""

    without: frozenset[str] = frozenset()

    def leaves_whole(self, kind: Kind) -> bool:
        """Whether an answer shows all that is stored of a resource."""
        return self == EVERYTHING and _is_shown_whole(kind.model)

    def shows(self, kind: Kind, attribute: str) -> bool:
        """Whether anything of a top-level attribute may be shown."""
        return _selection(self, kind).keeps((attribute.lower(),))

    def apply(self, kind: Kind, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an answer shows of a document.

        ``schemas`` lists the schemas of what is left (RFC 7643 §3).
        """
        shown = _project(document, (), _selection(self, kind))
        hidden = {urn for urn in kind.model.get_extension_models() if urn not in shown}
        return shown | {"schemas": [urn for urn in document["schemas"] if urn not in hidden]}


EVERYTHING = Projection()
NOTHING = Projection(only=frozenset())
"""Nothing but what every answer holds."""


def read_projection(parameters: Mapping[str, Any], profile: Profile) -> Projection:
    """Return the projection that parameters ask for, their names in any case.

    Names that are no attribute show and hide nothing.

    :raises InvalidPathException: a strict client writes what names no attribute
    :raises InvalidValueException: both parameters are given, or one is no list of names
    """
    given = {name.lower(): value for name, value in parameters.items()}
    attributes = _listed(given.get("attributes"))
    excluded = _listed(given.get("excludedattributes"))
    if not profile.tolerant:
        _check(attributes, excluded)
    if attributes and excluded:
        raise InvalidValueException(
            detail="Only one of attributes and excludedAttributes may be given."
        )
    if attributes:
        return Projection(only=_names(attributes))
    if excluded:
        return Projection(without=_names(excluded))
    return EVERYTHING


@dataclass(frozen=True, slots=True)
class _Selection:
    """A projection of one kind: the attributes it names, as keys."""

    only: frozenset[Names] | None
    core: frozenset[Names]
    """The attributes of the resource's own schema, where the client named that as a whole."""

    without: frozenset[Names]
    exceptions: Mapping[Names, Returned]

    def keeps(self, path: Names) -> bool:
        """Whether an attribute is shown, where its parent is."""
        returned = self.exceptions.get(path, Returned.default)
        if returned is Returned.never:
            return False
        if returned is Returned.request:
            return any(asked[: len(path)] == path for asked in self.only or ())
        return returned is Returned.always or (self._wants(path) and path not in self.without)

    def _wants(self, path: Names) -> bool:
        """Whether an attribute, something in it or something around it was asked for."""
        if self.only is None or path[:1] in self.core:
            return True
        return any(asked[: len(path)] == path or path[: len(asked)] == asked for asked in self.only)


@lru_cache(maxsize=1024)  # what clients name comes from outside: bound what it can fill
def _selection(projection: Projection, kind: Kind) -> _Selection:
    named = projection.only or frozenset()
    whole = str(kind.model.__schema__).lower() in named
    return _Selection(
        None if projection.only is None else frozenset(_resolve(named, kind)),
        _top_level(kind.model) if whole else frozenset(),
        frozenset(_resolve(projection.without, kind)),
        _exceptions(kind.model),
    )


def _resolve(names: Iterable[str], kind: Kind) -> Iterable[Names]:
    """Return the keys that names lead to in a resource of a kind; a name of none is left out."""
    core = str(kind.model.__schema__).lower()
    extensions = [urn.lower() for urn in kind.model.get_extension_models()]
    for name in names:
        if not name.startswith("urn:"):
            yield tuple(name.split("."))
        elif name.startswith(f"{core}:"):
            yield tuple(name[len(core) + 1 :].split("."))
        for urn in extensions:
            if name == urn:
                yield (urn,)
            elif name.startswith(f"{urn}:"):
                yield (urn, *name[len(urn) + 1 :].split("."))


@cache
def _exceptions(model: Model) -> Mapping[Names, Returned]:
    """Return what is shown otherwise than by default."""
    schema = str(model.__schema__)
    found: dict[Names, Returned] = {
        ("schemas",): Returned.always,
        ("id",): Returned.always,
    }
    for binding in bindings_of(model):
        returned = binding.get_annotation(Returned)
        if returned is not Returned.default:
            found[tuple(name.lower() for name in names_of(binding, schema))] = returned
    return found


@cache
def _is_shown_whole(model: Model) -> bool:
    """Whether an answer without a projection hides nothing: what is never shown is not stored."""
    return Returned.request not in _exceptions(model).values()


@cache
def _top_level(model: Model) -> frozenset[Names]:
    """Return the attributes of a resource's own schema."""
    schema = str(model.__schema__)
    heads = {names_of(binding, schema)[0].lower() for binding in bindings_of(model)} | {"meta"}
    return frozenset((head,) for head in heads if not head.startswith("urn:"))


def _project(document: Mapping[str, Any], path: Names, selection: _Selection) -> dict[str, Any]:
    shown = {}
    for name, value in document.items():
        below = (*path, name.lower())
        if not selection.keeps(below):
            continue
        inner = _inside(value, below, selection)
        if inner == value or inner not in ({}, []):
            shown[name] = inner
    return shown


def _inside(value: Any, path: Names, selection: _Selection) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        elements = [_inside(element, path, selection) for element in value]
        return [element for element in elements if element != {}]
    return _project(value, path, selection) if isinstance(value, dict) else value


def _listed(names: object) -> list[str]:
    """Return names, which a URL separates by commas and a body has in an array."""
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        names = ",".join(names)
    if not isinstance(names, str | None):
        raise InvalidValueException(detail="attributes and excludedAttributes list names.")
    return [name.strip() for name in (names or "").split(",") if name.strip()]


def _check(attributes: list[str], excluded: list[str]) -> None:
    given = {"attributes": attributes, "excludedAttributes": excluded}
    try:
        ResponseParameters.model_validate(given)
    except ValidationError as error:
        raise from_validation(error) from error


def _names(listed: list[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in listed)
