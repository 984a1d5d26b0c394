"""The benchmarks run: their figures are for people, on machines that do nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import skip

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("operation", ["patch", "member"])
def test_an_operation_is_measured_on_every_server(operation: str) -> None:
    """A request that is answered otherwise than it should be ends the run with an error."""
    if shutil.which("wrk") is None:
        skip("wrk is not installed")

    done = subprocess.run(
        [
            sys.executable, "-m", "benchmarks", "--only", operation,
            "--users", "40", "--seconds", "1", "--rounds", "1", "--crowd", "20",
        ],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    header, _, row = done.stdout.splitlines()
    assert "scim2-flask: req/s" in header
    assert "constant: req/s" in header
    assert header.count("|") == row.count("|")
