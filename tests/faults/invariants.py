"""What is always true of the tables, whatever anybody asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from scim.provider import KINDS
from scim.query.lookups import looked_up
from tests.faults.stored import Stored


def untrue_tables(stored: Stored) -> Iterator[str]:
    """Names are unique, members exist, and what is kept of resources beside them agrees."""
    times = Counter((each.type, each.name.casefold()) for each in stored.resources.values())
    yield from (f"duplicate: {key} is there {n} times" for key, n in times.items() if n > 1)
    yield from _dangling(stored)
    types = Counter(each.type for each in stored.resources.values())
    for type_ in types.keys() | stored.counts.keys():
        if types[type_] != stored.counts.get(type_, 0):
            yield f"count: {types[type_]} of {type_}, counted as {stored.counts.get(type_, 0)}"
    for each in stored.resources.values():
        expected, found = looked_up(KINDS[each.type], each.folded), stored.looked_up.get(each.seq)
        if expected != (found or set()):
            yield f"lookup: {each.name} is looked up by {found}, and not by {set(expected)}"
    left = stored.looked_up.keys() - {each.seq for each in stored.resources.values()}
    yield from (f"lookup: number {seq} is looked up and gone" for seq in left)


def _dangling(stored: Stored) -> Iterator[str]:
    for group, value in stored.members:
        if group not in stored.resources or stored.resources[group].type != "Group":
            yield f"dangling: {value} is a member of {group}, which is no group"
        if value not in stored.resources:
            yield f"dangling: {group} names {value}, who is gone"
    for pair, n in Counter(stored.members).items():
        if n > 1:
            yield f"duplicate: {pair} are member {n} times"


def unrecorded_versions(stored: Stored) -> Iterator[str]:
    """There is no change without its line in the audit log, and no line without its change.

    The groups of a user who is deleted get another version without a line of their own.
    """
    versions: dict[str, list[int]] = defaultdict(list)
    deleted = set()
    for line in stored.lines:
        if line.id in deleted:
            yield f"audit: {line.action} of {line.id}, which was deleted"
        if line.action.endswith(".delete"):
            deleted.add(line.id)
        else:
            versions[line.id].append(line.version)
    for each in stored.resources.values():
        found = versions[each.id]
        is_told = found == (
            sorted({*found} & {*range(1, each.version + 1)})
            if each.type == "Group"
            else [*range(1, each.version + 1)]
        )
        if not is_told or not found or found[0] != 1:
            yield f"audit: {each.name} has version {each.version}, and lines of {found}"
    gone = versions.keys() - stored.resources.keys() - deleted
    yield from (f"audit: {id_} was changed, is gone, and nobody deleted it" for id_ in gone)
    yield from (f"audit: {id_} was deleted, and is there" for id_ in deleted & {*stored.resources})
