"""Walks by cursor while others add, change and remove, judged by a plain list in Python."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scim import Database, Directory
from scim.provider import USER
from tests.contract.directories import Caller, caller_of, new_tenant, new_user
from tests.races import together

TITLES = (None, None, "", "a", "A", "b", "b", "c")
"""Few, so that many are equal and many are missing."""

ORDERS = (
    {},
    {"sort_by": "title"},
    {"sort_by": "title", "descending": True},
)

_GENERATED = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=120,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class Known:
    """A user as the judge knows it."""

    number: int
    id: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Where one page ends and another begins: just before or just behind somebody's place."""

    place: Known
    is_behind: bool


@dataclass
class Judge:
    """A directory as a list, and the order it is walked in."""

    caller: Caller
    order: dict[str, Any]
    users: list[Known] = field(default_factory=list)
    made: int = 0
    moved: set[str] = field(default_factory=set)
    """The ids of those that were added or changed."""

    def create(self, title: str | None) -> None:
        """Add a user."""
        self.made += 1
        attributes = {} if title is None else {"title": title}
        made = new_user(self.caller, f"user {self.made}", **attributes)
        self.users.append(Known(self.made, made["id"], title))
        self.moved.add(made["id"])

    def delete(self, known: Known) -> None:
        """Remove a user."""
        self.caller.delete(USER, known.id)
        self.users.remove(known)

    def change(self, known: Known, title: str) -> None:
        """Give a user another title."""
        operation = {"op": "replace", "path": "title", "value": title}
        self.caller.patch(USER, known.id, operation)
        self.users[self.users.index(known)] = replace(known, title=title)
        self.moved.add(known.id)

    def rank(self, known: Known) -> tuple[Any, ...]:
        """Return what a user is sorted by; creation comes after."""
        return (known.title is None, (known.title or "").lower()) if self.order else ()

    def sorted(self, users: Iterable[Known]) -> list[Known]:
        """Return users in the order that is walked."""
        by_creation = sorted(users, key=lambda each: each.number)
        return sorted(by_creation, key=self.rank, reverse="descending" in self.order)

    def split(self, gap: Gap) -> tuple[list[Known], list[Known]]:
        """Return who stands before a gap and who behind, whether or not its place is still taken.

        Another title need not be another place.
        """
        place = gap.place

        def stands_there(known: Known) -> bool:
            return known.number == place.number and self.rank(known) == self.rank(place)

        there = [each for each in self.users if stands_there(each)]
        line = self.sorted([place, *(each for each in self.users if each not in there)])
        index = line.index(place)
        before, behind = line[:index], line[index + 1 :]
        return (before + there, behind) if gap.is_behind else (before, there + behind)


@dataclass
class Walk:
    """Somebody who goes from page to page."""

    judge: Judge
    count: int
    page: dict[str, Any] = field(default_factory=dict)
    shown: list[Known] = field(default_factory=list)
    begins: Gap | None = None
    ends: Gap | None = None

    def start(self) -> None:
        """Ask for the first page."""
        line = self.judge.sorted(self.judge.users)
        self._ask("", line[: self.count], previous=False, following=len(line) > self.count)

    def go_on(self) -> None:
        """Ask for the next page."""
        assert self.ends
        self.begins = self.ends
        before, behind = self.judge.split(self.ends)
        self._ask(
            self.page["nextCursor"],
            behind[: self.count],
            previous=bool(before),
            following=len(behind) > self.count,
        )

    def go_back(self) -> None:
        """Ask for the previous page."""
        assert self.begins
        self.ends = self.begins
        before, behind = self.judge.split(self.begins)
        self._ask(
            self.page["previousCursor"],
            before[-self.count :],
            previous=len(before) > self.count,
            following=bool(behind),
        )

    def _ask(self, cursor: str, users: list[Known], *, previous: bool, following: bool) -> None:
        """Ask for a page, and compare it with what the judge says."""
        query = self.judge.order | {"count": self.count, "cursor": cursor}
        self.page = self.judge.caller.search(USER, **query)
        self.shown = users
        if users:
            self.begins = Gap(users[0], is_behind=False)
            self.ends = Gap(users[-1], is_behind=True)
        assert [each.id for each in users] == [each["id"] for each in self.page["Resources"]]
        assert len(self.judge.users) == self.page["totalResults"]
        assert previous == ("previousCursor" in self.page)
        assert following == ("nextCursor" in self.page)
        assert "startIndex" not in self.page


