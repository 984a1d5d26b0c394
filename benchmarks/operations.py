"""What is measured: the operations a provider asks for, and how fast each has to be.

Every operation makes its requests as lines of a path and, after a tab, a body.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

from benchmarks.people import external_id, group, user, user_name
from benchmarks.servers import Other, Ours

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

CROWD = 5000
"""Members of the group that members are added to."""

_JOINERS = 1000
"""Users who join one group before the next group's turn comes."""

_SERIAL = count(time.time_ns())
"""Names that nothing has had yet."""


@dataclass(slots=True)
class Subject:
    """A server with users in it, and how much it can be asked for."""

    server: Ours | Other
    users: int
    """How many :func:`benchmarks.people.user` made, from 0 on."""

    ids: list[str]
    """Ids of those, all or some."""

    fastest: int
    """Changes per second that it will not exceed: it decides how many are prepared."""

    crowd: list[str] = field(default_factory=list)
    """Ids of enough users for a group, once one was asked for."""

    turn: int = 0
    """How often an operation has been prepared."""

    def supply(self, seconds: int) -> int:
        """Return how many changes are enough for some seconds."""
        return self.fastest * seconds

    def many_ids(self) -> list[str]:
        """Return ids of users who can fill a group and join it."""
        if not self.crowd:
            missing = max(0, CROWD + _JOINERS - len(self.ids))
            self.crowd = self.ids + self.server.add_users(user(n, "crowd") for n in range(missing))
        return self.crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a client asks for."""

    key: str
    title: str
    method: str
    statuses: tuple[int, ...]
    """What it may be answered with."""

    lines: Callable[[Subject, int], list[str]]
    """Return the requests for some seconds."""

    again: bool = True
    """Whether the same request can be sent again."""

    of_constant: float | None = None
    """The part of the constant route's rate that is aimed at."""

    of_other: float | None = None
    """The multiple of scim2-flask's rate that is aimed at."""


def _get(subject: Subject, _: int) -> list[str]:
    return [f"/Users/{each}" for each in subject.ids]


def _by_user_name(subject: Subject, _: int) -> list[str]:
    return [_filtered("userName", user_name(number)) for number in _spread(subject)]


def _by_external_id(subject: Subject, _: int) -> list[str]:
    return [_filtered("externalId", external_id(number)) for number in _spread(subject)]


def _first_page(_: Subject, __: int) -> list[str]:
    return ["/Users?startIndex=1&count=100"]


def _last_page(subject: Subject, _: int) -> list[str]:
    return [f"/Users?startIndex={max(1, subject.users - 99)}&count=100"]


def _patch_active(subject: Subject, _: int) -> list[str]:
    """Every user is switched off, then every user on; each turn has users of its own."""
    turns = max(1, min(10, len(subject.ids) // 20))
    ids = subject.ids[subject.turn % turns :: turns]
    ids = ids[: len(ids) // 2 * 2]  # the same users for each of the two threads of wrk
    subject.turn += 1
    return [f"/Users/{each}\t{_replacing_active(now)}" for now in (False, True) for each in ids]


def _post(subject: Subject, seconds: int) -> list[str]:
    stem = f"new{next(_SERIAL)}-"
    numbers = range(subject.supply(seconds))
    return [f"/Users\t{json.dumps(user(number, stem))}" for number in numbers]


def _delete(subject: Subject, seconds: int) -> list[str]:
    stem = f"leaver{next(_SERIAL)}-"
    numbers = range(subject.supply(seconds))
    return [f"/Users/{each}" for each in subject.server.add_users(user(n, stem) for n in numbers)]


def _add_member(subject: Subject, seconds: int) -> list[str]:
    """One user joins a group; when all have, the next group is joined."""
    ids = subject.many_ids()
    joiners = ids[CROWD : CROWD + _JOINERS]
    groups = [_new_group(subject) for _ in range(-(-subject.supply(seconds) // _JOINERS))]
    return [f"/Groups/{each}\t{_adding_member(id_)}" for each in groups for id_ in joiners]


def _group_without_members(subject: Subject, _: int) -> list[str]:
    return [f"/Groups/{_new_group(subject)}?excludedAttributes=members"]


def _new_group(subject: Subject) -> str:
    members = subject.many_ids()[:CROWD]
    return subject.server.made("/Groups", group(f"Group {next(_SERIAL)}", members))


def _spread(subject: Subject) -> Iterator[int]:
    """Yield the numbers of users from all over the directory."""
    number = min(subject.users, 10_000)
    return (each * subject.users // number for each in range(number))


def _filtered(path: str, value: str) -> str:
    return "/Users?filter=" + quote(f'{path} eq "{value}"')


def _replacing_active(now: bool) -> str:  # noqa: FBT001 - it is the value
    return _patching({"op": "replace", "path": "active", "value": now})


def _adding_member(id_: str) -> str:
    return _patching({"op": "add", "path": "members", "value": [{"value": id_}]})


def _patching(operation: dict[str, object]) -> str:
    return json.dumps({"schemas": [_PATCH], "Operations": [operation]})


OPERATIONS = (
    Operation(
        key="get", title="GET by id", method="GET", statuses=(200,), lines=_get,
        of_constant=0.55, of_other=6,
    ),
    Operation(
        key="username", title="userName eq", method="GET", statuses=(200,), lines=_by_user_name,
        of_constant=0.5, of_other=8,
    ),
    Operation(
        key="externalid", title="externalId eq", method="GET", statuses=(200,),
        lines=_by_external_id,
    ),
    Operation(
        key="list", title="list of 100", method="GET", statuses=(200,), lines=_first_page,
        of_constant=0.2, of_other=200,
    ),
    Operation(
        key="last", title="last page of 100", method="GET", statuses=(200,), lines=_last_page,
    ),
    Operation(
        key="patch", title="PATCH active", method="PATCH", statuses=(200, 204), lines=_patch_active,
        of_other=1.5,
    ),
    Operation(
        key="post", title="POST", method="POST", statuses=(201,), lines=_post, again=False,
        of_other=1.5,
    ),
    Operation(
        key="delete", title="DELETE", method="DELETE", statuses=(204,), lines=_delete, again=False,
    ),
    Operation(
        key="member", title="add a member, group of 5,000", method="PATCH", statuses=(200, 204),
        lines=_add_member, again=False, of_other=100,
    ),
    Operation(
        key="group", title="group of 5,000 without members", method="GET", statuses=(200,),
        lines=_group_without_members,
    ),
)  # fmt: skip
"""In the order they are measured in: what adds users comes after what looks at them."""
