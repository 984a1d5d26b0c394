"""What is measured: the operations a provider asks for, and how fast each has to be.

Every operation makes its requests as lines of a path and, after a tab, a body.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.people import external_id, user, user_name
from benchmarks.subjects import Subject, new_name

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a client asks for."""

    key: str
    title: str
    """Where ``{crowd}`` stands for the members of a group."""

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
    return [_filtered("userName", user_name(number)) for number in subject.numbers()]


def _by_external_id(subject: Subject, _: int) -> list[str]:
    return [_filtered("externalId", external_id(number)) for number in subject.numbers()]


def _first_page(_: Subject, __: int) -> list[str]:
    return ["/Users?startIndex=1&count=100"]


def _last_page(subject: Subject, _: int) -> list[str]:
    return [f"/Users?startIndex={max(1, subject.users - 99)}&count=100"]


def _scan(subject: Subject, _: int) -> list[str]:
    """Ask for what no index answers, and a handful of users meet."""
    return ["/Users?count=10&filter=" + quote(f'nickName ew "{subject.users - 1}"')]


def _patch_active(subject: Subject, _: int) -> list[str]:
    """Switch every user off, then every user on, so that each request changes something."""
    ids = subject.next_ids()
    return [f"/Users/{each}\t{_replacing_active(now)}" for now in (False, True) for each in ids]


def _post(subject: Subject, seconds: int) -> list[str]:
    stem = new_name("new")
    numbers = range(subject.fastest.of_users * seconds)
    return [f"/Users\t{json.dumps(user(number, stem))}" for number in numbers]


def _delete(subject: Subject, seconds: int) -> list[str]:
    return [f"/Users/{each}" for each in subject.new_ids(seconds)]


def _add_member(subject: Subject, seconds: int) -> list[str]:
    """Add members and ask for an answer without them, as whoever has a large group does."""
    return [
        f"/Groups/{each}?excludedAttributes=members\t{_adding_member(id_)}"
        for each, id_ in subject.joining(seconds)
    ]


def _add_member_and_show(subject: Subject, seconds: int) -> list[str]:
    return [f"/Groups/{each}\t{_adding_member(id_)}" for each, id_ in subject.joining(seconds)]


def _group_without_members(subject: Subject, _: int) -> list[str]:
    return [f"/Groups/{subject.group()}?excludedAttributes=members"]


def _filtered(path: str, value: str) -> str:
    return "/Users?filter=" + quote(f'{path} eq "{value}"')


def _replacing_active(now: bool) -> str:  # noqa: FBT001 - it is the value
    return _patching({"op": "replace", "path": "active", "value": now})


def _adding_member(id_: str) -> str:
    return _patching({"op": "add", "path": "members", "value": [{"value": id_}]})


def _patching(operation: dict[str, object]) -> str:
    return json.dumps({"schemas": [_PATCH], "Operations": [operation]})


GET = Operation(
    key="get", title="GET by id", method="GET", statuses=(200,), lines=_get,
    of_constant=0.55, of_other=6,
)  # fmt: skip
USER_NAME = Operation(
    key="username", title="userName eq", method="GET", statuses=(200,), lines=_by_user_name,
    of_constant=0.5, of_other=8,
)  # fmt: skip
EXTERNAL_ID = Operation(
    key="externalid", title="externalId eq", method="GET", statuses=(200,), lines=_by_external_id,
)  # fmt: skip
FIRST_PAGE = Operation(
    key="list", title="list of 100", method="GET", statuses=(200,), lines=_first_page,
    of_constant=0.2, of_other=200,
)  # fmt: skip
LAST_PAGE = Operation(
    key="last", title="last page of 100", method="GET", statuses=(200,), lines=_last_page,
)  # fmt: skip
SCAN = Operation(
    key="scan", title="filter without an index", method="GET", statuses=(200,), lines=_scan,
)  # fmt: skip
PATCH = Operation(
    key="patch", title="PATCH active", method="PATCH", statuses=(200, 204), lines=_patch_active,
    of_other=1.5,
)  # fmt: skip
POST = Operation(
    key="post", title="POST", method="POST", statuses=(201,), lines=_post, again=False,
    of_other=1.5,
)  # fmt: skip
DELETE = Operation(
    key="delete", title="DELETE", method="DELETE", statuses=(204,), lines=_delete, again=False,
)  # fmt: skip
ADD_MEMBER = Operation(
    key="member", title="add a member, group of {crowd:,}", method="PATCH", statuses=(200, 204),
    lines=_add_member, again=False, of_other=100,
)  # fmt: skip
ADD_MEMBER_AND_SHOW = Operation(
    key="shown", title="the same, answered with all members", method="PATCH",
    statuses=(200, 204), lines=_add_member_and_show, again=False,
)  # fmt: skip
GROUP = Operation(
    key="group", title="group of {crowd:,} without members", method="GET", statuses=(200,),
    lines=_group_without_members,
)  # fmt: skip

OPERATIONS = (
    GET, USER_NAME, EXTERNAL_ID, FIRST_PAGE, LAST_PAGE, PATCH, POST, DELETE, ADD_MEMBER,
    ADD_MEMBER_AND_SHOW, GROUP
)  # fmt: skip
"""In the order they are measured in: what adds users comes after what looks at them."""
