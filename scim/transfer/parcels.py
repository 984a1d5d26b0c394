"""What lines describe, on its way from one process to another.

A kind goes by its name, because its model can be sent nowhere; all else goes as tuples, because
sending objects would cost as much again as storing what they describe.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from scim.changes.reading import Creation
from scim.provider import Provider
from scim.storage.members import NewMember
from scim.storage.resources import Content, Origin
from scim.transfer.arrivals import Arrival, Batch, Line, Refusal


class Parcel(NamedTuple):
    """The arrivals and refusals of a batch, its lines left behind."""

    arrivals: list[tuple[Any, ...]]
    refusals: list[Refusal]


def pack(batch: Batch) -> Parcel:
    """Return what is sent of a batch."""
    return Parcel([_packed(each) for each in batch.arrivals], batch.refusals)


def unpack(parcel: Parcel, lines: Sequence[Line], provider: Provider) -> Batch:
    """Return the batch that was sent.

    :param lines: what it was read from
    """
    arrivals = [_unpacked(each, provider) for each in parcel.arrivals]
    return Batch(lines, arrivals, parcel.refusals)


def _packed(arrival: Arrival) -> tuple[Any, ...]:
    origin, content = arrival.origin, arrival.new.content
    return (
        arrival.number,
        arrival.id,
        (origin.created_at, origin.modified_at, origin.version),
        arrival.new.kind.name,
        (
            content.doc,
            content.folded,
            content.looked_up,
            content.unique_key,
            content.also_unique,
            content.is_exclusive,
        ),
        [(each.value, each.display, each.folded_display) for each in arrival.new.members],
    )


def _unpacked(packed: tuple[Any, ...], provider: Provider) -> Arrival:
    number, id_, origin, kind, content, members = packed
    new = Creation(
        provider.kinds[kind], Content(*content), tuple(NewMember(*each) for each in members)
    )
    return Arrival(number, id_, Origin(*origin), new)
