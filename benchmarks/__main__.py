"""``python -m benchmarks``: measures our server beside scim2-flask and a constant route.

With ``--growth`` it measures ours alone, as the directory grows.
"""

import argparse

from benchmarks.comparison import Sizes, compare
from benchmarks.growth import grow
from benchmarks.operations import OPERATIONS
from benchmarks.rounds import Plan
from benchmarks.site import Site


def main() -> None:
    """Measure what the arguments name, and print it."""
    asked = _arguments()
    plan = Plan(seconds=asked.seconds, rounds=asked.rounds)
    with Site(asked.serve, dict(asked.env), asked.slow_disk) as site:
        if asked.growth:
            print(grow(site, asked.growth, asked.groups, plan, postgresql=asked.postgresql))
        else:
            operations = [each for each in OPERATIONS if each.key in asked.only]
            sizes = Sizes(users=asked.users, crowd=asked.crowd)
            print(compare(site, operations, sizes, plan, postgresql=asked.postgresql))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    add = parser.add_argument
    keys = [each.key for each in OPERATIONS]
    add("--users", type=int, default=1000, help="how many are loaded (default: 1000)")
    add("--crowd", type=int, default=5000, help="members of a group (default: 5000)")
    add("--seconds", type=int, default=3, help="of each measurement (default: 3)")
    add("--rounds", type=int, default=3, help="whose median is taken (default: 3)")
    add("--only", nargs="+", choices=keys, default=keys, metavar="OPERATION", help=", ".join(keys))
    add("--postgresql", action="store_true", help="ours on PostgreSQL, too; with --growth, alone")
    add("--growth", type=_numbers, metavar="USERS,…", help="such as 10000,100000,1000000")
    add(
        "--groups",
        type=_numbers,
        default="10,1000,100000",
        metavar="MEMBERS,…",
        help="groups of --growth (default: 10,1000,100000)",
    )
    add("--slow-disk", type=int, default=0, metavar="MS", help="each flush of ours takes longer")
    add("--serve", default="", metavar="OPTIONS", help="of provisor serve: --serve='--workers 2'")
    add("--env", type=_variable, action="append", default=[], metavar="NAME=VALUE", help="for ours")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def _variable(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


if __name__ == "__main__":
    main()
