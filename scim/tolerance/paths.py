"""Names of attributes as providers write them, in paths of PATCH, in keys and in filters.

A path's head is what stands before its brackets: an attribute with or without its URN, and
perhaps a sub-attribute.
"""

import re
from functools import cache

from scim2_models import InvalidPathException
from scim2_models.path import Path, PathNode

from scim.schema.shapes import ResourceShape
from scim.tolerance.quirks import Reader, quirk, unnoticed

_STANDARD = re.compile(
    r"urn:ietf:params:scim:schemas:(core|extension:[^:]+):[\d.]+:(\w+)", re.IGNORECASE
)
"""A schema of today whose URN had other spellings before."""


def read_head(reader: Reader, head: str, resources: tuple[ResourceShape, ...]) -> str:
    """Return the head of a path with its extension's URN, as the URN is spelled today."""
    if any(resource.find(head) for resource in resources):
        return head
    for resource in resources:
        head = dot_after_a_urn(reader, head, resource)
        head = outdated_urn(reader, head, resource)
        head = extension_attribute_without_urn(reader, head, resource)
    return head


def meant_by(head: str, resource: ResourceShape) -> str:
    """Return what :func:`read_head` would, and notice nothing."""
    return read_head(unnoticed(), head, (resource,))


@quirk("Q16", sent_by="OneLogin", strict="invalidPath, in a filter invalidFilter")
def outdated_urn(head: str, resource: ResourceShape) -> str:
    """Read an attribute's URN of SCIM 1.0, of a draft or misspelt, as today's."""
    if head[:4].lower() != "urn:" or resource.find(head):
        return head
    for pattern, urn in _outdated(resource):
        if found := pattern.match(head):
            meant = f"{urn}:{head[found.end() + 1 :]}".rstrip(":")
            if meant.lower() != head.lower() and _names(meant, resource):
                return meant
    return head


@quirk(
    "Q23",
    sent_by="Entra ID (jobs from before 2018)",
    strict="invalidPath, in a filter invalidFilter",
)
def dot_after_a_urn(head: str, resource: ResourceShape) -> str:
    """Read a dot between a URN and an attribute, as in `…:User.manager`, as a colon."""
    lower = head.lower()
    for urn in (resource.urn, *(each.name for each in resource.extensions.values())):
        if lower.startswith(f"{urn.lower()}."):
            return f"{urn}:{head[len(urn) + 1 :]}"
    return head


@quirk("Q7", "Q23", sent_by="Entra ID", strict="invalidPath, in a filter invalidFilter")
def extension_attribute_without_urn(head: str, resource: ResourceShape) -> str:
    """Read the name of an attribute that one extension alone has, as `manager`, with its URN."""
    attribute = head.partition(".")[0].lower()
    home = resource.homes.get(attribute)
    return head if home is None else f"{home}:{head}"


def parsed(text: str) -> PathNode | None:
    """Return what a path says, or None where it is no path at all."""
    try:
        return Path(text).ast
    except InvalidPathException:
        return None


def _names(path: str, resource: ResourceShape) -> bool:
    """Whether a path names something, be it a schema as a whole."""
    return path == resource.urn or resource.find(path) is not None


@cache
def _outdated(resource: ResourceShape) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return today's URNs of a resource, each with the pattern of its other spellings."""
    urns = (resource.urn, *(each.name for each in resource.extensions.values()))
    return tuple(
        (
            re.compile(
                rf"urn:(?:ietf:params:)?scim:schemas:{re.escape(found[1])}:\d+\.\d+"
                rf"(?::?{re.escape(found[2])})?(?=[.:]|$)",
                re.IGNORECASE,
            ),
            urn,
        )
        for urn in urns
        if (found := _STANDARD.fullmatch(urn))
    )
