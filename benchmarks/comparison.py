"""Ours beside scim2-flask and the constant route: every operation, with the same users."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import table
from benchmarks.operations import Operation
from benchmarks.people import user
from benchmarks.rounds import Figures, Plan, measured
from benchmarks.servers import Other, Ours
from benchmarks.site import Site
from benchmarks.subjects import Pace, Subject

_OUR_PACE = Pace(of_users=4000, of_members=4000)

_OTHER_PACE = Pace(of_users=8000, of_members=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is loaded into every server."""

    users: int
    crowd: int
    """Members of a group."""


def compare(
    site: Site, operations: Sequence[Operation], sizes: Sizes, plan: Plan, *, postgresql: bool
) -> str:
    """Return the table of operations, as Markdown."""
    constant = site.constant()
    subjects = [_subject("ours", site.ours(), sizes, _OUR_PACE)]
    if postgresql:
        server = site.ours(on_postgresql=True)
        subjects.append(_subject("ours on PostgreSQL", server, sizes, _OUR_PACE))
    subjects.append(_subject("scim2-flask", site.other(), sizes, _OTHER_PACE))
    rows = [_header([*(each.name for each in subjects), constant.name])]
    for operation in operations:
        found = measured(operation, subjects, plan, constant)
        rows.append([operation.title.format(crowd=sizes.crowd), *_cells(operation, found)])
        print("measured:", " | ".join(rows[-1]), file=sys.stderr)
    return table.markdown(rows)


def _subject(name: str, server: Ours | Other, sizes: Sizes, fastest: Pace) -> Subject:
    ids = server.add_users(user(number) for number in range(sizes.users))
    return Subject(
        name=name, server=server, users=sizes.users, ids=ids, fastest=fastest, crowd=sizes.crowd
    )


def _header(names: Sequence[str]) -> list[str]:
    cells = ["operation"]
    for name in names:
        cells += [f"{name}: req/s", "p50 ms", "p99 ms", "CPU ms"]
    return [*cells, "ours / constant by rate, by CPU", "ours / scim2-flask"]


def _cells(operation: Operation, found: dict[str, Figures]) -> list[str]:
    cells = []
    for each in found.values():
        spans = (each.p50, each.p99, each.cpu)
        cells += [table.rate(each.rate), *map(table.milliseconds, spans)]
    cells.append(_ratio(found["ours"], found["constant"], operation.of_constant))
    cells.append(_ratio(found["ours"], found["scim2-flask"], operation.of_other))
    return cells


def _ratio(ours: Figures, to: Figures, aim: float | None) -> str:
    """Return how ours compares by rate, then by CPU time."""
    aimed = f" (aim {aim:g})" if aim else ""
    return f"{ours.rate / to.rate:,.2f}, {to.cpu / ours.cpu:,.2f}{aimed}"
