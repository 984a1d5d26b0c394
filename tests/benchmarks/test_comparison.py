"""The benchmarks run: their figures are for people, on machines that do nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import skip

ROOT = Path(__file__).parent.parent.parent


def test_operations_are_measured_on_every_server() -> None:
    """A request that is answered otherwise than it should be ends the run with an error."""
    if shutil.which("wrk") is None:
        skip("wrk is not installed")

    done = subprocess.run(
        [
            sys.executable, "-m", "benchmarks", "--only", "member",
            "--users", "40", "--seconds", "1", "--rounds", "1", "--crowd", "20",
        ],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    header, _, *rows = done.stdout.splitlines()
    for server in ("ours", "scim2-flask", "constant"):
        assert f"{server}: req/s" in header
    assert ["add a member, group of 20"] == [row.split("|")[1].strip() for row in rows]
