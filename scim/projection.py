"""``attributes`` and ``excludedAttributes`` (RFC 7644 §3.9), applied to plain documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim2_models import InvalidValueException

from scim.provider import KINDS

_ALWAYS = ("schemas", "id")
"""What every answer holds: ``schemas`` by RFC 7643 §3, ``id`` because it is returned always."""

_CORE_SCHEMAS = tuple(str(kind.model.__schema__).lower() for kind in KINDS.values())
"""URNs that may stand before the attributes of a resource's own schema."""

Paths = frozenset[tuple[str, ...]]
"""Attributes as the keys that lead to them, in lower case."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Which attributes of a resource an answer shows."""

    only: Paths | None = None
    """Nothing but these, where the client named some."""

    without: Paths = frozenset()

    def shows(self, attribute: str) -> bool:
        """Whether anything of a top-level attribute may be shown."""
        key = attribute.lower()
        if self.only is not None:
            return any(path[0] == key for path in self.only)
        return (key,) not in self.without

    def apply(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an answer shows of a document."""
        always = {name: document[name] for name in _ALWAYS if name in document}
        if self.only is not None:
            return always | _keep(document, self.only)
        return _drop(document, self.without) | always


EVERYTHING = Projection()
NOTHING = Projection(only=frozenset())
"""Nothing but what every answer holds."""


def read_projection(parameters: Mapping[str, Any]) -> Projection:
    """Return the projection that parameters ask for, their names in any case.

    Names that are no attribute show and hide nothing.

    :raises InvalidValueException: both parameters are given, or one is no list of names
    """
    given = {name.lower(): value for name, value in parameters.items()}
    attributes = _listed(given.get("attributes"))
    excluded = _listed(given.get("excludedattributes"))
    if attributes and excluded:
        raise InvalidValueException(
            detail="Only one of attributes and excludedAttributes may be given."
        )
    if attributes:
        return Projection(only=_paths(attributes))
    if excluded:
        return Projection(without=_paths(excluded))
    return EVERYTHING


def _listed(names: object) -> str:
    """Return names as a URL lists them; a body has them as an array."""
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return ",".join(names)
    if names is None or isinstance(names, str):
        return names or ""
    raise InvalidValueException(detail="attributes and excludedAttributes list names.")


def _paths(names: str) -> Paths:
    listed = names.lower().split(",")
    return frozenset(_path(name.strip()) for name in listed if name.strip())


def _path(name: str) -> tuple[str, ...]:
    if not name.startswith("urn:"):
        return tuple(name.split("."))
    for schema in _CORE_SCHEMAS:
        if name.startswith(f"{schema}:"):
            return tuple(name[len(schema) + 1 :].split("."))
    # An extension's URN ends in "…:2.0:User", so the version tells where attributes begin:
    # "urn:…:2.0:User" is the extension whole, "urn:…:2.0:User:manager.value" goes into it.
    found = re.fullmatch(r"(urn:.*:\d+\.\d+:[^:]+):([^:]+)", name)
    return (found[1], *found[2].split(".")) if found else (name,)


def _keep(document: Mapping[str, Any], paths: Paths) -> dict[str, Any]:
    kept = {}
    for name, value in document.items():
        below = [path[1:] for path in paths if path[0] == name.lower()]
        if () in below:
            kept[name] = value
        elif below:
            inner = _inside(value, frozenset(below), _keep)
            if inner not in ({}, [], None):
                kept[name] = inner
    return kept


def _drop(document: Mapping[str, Any], paths: Paths) -> dict[str, Any]:
    left = {}
    for name, value in document.items():
        below = [path[1:] for path in paths if path[0] == name.lower()]
        if () not in below:
            left[name] = _inside(value, frozenset(below), _drop) if below else value
    return left


def _inside(value: Any, paths: Paths, project: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        projected = [_inside(element, paths, project) for element in value]
        return [element for element in projected if element not in ({}, None)]
    return project(value, paths) if isinstance(value, dict) else None
