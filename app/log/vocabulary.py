"""The words a request may be told by: names from schemas and messages, which are no one's data.

Whatever else a client wrote, in a filter, a path or a value, may be data of a person.
"""

from collections.abc import Iterator

from scim.provider import Provider
from scim.schema.shapes import Parts, shape_of

_MESSAGES = frozenset(
    """
    schemas id externalid meta resourcetype created lastmodified location version
    operations op path value add remove replace method bulkid data failonerrors
    attributes excludedattributes filter sortby sortorder startindex count cursor
    and or not eq ne co sw ew gt ge lt le pr get post put patch delete if-match if-none-match
    """.split()  # noqa: SIM905 - a list of them would be forty lines
)


def vocabulary_of(provider: Provider) -> frozenset[str]:
    """Return every name of a provider's schemas and of the protocol, in lower case."""
    found = set(_MESSAGES)
    for kind in provider.kinds.values():
        shape = shape_of(kind.model)
        found |= {kind.name.lower(), kind.endpoint.lower(), shape.urn.lower()}
        found.update(_names(shape.parts))
    return frozenset(found)


def _names(parts: Parts) -> Iterator[str]:
    for name, shape in parts.items():
        yield name
        yield from _names(shape.parts)
