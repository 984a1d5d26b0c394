"""Which attributes resources are looked up by, beside those that stand in columns.

They are declared here and nowhere else; to add one takes a migration too, which fills in what
resources from before have there.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from scim.provider import Kind
from scim.query.columns import Names
from scim.schema.schemas import EnterpriseUser
from scim.storage.lookups import LookedUp

LENGTH = 512
"""Characters of a value that are kept; PostgreSQL indexes no more than 2,704 bytes."""

_ENTERPRISE = str(EnterpriseUser.__schema__)

_EVERY_KIND = ("externalId",)
_OF_KIND = {
    "User": (
        "displayName",
        "name.familyName",
        "name.givenName",
        "active",
        "emails.value",
        "phoneNumbers.value",
        f"{_ENTERPRISE}:employeeNumber",
        f"{_ENTERPRISE}:manager.value",
    )
}


@cache
def paths_of(kind: Kind) -> Mapping[Names, str]:
    """Return the paths that a kind is looked up by, under the keys that lead there."""
    paths = (*_EVERY_KIND, *_OF_KIND.get(kind.name, ()))
    return {_names(path): path for path in paths}


def looked_up(kind: Kind, folded: Mapping[str, Any]) -> LookedUp:
    """Return what a resource is looked up by.

    :param folded: its document in the comparison form
    """
    found: list[tuple[str, str]] = []
    for names, path in paths_of(kind).items():
        value = folded.get(names[0])
        if isinstance(value, str):
            found.append((path, value[:LENGTH]))
        elif value is not None:
            found += [(path, each[:LENGTH]) for each in _values(value, names[1:])]
    return frozenset(found)


def _names(path: str) -> Names:
    urn, _, dotted = path.rpartition(":")
    return (*([urn] if urn else ()), *dotted.split("."))


def _values(found: Any, names: Names) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(found, list):
        for element in found:
            yield from _values(element, names)
    elif not names:
        yield found
    elif names[0] in found:
        yield from _values(found[names[0]], names[1:])
