"""``python -m benchmarks``: measures our server beside scim2-flask and a constant route."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import table
from benchmarks.operations import OPERATIONS, Subject
from benchmarks.people import user
from benchmarks.rounds import Plan, measured
from benchmarks.servers import Constant, Other, Ours


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--users", type=int, default=1000, help="how many are loaded")
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="medians are taken of them")
    keys = [each.key for each in OPERATIONS]
    parser.add_argument("--only", nargs="+", choices=keys, default=keys, metavar="OPERATION")
    parser.add_argument("--serve", default="", help="further options of provisor serve")
    return parser.parse_args()


def main() -> None:
    """Measure what the arguments name, and print it."""
    asked = _arguments()
    plan = Plan(seconds=asked.seconds, rounds=asked.rounds)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmarks-")))
        constant = Constant()
        stack.callback(constant.stop)
        ours = Ours("ours", folder, options=asked.serve)
        stack.callback(ours.stop)
        other = Other()
        stack.callback(other.stop)
        subjects = []
        for server, fastest in ((ours, 4000), (other, 1500)):
            ids = server.add_users(user(number) for number in range(asked.users))
            subjects.append(Subject(server, asked.users, ids, fastest))
        rows = [table.header(["ours", "scim2-flask", "constant"])]
        for operation in OPERATIONS:
            if operation.key in asked.only:
                found = measured(operation, subjects, constant, plan)
                rows.append(table.row(operation, found))
                print("measured:", " | ".join(rows[-1]), file=sys.stderr)
    print(table.markdown(rows))


main()
