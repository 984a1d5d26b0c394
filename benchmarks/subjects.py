"""What is measured: a server with users and groups in it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from benchmarks.people import group, user
from benchmarks.servers import Other, Ours

_SERIAL = count(time.time_ns())
"""Numbers that no name has had yet."""

_SPREAD = 10_000
"""Users that are asked for at most, from all over a directory."""


def new_name(stem: str) -> str:
    """Return a name that nothing has had yet."""
    return f"{stem}{next(_SERIAL)}-"


@dataclass(frozen=True, slots=True)
class Pace:
    """Changes per second that a server will not exceed: as many are prepared."""

    of_users: int
    of_members: int


@dataclass(slots=True, kw_only=True)
class Subject:
    """A server, the users in it, and how much is to be asked of it."""

    name: str
    server: Ours | Other
    users: int
    """How many :func:`benchmarks.people.user` made, from number 0 on."""

    ids: list[str]
    """Ids of those: all, or some from all over the directory."""

    fastest: Pace

    crowd: int
    """Members of a group."""

    turn: int = 0
    """How often users were taken for a change."""

    _people: list[str] = field(default_factory=list, init=False)
    _groups: list[str] = field(default_factory=list, init=False)

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of users from all over the directory."""
        size = min(self.users, _SPREAD)
        return (each * self.users // size for each in range(size))

    def next_ids(self) -> list[str]:
        """Return the ids of an even number of users, others than the last nine times."""
        turns = max(1, min(10, len(self.ids) // 20))
        ids = self.ids[self.turn % turns :: turns]
        self.turn += 1
        return ids[: len(ids) // 2 * 2]

    def new_ids(self, seconds: int) -> list[str]:
        """Return the ids of users made for this: as many as can be changed in some seconds."""
        stem = new_name("leaver")
        return self.server.add_users(user(n, stem) for n in range(self.fastest.of_users * seconds))

    def joining(self, seconds: int) -> Iterator[tuple[str, str]]:
        """Yield ids of a group and of a user not in it, as many as are needed for some seconds.

        A group grows by a fifth, or by 50, before the next group's turn comes.
        """
        people = self._many_ids()
        joiners = len(people) - self.crowd
        for _ in range(-(-self.fastest.of_members * seconds // joiners)):
            group_id = self._new_group()
            yield from ((group_id, each) for each in people[self.crowd :])

    def group(self) -> str:
        """Return the id of a group."""
        return self._groups[-1] if self._groups else self._new_group()

    def _new_group(self) -> str:
        members = self._many_ids()[: self.crowd]
        self._groups.append(self.server.made("/Groups", group(new_name("Group "), members)))
        return self._groups[-1]

    def _many_ids(self) -> list[str]:
        """Return ids of as many users as fill a group and join it."""
        needed = people_needed(self.crowd)
        if not self._people:
            stem = new_name("member")
            missing = max(0, needed - len(self.ids))
            more = self.server.add_users(user(n, stem) for n in range(missing)) if missing else []
            self._people = [*self.ids, *more][:needed]
        return self._people


def people_needed(crowd: int) -> int:
    """Return how many users fill a group and join it."""
    return crowd + max(50, crowd // 5)


def spread_ids(server: Ours, users: int) -> list[str]:
    """Return the ids of users from all over the directory of a server."""
    if users <= _SPREAD:
        return server.ids(1, users)
    page = _SPREAD // 20
    starts = range(1, users - page, users // 20)
    return [each for start in starts for each in server.ids(start, page)]
