"""Whether what is stored can have come of what clients were told.

Each check gives sentences about what it found, beginning with the word for it: what is lost, a
ghost, a duplicate, … None is what all of this is for. ``invariants.py`` looks at what is stored
alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from tests.faults.history import SHARED, Action, History, Operation, Outcome
from tests.faults.invariants import unrecorded_versions, untrue_tables
from tests.faults.stored import Stored

_TAKEN = 409


def violations(history: History, stored: Stored) -> list[str]:
    """Return everything that is wrong."""
    return [
        *lost_and_ghosts(history, stored),
        *winners(history),
        *wrong_refusals(history),
        *memberships(history, stored),
        *register(history, stored),
        *unrecorded(history, stored),
        *unrecorded_versions(stored),
        *untrue_tables(stored),
    ]


@dataclass
class Possible:
    """What may be true of an object, or of a membership, by what its only client knows."""

    present: set[bool] = field(default_factory=lambda: {False})
    titles: set[str] = field(default_factory=lambda: {""})

    def becomes(self, outcome: Outcome, *, present: bool) -> None:
        if outcome is Outcome.OK:
            self.present = {present}
        elif outcome is Outcome.UNKNOWN:
            self.present |= {present}

    def is_titled(self, outcome: Outcome, title: str) -> None:
        if outcome is Outcome.OK:
            self.titles = {title}
        elif outcome is Outcome.UNKNOWN:
            self.titles |= {title}

    def contradiction(self, what: object, *, present: bool) -> Iterator[str]:
        if present not in self.present:
            yield f"ghost: {what} is there" if present else f"lost: {what} is gone"


def lost_and_ghosts(history: History, stored: Stored) -> Iterator[str]:
    """What was acknowledged is there, and what failed or nobody asked for is not."""
    found = {(each.type, each.name): each for each in stored.resources.values()}
    asked = _possible_objects(history.writes)
    yield from (f"ghost: nobody asked for {key}" for key in found.keys() - asked.keys())
    for key, possible in asked.items():
        yield from possible.contradiction(key, present=key in found)
        if key in found and key[1] != SHARED:
            title = found[key].doc.get("title", "")
            if title not in possible.titles:
                yield f"lost: {key} has the title {title!r} and none of {possible.titles}"


def _possible_objects(writes: Iterable[Operation]) -> dict[tuple[str, str], Possible]:
    found: dict[tuple[str, str], Possible] = defaultdict(Possible)
    for each in writes:
        possible = found[each.kind, each.name]
        if each.action is Action.CREATE:
            possible.becomes(each.outcome, present=True)
        elif each.action is Action.DELETE:
            possible.becomes(each.outcome, present=False)
        elif each.action is Action.PATCH:
            possible.is_titled(each.outcome, each.value)
    return found


def winners(history: History) -> Iterator[str]:
    """A name is given once, however many want it."""
    won = Counter(
        (each.kind, each.name)
        for each in history.writes
        if each.action is Action.CREATE and each.outcome is Outcome.OK
    )
    yield from (f"duplicate: {key} was given {n} times" for key, n in won.items() if n > 1)


def wrong_refusals(history: History) -> Iterator[str]:
    """A name is refused only while somebody can have it."""
    held = _holding(history.writes)
    for each in history.writes:
        if each.action is Action.CREATE and each.status == _TAKEN:
            spans = held[each.kind, each.name.casefold()]
            if not any(since <= each.ended and until >= each.began for since, until in spans):
                yield f"refusal: {each.name} was refused to {each.client}, and nobody had it"


def _holding(writes: list[Operation]) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Return from when until when a name can have been held, by each who asked for it.

    Who failed otherwise than by a refusal can have held it until then; who does not know, for ever.
    """
    deleted = {
        each.id: each.ended
        for each in writes
        if each.action is Action.DELETE and each.outcome is Outcome.OK
    }
    held: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for each in writes:
        if each.action is Action.CREATE and each.status != _TAKEN:
            ended = each.ended if each.outcome is Outcome.FAILED else inf
            held[each.kind, each.name.casefold()].append((each.began, deleted.get(each.id, ended)))
    return held


def memberships(history: History, stored: Stored) -> Iterator[str]:
    """A group has those who joined and did not leave."""
    possible = _possible_memberships(history.writes)
    names = {id_: each.name for id_, each in stored.resources.items()}
    found = {(names.get(group), names.get(value)) for group, value in stored.members}
    yield from (f"ghost: nobody asked for the membership {key}" for key in found - possible.keys())
    for key, each in possible.items():
        yield from each.contradiction(f"the membership {key}", present=key in found)


def _possible_memberships(
    writes: Iterable[Operation],
) -> dict[tuple[str | None, str | None], Possible]:
    found: dict[tuple[str | None, str | None], Possible] = {}
    groups: dict[str, set[str]] = defaultdict(set)  # which a user was ever to join
    for each in writes:
        if each.action in {Action.JOIN, Action.LEAVE}:
            groups[each.value].add(each.name)
            possible = found.setdefault((each.name, each.value), Possible())
            possible.becomes(each.outcome, present=each.action is Action.JOIN)
        elif each.action is Action.DELETE:
            for group in groups[each.name]:
                found[group, each.name].becomes(each.outcome, present=False)
    return found


def register(history: History, stored: Stored) -> Iterator[str]:
    """What everybody writes to has one order, which nobody sees run backwards.

    The version is the place in it, so that one walk over the history decides.
    """
    known = [
        each
        for each in history.operations
        if each.name == SHARED and each.outcome is Outcome.OK and each.version
    ]
    titles: dict[int, str] = {}
    for each in known:
        if each.action is not Action.READ and each.version in titles:
            yield f"version: two writes made version {each.version}"
        if each.action is not Action.READ:
            titles[each.version] = each.value
    unknown = {
        each.value
        for each in history.writes
        if each.name == SHARED and each.outcome is Outcome.UNKNOWN
    }
    seen = [(each.version, each.value) for each in known if each.action is Action.READ]
    seen += [
        (each.version, str(each.doc.get("title", "")))
        for each in stored.resources.values()
        if each.name == SHARED
    ]
    for version, title in seen:
        if title != titles[version] if version in titles else title not in unknown:
            yield f"version: {version} shows {title!r}, and not {titles.get(version)!r}"
    last = max((version for version, _ in seen), default=0)
    if titles and last < max(titles):
        yield f"lost: version {max(titles)} was acknowledged, and the last is {last}"
    yield from _running_backwards(known)


def _running_backwards(known: list[Operation]) -> Iterator[str]:
    ended = sorted(known, key=lambda each: each.ended)
    place, newest = 0, 0
    for each in sorted(known, key=lambda each: each.began):
        while ended[place].ended < each.began:
            newest = max(newest, ended[place].version)
            place += 1
        if each.version < newest + (each.action is not Action.READ):
            yield f"version: {each.action.value} gave {each.version} when {newest} was known"


def unrecorded(history: History, stored: Stored) -> Iterator[str]:
    """Every acknowledged change has its line in the audit log, and one alone."""
    changed = Counter(
        (each.id, each.version) for each in stored.lines if not each.action.endswith(".delete")
    )
    deleted = Counter(each.id for each in stored.lines if each.action.endswith(".delete"))
    for each in history.writes:
        if each.outcome is not Outcome.OK:
            continue
        is_deleted = each.action is Action.DELETE
        lines = deleted[each.id] if is_deleted else changed[each.id, each.version]
        if lines != 1:
            yield f"audit: {each.action.value} of {each.name} has {lines} lines"
