"""Ours as the directory grows: how long one client waits for an answer."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from benchmarks import table
from benchmarks.operations import (
    ADD_MEMBER,
    EXTERNAL_ID,
    FIRST_PAGE,
    GET,
    GROUP,
    LAST_PAGE,
    SCAN,
    USER_NAME,
    Operation,
)
from benchmarks.people import user
from benchmarks.rounds import Plan, measured
from benchmarks.site import Site
from benchmarks.subjects import Pace, Subject, people_needed, spread_ids

_READS = (GET, USER_NAME, EXTERNAL_ID, FIRST_PAGE, LAST_PAGE, SCAN)

_OF_GROUPS = (
    replace(ADD_MEMBER, title="add a member"),
    replace(GROUP, title="group without members"),
)

_FASTEST = Pace(of_users=1500, of_members=1500)
"""Changes per second of one client who waits for each answer."""


def grow(
    site: Site, sizes: Sequence[int], groups: Sequence[int], plan: Plan, *, postgresql: bool
) -> str:
    """Return the medians of p50 by the number of users, and of members, as two tables.

    Each size has a server of its own, so that they are measured in turn; groups are made in the
    largest directory.
    """
    subjects = [_directory(site, users, postgresql=postgresql) for users in sizes]
    found = [_row(each, subjects, plan) for each in _READS]
    largest = subjects[-1]
    ids = largest.server.ids(1, min(largest.users, people_needed(max(groups))))
    crowds = [replace(largest, name=f"{crowd:,} members", crowd=crowd, ids=ids) for crowd in groups]
    found_of_groups = [_row(each, crowds, plan) for each in _OF_GROUPS]
    return "\n\n".join(
        table.markdown([_header(of), *rows])
        for of, rows in ((subjects, found), (crowds, found_of_groups))
    )


def _directory(site: Site, users: int, *, postgresql: bool) -> Subject:
    server = site.ours(on_postgresql=postgresql, PROVISOR_MAX_BODY="33554432")
    server.load(user(number) for number in range(users))
    ids = spread_ids(server, users)
    print(f"loaded: {users:,} users", file=sys.stderr)
    name = f"{users:,} users"
    return Subject(name=name, server=server, users=users, ids=ids, fastest=_FASTEST, crowd=0)


def _header(subjects: Sequence[Subject]) -> list[str]:
    return ["p50 in ms", *(each.name for each in subjects), "last / first"]


def _row(operation: Operation, subjects: Sequence[Subject], plan: Plan) -> list[str]:
    found = measured(operation, subjects, replace(plan, connections=1))
    waits = [each.p50 for each in found.values()]
    cells = [operation.title, *map(table.milliseconds, waits), f"{waits[-1] / waits[0]:.2f}"]
    print("measured:", " | ".join(cells), file=sys.stderr)
    return cells
