"""A coverage-guided fuzzer finds no input that anything but a SCIM error comes of."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS
from tests.sizes import size

ROOT = Path(__file__).parent.parent.parent

RUNS = {
    "filter": size(750, 150_000),
    "names": size(750, 80_000),
    "path": size(100, 10_000),
    "patch": size(500, 60_000),
    "resource": size(400, 25_000),
    "bulk": size(250, 100_000),
    "search": size(750, 150_000),
    "cursor": size(250, 100_000),
    "body": size(1000, 500_000),
}
"""Inputs that each target is fed: by number and not by time, so that every run is the same."""

LONGEST = 200
"""Words of an input; what is longer than the bounds is refused before it is read."""

REACHED = 20
"""Branches that any target reaches; fewer mean that the fuzzer sees nothing of the code."""


def fuzz(target: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Feed a target, and return how that ended."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[target]):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-runs={RUNS[target]}",
        "-seed=1",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        "-len_control=0",
        "-timeout=60",
        "-print_final_stats=1",
    ]
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", target, *options, corpus],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def test_every_target_has_seeds_and_a_size() -> None:
    assert set(TARGETS) == set(SEEDS) == set(RUNS)


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_but_scim_errors_comes_out(target: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        skip("atheris has no wheel for this Python or platform")

    done = fuzz(target, tmp_path)

    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-8000:]
    reached = re.findall(r"DONE +cov: (\d+)", said)
    assert reached, said[-2000:]
    assert int(reached[0]) > REACHED