def new_walk(directory: Directory, database: Database, data: st.DataObject) -> Walk:
    caller = caller_of(directory, new_tenant(database, str(uuid.uuid4())))
    judge = Judge(caller, data.draw(st.sampled_from(ORDERS)))
    for title in data.draw(st.lists(st.sampled_from(TITLES), max_size=9)):
        judge.create(title)
    judge.moved.clear()
    return Walk(judge, data.draw(st.integers(1, 4)))


def meddle(judge: Judge, data: st.DataObject) -> None:
    """Let others add, remove and change some users."""
    for act in data.draw(st.lists(st.sampled_from(("create", "delete", "change")), max_size=3)):
        if act == "create":
            judge.create(data.draw(st.sampled_from(TITLES)))
        elif judge.users:
            known = data.draw(st.sampled_from(judge.users))
            if act == "delete":
                judge.delete(known)
            else:
                judge.change(known, data.draw(st.sampled_from(("", "a", "b", "c"))))


def test_every_page_is_what_lies_around_the_one_before(
    directory: Directory, database: Database
) -> None:
    """Both ways, whatever others do meanwhile."""
    turns = {"nextCursor": 0, "previousCursor": 0}

    @_GENERATED
    @given(st.data())
    def check(data: st.DataObject) -> None:
        walk = new_walk(directory, database, data)
        walk.start()
        for _ in range(data.draw(st.integers(3, 9))):
            meddle(walk.judge, data)
            ways = sorted(turns.keys() & walk.page.keys())
            if not ways:
                break
            way = data.draw(st.sampled_from(ways))
            turns[way] += 1
            walk.go_on() if way == "nextCursor" else walk.go_back()

    check()
    assert min(turns.values()) > 15


def test_who_stays_is_seen_exactly_once(directory: Directory, database: Database) -> None:
    """On the way there, and on the way back."""

    @_GENERATED
    @given(st.data())
    def check(data: st.DataObject) -> None:
        walk = new_walk(directory, database, data)
        judge = walk.judge
        walk.start()
        there = list(walk.shown)
        while "nextCursor" in walk.page:
            meddle(judge, data)
            walk.go_on()
            there += walk.shown
        stayed = {each for each in judge.users if each.id not in judge.moved}
        assert judge.sorted(stayed) == [each for each in there if each in stayed]

        back = list(walk.shown)
        while "previousCursor" in walk.page:
            meddle(judge, data)
            walk.go_back()
            back = [*walk.shown, *back]
        stayed = {each for each in judge.users if each.id not in judge.moved}
        assert judge.sorted(stayed) == [each for each in back if each in stayed]

    check()


@pytest.mark.parametrize("order", ORDERS, ids=("by creation", "ascending", "descending"))
def test_a_walk_among_writers_sees_who_stays_exactly_once(
    directory: Directory, database: Database, order: dict[str, Any]
) -> None:
    caller = caller_of(directory, new_tenant(database))
    stay = [
        new_user(caller, f"stays {number}", title=str(number % 7))["id"] for number in range(60)
    ]
    begun, done = Event(), Event()

    def walk() -> list[list[str]]:
        try:
            assert begun.wait(60)
            return [_walked(caller, order) for _ in range(5)]
        finally:
            done.set()

    def write() -> list[list[str]]:
        ids: list[str] = []
        while not done.is_set():
            ids.append(new_user(caller, str(uuid.uuid4()), title=str(len(ids) % 7))["id"])
            begun.set()  # and the first stays, so that every walk sees more than there were
            if len(ids) % 3 == 0:
                caller.delete(USER, ids.pop(1))
        return []

    walked = together(walk, write, write)[0]

    for ids in walked:
        assert len(ids) == len(set(ids))
        assert set(stay) == set(ids) & set(stay)
        assert len(ids) > len(stay)


def _walked(caller: Caller, order: dict[str, Any]) -> list[str]:
    """Return the ids on all pages, one after the other."""
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = caller.search(USER, cursor=cursor, count=5, **order)
        ids += [each["id"] for each in page["Resources"]]
        cursor = page.get("nextCursor")
    return ids
