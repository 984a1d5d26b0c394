"""One line of an import: a resource as JSON, read and checked as the body of a POST is.

Unlike a POST it may say which id the resource has, and in ``meta`` what it was before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Self

from scim2_models import InvalidValueException, PayloadTooLargeException, SCIMException

from scim import instant
from scim.changes.reading import Creation, read_creation
from scim.payload import read_object
from scim.provider import Kind, Provider
from scim.storage.resources import Origin
from scim.tolerance import Reader

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~@:+=-]{0,254}")
"""An id as it stands in a URL and in JSON without being escaped."""

_RESERVED = "bulkid"
"""What no id contains (RFC 7643 §3.1)."""

_VERSION = re.compile(r'W/"([1-9][0-9]{0,8})"')
"""A version as :func:`scim.preconditions.entity_tag` writes it; another server's says nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of resources."""

    number: int
    """Its place in the file, from 1."""

    text: bytes
    """What it holds, or of a line that is too long at least one byte more than allowed."""

    size: int
    """Bytes it takes in the file, its end included."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A resource that a line describes."""

    number: int
    id: str | None
    origin: Origin
    new: Creation


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line, or some members of it, were not taken; in words of a SCIM Error."""

    number: int
    id: str | None
    status: int
    scim_type: str
    detail: str

    @classmethod
    def of(cls, number: int, id_: str | None, error: SCIMException) -> Self:
        """Return why an error kept a line from being taken."""
        return cls(number, id_, error.status, error.scim_type or "", str(error.detail))


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines, and what they describe."""

    lines: Sequence[Line]
    arrivals: list[Arrival] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    """Those of the lines that cannot be read."""


def read_batch(lines: Sequence[Line], longest: int, reader: Reader, provider: Provider) -> Batch:
    """Return what some lines describe.

    :param longest: the bytes a line may have
    """
    batch = Batch(lines)
    for line in lines:
        try:
            batch.arrivals.append(read_arrival(line, longest, reader, provider))
        except SCIMException as error:
            batch.refusals.append(Refusal.of(line.number, None, error))
    return batch


def read_arrival(line: Line, longest: int, reader: Reader, provider: Provider) -> Arrival:
    """Return the resource that a line describes.

    :param longest: the bytes a line may have

    :raises SCIMException: it cannot be read
    """
    if len(line.text) > longest:
        raise PayloadTooLargeException(detail=f"A line has at most {longest} bytes.")
    body = read_object(line.text, provider.limits.json_depth)
    kind = _kind_of(body, provider)
    new = read_creation(kind, body, reader)
    return Arrival(line.number, _id_of(body), _origin_of(body), new)


def _kind_of(body: Mapping[str, Any], provider: Provider) -> Kind:
    """Return the kind that ``schemas`` tells, or ``meta.resourceType`` where that leaves open."""
    listed = _field(body, "schemas")
    urns = {str(each).lower() for each in listed} if isinstance(listed, list) else set()
    kinds = [kind for kind in provider.kinds.values() if str(kind.model.__schema__).lower() in urns]
    if len(kinds) == 1:
        return kinds[0]
    named = str(_field(_meta_of(body), "resourceType"))
    for kind in kinds or provider.kinds.values():
        if kind.name == named:
            return kind
    raise InvalidValueException(
        detail="Neither schemas nor meta.resourceType tells one resource type of this server."
    )


def _id_of(body: Mapping[str, Any]) -> str | None:
    id_ = _field(body, "id")
    if id_ is None:
        return None
    if not isinstance(id_, str) or not _ID.fullmatch(id_) or _RESERVED in id_.lower():
        raise InvalidValueException(
            detail="An id is a text of 1 to 255 letters, digits and . _ ~ @ : + = -,"
            " begins with a letter or digit, and does not contain bulkId."
        )
    return id_


def _origin_of(body: Mapping[str, Any]) -> Origin:
    meta = _meta_of(body)
    if not meta:
        return Origin()
    version = _VERSION.fullmatch(str(_field(meta, "version")))
    return Origin(
        _moment_of(meta, "created"),
        _moment_of(meta, "lastModified"),
        int(version[1]) if version else 1,
    )


def _moment_of(meta: Mapping[str, Any], name: str) -> str | None:
    given = _field(meta, name)
    if given is None:
        return None
    try:
        moment = instant.from_text(given)
        return instant.to_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueException(detail=f"meta.{name} is no moment.") from error


def _meta_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = _field(body, "meta")
    return meta if isinstance(meta, dict) else {}


def _field(value: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - any JSON
    """Return an attribute, whose name may be written in any case (RFC 7643 §2.1)."""
    if name in value:
        return value[name]
    written = {key.lower(): key for key in value}.get(name.lower())
    return None if written is None else value[written]
